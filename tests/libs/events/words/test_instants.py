"""Arithmetic of instants stops at the first and the last that can be written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from libs.events.words.now import FIRST, LAST, moved, utc

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "by", "then"),
    [
        (NOON, DAY, NOON + DAY),
        (NOON, -DAY, NOON - DAY),
        (LAST - DAY, DAY, LAST),
        (LAST - DAY, 2 * DAY, LAST),
        (FIRST + DAY, -DAY, FIRST),
        (FIRST, -DAY, FIRST),
        (NOON, timedelta.max, LAST),
        (NOON, timedelta.min, FIRST),
    ],
)
def test_nothing_moves_past_the_borders(at, by, then):
    assert moved(at, by) == then


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (NOON, NOON),
        (NOON.astimezone(timezone(timedelta(hours=8))), NOON),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), FIRST),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), LAST),
    ],
)
def test_what_lies_past_them_in_utc_is_the_border(at, then):
    assert (utc(at), utc(at).tzinfo) == (then, UTC)
