"""Every tag is a key figure's number, and the figure is what that number means."""

import pytest

from services.analytics import queries

KEY_FIGURES = {
    "first_response_us": ("K02", ("registration", "first answer of a person", "machine")),
    "response_timeliness": ("K01", ("response clocks met", "met or breached")),
    "resolution_us": ("K03", ("registration", "last resolution")),
    "net_resolution_us": ("K03", ("Resolution time", "waiting")),
    "resolution_timeliness": ("K03", ("resolution clocks met", "finished")),
    "satisfaction": ("K15", ("4 or 5 of 5", "cases with an answer")),
    "first_contact_resolution.no_repeat": ("K17", ("one_contact", "same customer", "category", "7 days")),
}
"""Measure → its number in the catalogue of key figures, and words of that number's definition."""

MEASURES = {one["name"]: one for one in queries.measures()}


def test_what_is_no_key_figure_has_no_tag() -> None:
    assert {name: one["kpi"] for name, one in MEASURES.items() if one["kpi"]} == {n: kpi for n, (kpi, _) in KEY_FIGURES.items()}


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, (_, words) in KEY_FIGURES.items()])
def test_a_tagged_figure_is_defined_as_its_number_is(name: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if word not in MEASURES[name]["definition"]["en"]] == []


@pytest.mark.parametrize("kind", ["response", "resolution"])
def test_a_figure_of_one_kind_of_promise_narrows_the_view_to_it(kind: str) -> None:
    one = MEASURES[f"{kind}_timeliness"]
    assert (one["view"], one["where"]) == ("timeliness", f"kind = '{kind}'")


def test_what_is_deprecated_says_what_to_read() -> None:
    old = MEASURES["first_contact_resolution.gross"]["definition"]
    assert "read one_contact" in old["en"] and "one_contact" in old["zh"]
