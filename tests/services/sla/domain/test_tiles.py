"""A promise's life has no gap: its tiles follow each other, their sums are the figures, and closed time says why it is closed."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.domain.explanation import Explanation, explain
from services.sla.domain.figures import figures
from services.sla.domain.lives import lives
from services.sla.domain.tiles import Tile, What, tiles
from tests.services.sla.samples import ANSWERED, OFFICE, RESPONSE, START, WAITS, at, facts, state_of, target, terms

HOUR, DAY = 60, 24 * 60
HOLIDAYS = replace(OFFICE, holidays=(date(2025, 6, 4), date(2025, 6, 6)))


def living(limit: str, events: list[Any], until: float, calendar: Any = OFFICE) -> tuple[Any, Explanation]:
    promised = terms(target(limit, pauses=("awaiting_customer",)), calendars=(calendar,))
    (life,) = lives(state_of(facts(*events)), promised, at(until))
    return life, explain(life, promised, at(until))


def tiled(limit: str, events: list[Any], until: float, calendar: Any = OFFICE) -> list[tuple[str, float, float]]:
    """Return what each tile is, and its minutes."""
    return [(one.what.value, minute(one.since), minute(one.until)) for one in tiles(*living(limit, events, until, calendar))]


def minute(instant: Any) -> float:
    return float((instant - START) / timedelta(minutes=1))


@pytest.mark.parametrize(
    ("why", "limit", "events", "until", "shown"),
    [
        ("it has just begun",      "60m", [], 0, [("ahead", 0, 60)]),
        ("some of it is left",     "60m", [], 15, [("counted", 0, 15), ("ahead", 15, 60)]),
        ("to its last instant",    "60m", [], 60, [("counted", 0, 60)]),
        ("a second later",         "60m", [], 60 + 1 / 60, [("counted", 0, 60), ("late", 60, 60 + 1 / 60)]),
        ("done before it was due", "60m", [(RESPONSE, 20)], 90, [("counted", 0, 20)]),
        ("done when it was due",   "60m", [(RESPONSE, 60)], 90, [("counted", 0, 60)]),
        ("done too late",          "60m", [(RESPONSE, 80)], 90, [("counted", 0, 60), ("late", 60, 80)]),
        ("paused, it has no due instant", "60m", [(WAITS, 15)], 90, [("counted", 0, 15), ("paused", 15, 90)]),
        ("paused for a time",      "60m", [(WAITS, 15), (ANSWERED, 30)], 40,
            [("counted", 0, 15), ("paused", 15, 30), ("counted", 30, 40), ("ahead", 40, 75)]),
        ("paused when it was late", "60m", [(WAITS, 70), (ANSWERED, 80)], 90,
            [("counted", 0, 60), ("late", 60, 70), ("paused", 70, 80), ("late", 80, 90)]),
        ("a night",                "10wh", [], 8 * HOUR, [("counted", 0, 480), ("ahead", 480, 540), ("hours", 540, DAY),
            ("ahead", DAY, DAY + 60)]),
        ("in the night",           "10wh", [], 10 * HOUR, [("counted", 0, 540), ("hours", 540, DAY), ("ahead", DAY, DAY + 60)]),
        ("when the day closes",    "9wh", [], 9 * HOUR, [("counted", 0, 540)]),
        ("after it, still due",    "9wh", [], 10 * HOUR, [("counted", 0, 540), ("hours", 540, 600)]),
    ],
)  # fmt: skip
def test_a_life_is(why: str, limit: str, events: Any, until: float, shown: Any) -> None:
    found = [(what, since, until) for what, since, until in tiled(limit, events, until)]
    assert [one[0] for one in found] == [one[0] for one in shown], why
    assert [one[1:] for one in found] == [pytest.approx(one[1:]) for one in shown], why


def test_closed_time_says_why() -> None:
    """From Tuesday on: Wednesday and Friday are days off, and then comes a weekend."""
    found = tiled("30wh", [], 5 * DAY, HOLIDAYS)[1:]
    evening = 15 * HOUR  # from nine in the morning to midnight
    assert [one for one in found if one[0] not in ("counted", "ahead")] == [
        ("hours", 9 * HOUR, DAY),
        ("hours", DAY + 9 * HOUR, DAY + evening),
        ("holiday", DAY + evening, 2 * DAY + evening),
        ("hours", 2 * DAY + evening, 3 * DAY),
        ("hours", 3 * DAY + 9 * HOUR, 3 * DAY + evening),
        ("holiday", 3 * DAY + evening, 4 * DAY + evening),
        ("off", 4 * DAY + evening, 6 * DAY + evening),
        ("hours", 6 * DAY + evening, 7 * DAY),
    ]


def summed(found: tuple[Tile, ...]) -> Counter[What]:
    sums: Counter[What] = Counter()
    for one in found:
        sums[one.what] += (one.until - one.since) // timedelta(microseconds=1)
    return sums


waits = st.lists(st.tuples(st.sampled_from([WAITS, ANSWERED]), st.floats(0, 12 * DAY)), max_size=6)


@given(
    st.sampled_from(["30m", "24h", "8wh", "40wh", "3wd"]),
    waits,
    st.none() | st.floats(0, 12 * DAY),
    st.floats(0, 12 * DAY),
    st.sampled_from([OFFICE, HOLIDAYS]),
)
def test_tiles_have_no_gap_and_sum_to_the_figures(
    limit: str, events: list[Any], response: float | None, until: float, calendar: Any
) -> None:
    known = [*events, *([] if response is None else [(RESPONSE, response)])]
    life, told = living(limit, [one for one in known if one[1] <= until], until, calendar)
    found, figured = tiles(life, told), figures(life, at(until))
    assert all(one.since < one.until for one in found)
    assert all(one.until == other.since for one, other in pairwise(found))
    end = told.until if told.ended_at is not None or life.due_at is None else max(told.until, life.due_at)
    assert (found[0].since, found[-1].until) == (told.started_at, end) if found else told.started_at == end
    sums = summed(found)
    assert sums[What.COUNTED] + sums[What.LATE] == told.used_us
    assert sums[What.PAUSED] == told.paused_us
    if told.ended_at is None and life.due_at is not None and figured.remaining_us is not None:
        assert sums[What.AHEAD] == max(figured.remaining_us, 0)
    if life.due_at is not None and figured.remaining_us is not None:
        assert sums[What.LATE] == max(-figured.remaining_us, 0)


def test_a_life_that_its_calendar_does_not_reach_ends_where_it_does() -> None:
    life, told = living("3wd", [], 700 * DAY)
    found = tiles(life, told)
    assert found[-1].until == told.until == datetime(2026, 12, 31, 16, tzinfo=UTC)
