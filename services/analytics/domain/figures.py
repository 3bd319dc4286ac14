"""Every figure there is, and what a case adds to those that are counted here."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from libs.events.catalogue.phases import CANCELLED
from libs.events.words.row import Row
from services.analytics.domain.case_measures import CASE_MEASURES
from services.analytics.domain.figure import LISTED, Count, Counting, Day, Figure
from services.analytics.domain.kpis import communication, efficiency, quality, timeliness
from services.analytics.domain.kpis.first_contact import fcr_measures
from services.analytics.domain.life import Life
from services.analytics.domain.measures import MEASURES


def _declared(*modules: ModuleType) -> tuple[Figure, ...]:
    return tuple(one for module in modules for one in vars(module).values() if isinstance(one, Figure))


COUNTED = _declared(timeliness, quality, efficiency, communication)
"""The figures that stand in the table of figures, in the order of its columns."""

FIGURES: dict[str, Figure] = {one.name: one for one in (*MEASURES, *CASE_MEASURES, *fcr_measures(), *COUNTED)}
"""Name → figure."""


def answering(question: str) -> list[Figure]:
    """Return the figures that answer a question, each by a rule of its own."""
    return [one for one in FIGURES.values() if one.rule and one.question == question]


_WIDTH = 2 * len(COUNTED)
_PLACES: tuple[tuple[int, Counting, str], ...] = tuple(
    (2 * n, one.count, one.name if one.quantiles else "") for n, one in enumerate(COUNTED) if one.count
)


def figure_rows(key: str, life: Life) -> Iterator[Row]:
    """Yield what a case adds to the table of figures, and its values of those whose quantiles are asked for."""
    sums: dict[Day, list[int]] = {}
    known: dict[tuple[Any, ...], tuple[Day, list[int]] | None] = {}  # most counts stand where another one of the case does
    for place, count, valued in _PLACES:
        for n, one in enumerate(count(life), 1):
            where = (one.at, *one[3:])
            if where not in known:
                day = _day(life, one)
                known[where] = day and (day, sums.setdefault(day, [0] * _WIDTH))
            if (found := known[where]) is None:
                continue
            day, row = found
            row[place] += one.num
            row[place + 1] += one.den
            if valued:
                yield Row("figure_values", (key, valued, n), (day.day, *day[2:], one.num))
    for day, values in sums.items():
        yield Row(LISTED, day, tuple(values))


def _day(life: Life, one: Count) -> Day | None:
    """Return where a count stands; nowhere when the case was cancelled by then."""
    at, came = one.at, life.came
    if at is None:
        then, at = life.arrival, came.at
    else:
        then = life.then(at)
        if then.phase == CANCELLED:
            return None
    day = life.day(at)
    return Day(
        day,
        day if one.known is None else life.day(one.known),
        came.process_id,
        came.process_version,
        then.grade,
        then.service_class,
        then.team if one.team is None else one.team,
        then.agent if one.agent is None else one.agent,
        one.part,
    )
