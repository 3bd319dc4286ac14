"""A filter is declared once: the route's parameter and the condition in SQL follow from it."""

from dataclasses import dataclass
from inspect import signature

import pytest

from libs.events.store.asked import asked
from libs.web.filters import Word, by, chosen, conditions
from services.analytics.queries import Filter as FigureFilter
from services.intake import queries as intake
from services.intake.tables import TABLES as INTAKE
from services.routing import queries as routing
from services.routing.tables import TABLES as ROUTING
from services.sla import queries as sla
from services.sla.tables import TABLES as SLA
from services.survey import queries as survey
from services.survey.tables import TABLES as SURVEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Few:
    team: Word | None = by()
    process: Word | None = by("process_id =")
    since: int | None = by("at >=", "From there on.")


async def test_what_is_read_is_what_is_declared() -> None:
    told = signature(chosen(Few)).parameters
    assert {name: (one.default, one.annotation.__metadata__[-1].description) for name, one in told.items()} == {
        "team": (None, None), "process": (None, None), "since": (None, "From there on."),
    }  # fmt: skip
    assert list(signature(chosen(Few, only=("since", "team"))).parameters) == ["since", "team"]
    assert await chosen(Few)(team="a") == Few(team="a")


@pytest.mark.parametrize(
    ("why", "few", "more", "sql", "values"),
    [
        ("nothing is asked", Few(), {}, "true", []),
        ("an empty word is one", Few(team=""), {}, "team = $1", [""]),
        ("zero is a number", Few(since=0), {}, "at >= $1", [0]),
        ("all", Few(team="a", process="p", since=7), {}, "team = $1 and process_id = $2 and at >= $3", ["a", "p", 7]),
        ("behind a row", Few(team="a"), {"order": "a, b", "after": (7, "x")}, "team = $1 and (a, b) > ($2, $3)", ["a", 7, "x"]),
        ("behind other values", Few(team="a"), {"order": "at", "after": (7,), "first": 3}, "team = $3 and (at) > ($4)", ["a", 7]),
    ],
)  # fmt: skip
def test_what_was_given_becomes_a_condition(why: str, few: Few, more: dict, sql: str, values: list) -> None:
    assert asked(conditions(few), **more) == (sql, values)


@pytest.mark.parametrize(
    ("filters", "tables"),
    [
        (intake.Filter, [INTAKE["cases"]]),
        (routing.Filter, [ROUTING["cases"], ROUTING["dues"]]),  # joined to each other
        (routing.ProcessFilter, [ROUTING["processes"]]),
        (sla.DueFilter, [SLA["clocks"]]),
        (sla.BreachFilter, [SLA["clocks"]]),
        (survey.Filter, [SURVEY["surveys"]]),
    ],
    ids=lambda one: getattr(one, "__module__", ""),
)
def test_every_filter_asks_a_column_that_there_is(filters: type, tables) -> None:
    assert {words.split()[0] for words in conditions(filters())} <= {one.name for table in tables for one in table.stored}


def test_figures_are_asked_by_the_day_of_their_view() -> None:
    assert [words for words in conditions(FigureFilter()) if "{day}" in words] == ["{day} >=", "{day} <"]
