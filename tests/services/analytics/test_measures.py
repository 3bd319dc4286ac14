"""Every tag is a key figure's number, and the figure has that number's meaning."""

from pathlib import Path

import pytest

from services.analytics import queries
from services.analytics.domain.key_figures import KEY_FIGURES
from services.analytics.tables import GOING, Deprecated

ROOT = Path(__file__).parents[3]

WORDS = {
    "K01": ("response clocks met", "met or breached"),
    "K02": ("registration", "first answer of a person", "machine", "waiting for the customer"),
    "K03": ("esolution", "registration to the last resolution|time spent waiting|resolution clocks met"),
    "K04": ("andling cycle", "wd", "working time|working days"),
    "K05": ("24 hours of registration", "received on the day"),
    "K06": ("not closed within 72 hours", "received on the day"),
    "K07": ("24 hours of registration|node of initial handling was completed within 48 hours", "48 hours"),
    "K10": ("asking for a decision", "approved or rejected", "team that did the work"),
    "K15": ("4 or 5 of 5", "cases with an answer"),
    "K19": ("closed", "follow-up", "received on the day", "92 %"),
    "K20": ("resolved", "not reopened within 7 days", "received on the day"),
    "K21": ("Complaints registered", "cases closed"),
    "K34": ("entering a node to completing it", "own clock"),
    "K37": ("per case registered",),
    "K38": ("per case registered|eopenings",),
    "K39": ("First answers that a machine gave, of first answers",),
    "K40": ("share of each service class", "70, 20 and 10", "drifts"),
    "K47": ("share of each channel|online",),
    "K17": ("one_contact", "same customer", "category", "7 days"),
}
"""A key figure's number → words that its definition must contain, as the handbooks have them."""

MEASURES = {one["name"]: one for one in queries.measures()}
TAGGED = [(one["kpi"], name) for name, one in MEASURES.items() if one["kpi"]]


def test_every_tag_is_a_key_figure_and_every_key_figure_is_somewhere() -> None:
    assert {kpi for kpi, _ in TAGGED} == WORDS.keys() <= KEY_FIGURES.keys()


@pytest.mark.parametrize(("kpi", "name"), TAGGED)
def test_a_tagged_figure_is_defined_as_its_number_is(kpi: str, name: str) -> None:
    defined = MEASURES[name]["definition"]["en"]
    assert [words for words in WORDS[kpi] if not any(word in defined for word in words.split("|"))] == []


@pytest.mark.parametrize("kind", ["response", "resolution"])
def test_a_figure_of_one_kind_of_promise_narrows_the_view_to_it(kind: str) -> None:
    one = MEASURES[f"{kind}_timeliness"]
    assert (one["view"], one["where"]) == ("timeliness", f"kind = '{kind}'")


def test_only_what_no_day_counts_may_not_be_asked_by_day() -> None:
    columns = {"first_response_us", "resolution_us", "net_resolution_us", "close_us", "reassignments", "reopens"}
    assert {name for name, one in MEASURES.items() if not one["by"]} == columns | {"backlog", "workload"}


@pytest.mark.parametrize("old", GOING)
def test_what_is_deprecated_is_named_with_its_successor_in_the_changelog_and_the_docs(old: Deprecated) -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## [")[1]
    [line] = [line for line in changes.split("\n- ") if "are deprecated" in line]
    assert f"`{old.column}`" in line and f"`{old.read}`" in line
    [row] = [
        one
        for one in (ROOT / "docs/projections.md").read_text("utf-8").splitlines()
        if one.startswith(f"| `{old.view}` | `{old.column}` |")
    ]
    assert f"`{old.read}`" in row


def test_a_deprecated_rule_says_what_to_read_and_that_its_name_does_not_come_back() -> None:
    old = MEASURES["first_contact_resolution.gross"]["definition"]
    assert "read one_contact" in old["en"] and "will not come back" in old["en"] and "one_contact" in old["zh"]


def test_gross_and_net_say_by_what_they_divide() -> None:
    gross, net = (MEASURES[f"first_contact_resolution.{name}"]["definition"] for name in ("field_gross", "field_net"))
    assert "of all incoming contacts" in gross["en"] and "全部来访联系" in gross["zh"]
    assert "that the first level can resolve" in net["en"] and "一线能够解决" in net["zh"]
