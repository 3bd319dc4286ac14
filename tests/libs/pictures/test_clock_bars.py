"""What counted behind the due instant is late; every length is in the table, drawn or not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.clock_bars import CLOCKS_MAX, Clock, Stretch, clock_bars, late
from libs.pictures.picture import Sheet
from tests.libs.pictures.samples import CLOCKS, SHANGHAI, at
from tests.libs.pictures.seen import SVG, box, drawn, outside, tree

SHEET = Sheet("c", "Clocks")


def hours(count):
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("due", "expected"),
    [(at(16, 17), hours(1)), (at(16, 18), hours(0)), (at(16, 9), hours(9)), (at(15, 9), hours(9)), (None, hours(0))],
)
def test_what_counted_behind_the_due_instant_is_late(due, expected):
    clock = Clock("x", at(16, 9), at(16, 18), due, (Stretch("counted", at(16, 9), at(16, 18)),))
    assert late(clock) == expected


def test_a_pause_is_never_late():
    assert late(Clock("x", at(16, 9), at(16, 18), at(16, 9), (Stretch("paused", at(16, 9), at(16, 18), "why"),))) == hours(0)


def test_the_table_has_what_the_bars_show():
    rows = clock_bars(SHEET, CLOCKS, SHANGHAI, at(26, 15)).rows
    assert [row[4:7] for row in rows] == [
        ("45 min", "0 s", ""),
        ("24 h", "6 h", ""),
        ("55 h 40 min", "3 h", "waiting for the customer: 47 h 30 min · waiting for a spare part: 19 h"),
    ]


def test_what_is_too_many_is_said():
    picture = clock_bars(SHEET, CLOCKS[:1] * (CLOCKS_MAX + 3), SHANGHAI)
    assert len(picture.rows) == CLOCKS_MAX and picture.left_out == "3 of 27 clocks are left out."


def test_a_clock_of_20_000_stretches_is_a_bounded_picture():
    minute = timedelta(minutes=1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    parts = [Stretch("counted" if n % 2 else "paused", start + n * minute, start + (n + 1) * minute) for n in range(20_000)]
    picture = clock_bars(SHEET, [Clock("x", start, start + 20_000 * minute, None, tuple(parts))], SHANGHAI)
    assert len(picture.svg) < 100_000
    assert picture.rows[0][4] == "167 h"


instants = st.integers(0, 5_000).map(lambda minute: at(1, 0) + timedelta(minutes=minute))


@given(
    st.lists(instants, min_size=2, max_size=12, unique=True).map(sorted),
    st.none() | instants,
    st.booleans(),
    st.none() | instants,
)
@settings(max_examples=50)
def test_it_is_whole_whatever_the_clock_did(edges, due, narrow, now):
    parts = [Stretch("counted" if place % 2 else "paused", *pair, "why") for place, pair in enumerate(pairwise(edges))]
    clock = Clock("A clock", edges[0], edges[-1], due, tuple(parts), "met", "/c")
    picture = clock_bars(Sheet("c", "Clocks", narrow=narrow), [clock], SHANGHAI, now)
    assert outside(picture) == []
    root = tree(picture)
    bars = [box(one) for one in drawn(root.find(f"{SVG}a"), "rect")]
    assert all(a[2] <= b[0] + 0.02 for a, b in pairwise(bars)), "no bar covers another"
