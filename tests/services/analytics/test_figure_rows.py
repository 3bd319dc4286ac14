"""What cases add to the table of figures equals a recount; its values are rows; each day is the desk's."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from libs.events.log.envelope import Fact
from services.analytics.books import CASES
from services.analytics.domain.figure import LISTED
from services.analytics.domain.figures import COUNTED, FIGURES
from services.analytics.projections import rows
from tests.services.analytics.histories import histories
from tests.services.analytics.recounts import RECOUNTS, recounted
from tests.services.analytics.story import named


def told(facts: list[Fact], zone: str = "UTC") -> dict[str, list[dict[str, Any]]]:
    """Return a case's rows by table."""
    found: dict[str, list[dict[str, Any]]] = {"contacts": [], "clocks": [], "stretches": []}
    for row in rows("case-1", CASES.of("case-1", facts), ZoneInfo(zone)):
        found.setdefault(row.table, []).append(named(row))
    return found


@pytest.mark.slow
@settings(max_examples=200)
@given(histories())
def test_the_table_of_figures_is_what_a_recount_gives(facts: list[Fact]) -> None:
    found = told(facts)
    if "cases" not in found:
        return
    sums: dict[str, Counter[Any]] = {one.name: Counter() for one in COUNTED}
    for row in found.get(LISTED, []):
        for one in COUNTED:
            for what in ("num", "den"):
                sums[one.name][row["day"], row["known_on"], what] += row[f"{one.name}_{what}"]
    facts = sorted(facts, key=lambda fact: fact.order)
    for name, added in sums.items():
        assert Counter({key: value for key, value in added.items() if value}) == recounted(name, found, facts), name


@pytest.mark.slow
@settings(max_examples=100)
@given(histories())
def test_the_values_of_a_figure_add_up_to_its_sums(facts: list[Fact]) -> None:
    found, by_row, by_sum = told(facts), Counter[Any](), Counter[Any]()
    keys = ("day", "process_id", "process_version", "grade", "service_class", "team", "agent", "part")
    for row in found.get("figure_values", []):
        by_row.update({(row["figure"], "den", *(row[key] for key in keys)): 1})
        by_row.update({(row["figure"], "num", *(row[key] for key in keys)): row["value"]})
    for row in found.get(LISTED, []):
        for one in COUNTED:
            if one.quantiles:
                where = [row[key] for key in keys]
                by_sum.update({(one.name, what, *where): row[f"{one.name}_{what}"] for what in ("num", "den")})
    assert +by_row == +by_sum


def test_every_counted_figure_has_a_recount_and_every_figure_both_languages() -> None:
    assert {one.name for one in COUNTED} == RECOUNTS.keys()
    assert all(one.definition.en and one.definition.zh for one in FIGURES.values())
    titles = [text for one in FIGURES.values() for text in (one.title.en, one.title.zh)]
    assert all(titles) and max(map(len, titles)) <= 60 and len({*titles}) == len(titles) == 2 * len(FIGURES)
    assert len(FIGURES) == len({*FIGURES})
