"""What went wrong in other systems with calendars and time zones, and is a law here, as in test_went_wrong.py."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.events.catalogue.promise import limit_of
from libs.events.catalogue.sla import Calendar
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.holiday_sets import holiday_set_of
from services.sla.domain.limits import due, postponed, spent
from services.sla.domain.working_time import working_time

ZONE = "Europe/Berlin"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")
HOUR = timedelta(hours=1)


def calendar(*windows: str, days: Any = WEEKDAYS, **others: Any) -> Calendar:
    written = {"id": "c", "version": 1, "timezone": ZONE, "years": [2025, 2026], **others}
    return calendar_of({**written, "windows": {day: list(windows) for day in days}})


def local(text: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due_at(limit: str, start: datetime, by: Calendar) -> datetime:
    return due(start, limit_of(limit), working_time(by)).astimezone(ZoneInfo(by.timezone))


OFFICE = calendar("09:00-17:00")


@pytest.mark.parametrize(
    ("night", "hours"), [("2025-03-30", 7), ("2025-10-26", 9), ("2025-06-01", 8)], ids=["short", "long", "plain"]
)
def test_the_night_of_a_clock_change_is_as_long_as_it_is(night: str, hours: int) -> None:
    shift = working_time(calendar("00:00-08:00", days=EVERY_DAY))
    day = local(night)
    assert shift.between(day, day + timedelta(days=1)) == hours * HOUR
    assert shift.between(day - timedelta(days=7), day + timedelta(days=7)) == (13 * 8 + hours) * HOUR, "and no other"


def event(day: str, name: str, kind: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{day}", f"DTSTART;VALUE=DATE:{day}", f"SUMMARY:{name}", f"CATEGORIES:{kind}", "END:VEVENT"]


LABOUR, MOTHERS = event("20250501", "Labour Day", "Public holiday"), event("20250511", "Mother's Day", "Observance")


def test_a_commemorative_day_of_a_feed_is_no_day_off_until_somebody_says_so() -> None:
    feed = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *LABOUR, *MOTHERS, "END:VCALENDAR", ""])
    written = {"id": "h", "version": 1, "years": [2025, 2025], "icalendar": feed}
    with pytest.raises(BadCalendar, match="Observance"):
        holiday_set_of(written)
    taken = holiday_set_of({**written, "kinds": ["Public holiday"]})
    assert [str(day) for day in taken.days] == ["2025-05-01"]


def test_a_limit_in_days_and_its_pauses_use_one_arithmetic() -> None:
    start, limit = local("2025-06-04T15:00"), limit_of("2wd")
    by = working_time(OFFICE)
    waited = postponed(due(start, limit, by), local("2025-06-05T09:00"), local("2025-06-06T09:00"), limit, by)
    assert waited == due(local("2025-06-05T15:00"), limit, by), "a working day's wait moves it by a working day"
    assert waited.astimezone(ZoneInfo(ZONE)) == local("2025-06-09T15:00"), "and not to midnight"


def test_hold_time_over_a_weekend_moves_a_working_limit_by_working_time_only() -> None:
    by, limit = working_time(OFFICE), limit_of("4wh")
    friday, monday = local("2025-06-06T15:00"), local("2025-06-09T10:00")
    promised = due(local("2025-06-06T14:00"), limit, by)
    assert promised == local("2025-06-09T10:00")
    assert postponed(promised, friday, monday, limit, by) == local("2025-06-09T13:00")
    assert spent(friday, monday, limit, by) == 3 * HOUR


@pytest.mark.parametrize("days", [["tue"], ["sat", "sun"], ["mon", "fri"], EVERY_DAY])
def test_any_days_of_the_week_will_do(days: Any) -> None:
    by = calendar("09:00-17:00", days=days)
    found = due_at("10wh", local("2025-06-02T00:00"), by)
    assert EVERY_DAY[found.weekday()] in days and found.hour == 11


def test_a_lunch_break_is_two_windows() -> None:
    by = calendar("09:00-12:00", "13:00-17:00")
    assert due_at("4wh", local("2025-06-02T09:00"), by) == local("2025-06-02T14:00")
    assert due_at("1wh", local("2025-06-02T12:30"), by) == local("2025-06-02T14:00")


def test_the_zone_of_who_asks_changes_nothing() -> None:
    start = local("2025-06-02T10:00")
    for zone in ("Asia/Shanghai", "America/New_York", "UTC"):
        assert due_at("4wh", start.astimezone(ZoneInfo(zone)), OFFICE) == due_at("4wh", start, OFFICE)


def test_a_day_off_lengthens_the_wait_and_never_shortens_it() -> None:
    start = local("2025-06-02T10:00")
    closed = calendar("09:00-17:00", added=[date(2025, 6, 4)])
    assert due_at("3wd", start, OFFICE) == local("2025-06-05T10:00")
    assert due_at("3wd", start, closed) == local("2025-06-06T10:00")
