"""Working days by date: before the cut-off from the same clock time, at it and later from the next morning."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.promise import Cutoff, Limit, Unit, Window
from libs.events.catalogue.sla import Calendar
from services.sla.domain.limits import due
from services.sla.domain.working_time import OutsideCalendar, WorkingTime
from tests.services.sla.domain.test_working_time import utc

NEW_YORK = "America/New_York"
FIVE = Cutoff(at=time(17), resumes=time(8, 30))


def weekdays(zone: str = NEW_YORK, days: range = range(5), cutoff: Cutoff | None = FIVE, **others: object) -> WorkingTime:
    windows = tuple(Window(weekday=day, opens=time(0), closes=time(0)) for day in days)
    span = {"first_day": date(2026, 1, 1), "last_day": date(2027, 1, 31)}
    return WorkingTime(Calendar(id="c", version=1, timezone=zone, windows=windows, cutoff=cutoff, **span, **others))


def counted(text: str) -> Limit:
    """Return the limit, also one of no days, that nobody can promise."""
    return Limit(int(text.rstrip("wdh")), Unit(text.lstrip("0123456789")))


# 2026-06-01 is a Monday, Friday 2026-06-19 a holiday.
@pytest.mark.parametrize(
    ("why", "start", "limit", "then"),
    [
        ("the last second before the cut-off",        "2026-06-01T16:59:59", "1wd", "2026-06-02T16:59:59"),
        ("its last microsecond",                      "2026-06-01T16:59:59.999999", "1wd", "2026-06-02T16:59:59.999999"),
        ("the cut-off itself is too late",            "2026-06-01T17:00:00", "1wd", "2026-06-03T08:30"),
        ("in the night before work",                  "2026-06-01T03:00:00", "1wd", "2026-06-02T03:00"),
        ("at midnight a day begins",                  "2026-06-02T00:00:00", "1wd", "2026-06-03T00:00"),
        ("Thursday evening, over the weekend",        "2026-06-04T17:00:00", "1wd", "2026-06-08T08:30"),
        ("Friday noon",                               "2026-06-05T12:00:00", "1wd", "2026-06-08T12:00"),
        ("Friday evening counts from Monday 08:30",   "2026-06-05T18:00:00", "1wd", "2026-06-09T08:30"),
        ("Saturday noon counts from Monday noon",     "2026-06-06T12:00:00", "1wd", "2026-06-09T12:00"),
        ("Saturday evening as Monday evening would",  "2026-06-06T18:00:00", "1wd", "2026-06-10T08:30"),
        ("Sunday, one second before",                 "2026-06-07T16:59:59", "2wd", "2026-06-10T16:59:59"),
        ("ten days are two weeks",                    "2026-06-01T09:00:00", "10wd", "2026-06-15T09:00"),
        ("no days, before: due at once",              "2026-06-01T09:00:00", "0wd", "2026-06-01T09:00"),
        ("no days, after: the next morning",          "2026-06-01T17:00:00", "0wd", "2026-06-02T08:30"),
        ("no days, Saturday: Monday, same time",      "2026-06-06T12:00:00", "0wd", "2026-06-08T12:00"),
        ("a holiday is passed over",                  "2026-06-18T12:00:00", "1wd", "2026-06-22T12:00"),
        ("so is one that a start falls on",           "2026-06-19T12:00:00", "1wd", "2026-06-23T12:00"),
        ("calendar days know no cut-off",             "2026-06-05T18:00:00", "2d",  "2026-06-07T18:00"),
        ("working hours neither",                     "2026-06-05T18:00:00", "7wh", "2026-06-08T01:00"),
    ],
)  # fmt: skip
def test_due(why: str, start: str, limit: str, then: str) -> None:
    working = weekdays(holidays=(date(2026, 6, 19),))
    assert due(utc(start, NEW_YORK), counted(limit), working) == utc(then, NEW_YORK), why


@pytest.mark.parametrize(
    ("why", "start", "limit", "then"),
    [
        # The clock skips 02:00-03:00 on Sunday 8 March and doubles 01:00-02:00 on Sunday 1 November.
        ("the clock time is kept in spring",        "2026-03-06T12:00", "1wd", "2026-03-09T12:00"),
        ("and in autumn",                           "2026-10-30T12:00", "1wd", "2026-11-02T12:00"),
        ("the morning after too",                   "2026-03-06T17:00", "0wd", "2026-03-09T08:30"),
        ("the border is the clock's, in winter",    "2026-01-05T17:00", "1wd", "2026-01-07T08:30"),
        ("the border is the clock's, in summer",    "2026-07-06T16:59", "1wd", "2026-07-07T16:59"),
    ],
)  # fmt: skip
def test_the_clock_changes(why: str, start: str, limit: str, then: str) -> None:
    assert due(utc(start, NEW_YORK), counted(limit), weekdays()) == utc(then, NEW_YORK), why


def test_a_skipped_wall_time_is_read_with_the_offset_before_and_only_on_that_day() -> None:
    daily = weekdays(days=range(7))
    saturday = utc("2026-03-07T02:30", NEW_YORK)
    assert daily.days_after(saturday, 1) == utc("2026-03-08T03:30", NEW_YORK)
    assert daily.days_after(saturday, 2) == utc("2026-03-09T02:30", NEW_YORK)


@pytest.mark.parametrize("cutoff", [FIVE, None])
def test_no_days_after_the_second_of_a_doubled_hour_is_the_second(cutoff: Cutoff | None) -> None:
    daily = weekdays(days=range(7), cutoff=cutoff)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert second.astimezone(ZoneInfo(NEW_YORK)).time() == time(1, 30)
    assert daily.days_after(second, 0) == second
    assert daily.days_after(second, 1) == utc("2026-11-02T01:30", NEW_YORK)


def test_without_a_cutoff_a_start_on_a_day_off_moves_to_the_opening() -> None:
    saturday, evening = utc("2026-06-06T12:00", NEW_YORK), utc("2026-06-05T18:00", NEW_YORK)
    plain = weekdays(cutoff=None)
    assert plain.days_after(saturday, 1) == utc("2026-06-09T00:00", NEW_YORK)
    assert plain.days_after(evening, 1) == utc("2026-06-08T18:00", NEW_YORK)


@pytest.mark.parametrize(
    ("why", "start", "days"),
    [
        ("before the first day", "2025-12-31T23:59:59", 1),
        ("after the last", "2027-02-01T00:00:01", 0),
        ("the day lies outside", "2027-01-29T12:00", 1),
        ("only the late start's day does", "2027-01-28T17:00", 1),
        ("no working day is left", "2027-01-30T12:00", 0),
    ],
)
def test_outside_the_calendar_it_says_what_to_do(why: str, start: str, days: int) -> None:
    with pytest.raises(OutsideCalendar, match=r"Publish a version of the calendar that covers it"):
        weekdays().days_after(utc(start, NEW_YORK), days)


def by_hand(start: datetime, days: int) -> datetime:
    """Walk day by day, as a clerk with a wall calendar would."""

    def to_weekday(day: date) -> date:
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day

    day, clock = to_weekday(start.date()), start.time()
    if clock >= time(17):
        days, clock = days + 1, time(8, 30)
    for _ in range(days):
        day = to_weekday(day + timedelta(days=1))
    return datetime.combine(day, clock, UTC)


IN_UTC = weekdays("UTC")


@given(st.integers(0, 333 * 24 * 3600), st.integers(0, 20))
def test_it_is_what_a_clerk_would_find(seconds: int, days: int) -> None:
    start = utc("2026-01-01T00:00") + timedelta(seconds=seconds)
    assert IN_UTC.days_after(start, days) == by_hand(start, days)
