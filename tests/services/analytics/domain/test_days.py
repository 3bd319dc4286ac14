"""Which date an instant belongs to, and when a date is over; 2026-03-29 lasts 23 hours in Berlin and 2026-10-25 lasts 25."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.analytics.domain.days import day_of, end_of

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("UTC", "2026-03-28", "2026-03-29T00:00Z"),
        ("Asia/Shanghai", "2026-03-28", "2026-03-28T16:00Z"),
        ("Europe/Berlin", "2026-03-28", "2026-03-28T23:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T23:00Z"),
    ],
)
def test_a_day_is_over_at_the_first_instant_of_the_next(zone: str, day: str, end: str) -> None:
    here, over = ZoneInfo(zone), datetime.fromisoformat(end)
    today = date.fromisoformat(day)
    assert end_of(today, here) == over
    assert [day_of(at, here) for at in (over - INSTANT, over)] == [today, today + timedelta(days=1)]


def test_beyond_the_years_of_the_calendar_a_day_is_that_of_utc() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert day_of(last, ZoneInfo("Asia/Shanghai")) == date.max
    assert day_of(last, ZoneInfo("America/New_York")) == date.max
