"""Ticks are round in the zone, in order, within their borders, and not too many."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.picture import Sheet
from libs.pictures.time_axis import Piece, TimeAxis, straight
from libs.pictures.times import ticks
from libs.pictures.words import EN, ZH

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 16, 9, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "labels", "context"),
    [
        (timedelta(seconds=20), ["10:20:00", "10:20:05", "10:20:10", "10:20:15", "10:20:20"], "Mon 16 Nov"),
        (timedelta(hours=1), ["10:20", "10:30", "10:40", "10:50", "11:00", "11:10", "11:20"], "Mon 16 Nov"),
        (timedelta(hours=20), ["12:00", "15:00", "18:00", "21:00", "00:00", "03:00", "06:00"], "Mon 16 Nov"),
        (timedelta(days=5), ["17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov"], "2026"),
        (timedelta(days=40), ["23 Nov", "30 Nov", "7 Dec", "14 Dec", "21 Dec"], "2026"),
        (timedelta(days=150), ["Dec", "Jan", "Feb", "Mar", "Apr"], "2026"),
        (timedelta(days=2000), ["2027", "2028", "2029", "2030", "2031", "2032"], ""),
    ],
)
def test_steps_are_sensible(length, labels, context):
    found = ticks(START, START + length, 8, BERLIN, EN)
    assert [tick.label for tick in found] == labels
    assert found[0].context == context


def test_both_languages_name_days():
    assert ticks(START, START + timedelta(hours=1), 2, BERLIN, ZH)[0].context == "周一 11月16日"


def test_an_hour_that_the_clocks_leap_over_has_no_tick():
    since = datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert [tick.label for tick in ticks(since, since + timedelta(hours=3), 4, BERLIN, EN)] == [
        "01:00",
        "03:00",
        "04:00",
        "05:00",
    ]


@given(
    st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=9000)),
    st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe"]),
)
@settings(max_examples=60)
def test_ticks_are_in_order_and_not_too_many(since, length, zone):
    found = ticks(since, since + length, 8, ZoneInfo(zone), EN)
    assert all(since <= tick.at <= since + length for tick in found)
    assert all(a.at < b.at for a, b in pairwise(found))
    assert len(found) <= 10


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=8, unique=True).map(sorted), st.lists(st.integers(-50, 11_000)))
@settings(max_examples=40)
def test_later_is_never_further_left(edges, minutes):
    at = [START + timedelta(minutes=edge) for edge in edges[: len(edges) // 2 * 2]]
    pieces = tuple(
        Piece(since, until, 100.0 * place, 100.0 * place + 70)
        for place, (since, until) in enumerate(zip(at[::2], at[1::2], strict=True))
    )
    axis = TimeAxis(pieces, BERLIN, EN, 900)
    places = [axis.x(START + timedelta(minutes=minute)) for minute in sorted(minutes)]
    assert places == sorted(places)
    assert all(pieces[0].left <= place <= pieces[-1].right for place in places)
    assert [axis.x(piece.since) for piece in pieces] == [piece.left for piece in pieces]
    assert [axis.x(piece.until) for piece in pieces] == [piece.right for piece in pieces]


def test_a_moment_without_length_has_an_axis():
    axis = straight(START, START, 10, 90, BERLIN, Sheet("k", "t"))
    assert axis.x(START) == 10
