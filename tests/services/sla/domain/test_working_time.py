"""Working time equals counting minutes, and its two questions undo each other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.promise import Window
from libs.events.catalogue.sla import Calendar
from services.sla.domain.working_time import OutsideCalendar, WorkingTime, working_time

MINUTE = timedelta(minutes=1)
SPLIT = ((time(9), time(12)), (time(13, 30), time(18)))
WHOLE_DAY = ((time(0), time(0)),)
NIGHT = ((time(1, 15), time(3, 45)), (time(22), time(1)))


def calendar(
    zone: str = "UTC",
    hours: tuple[tuple[time, time], ...] = SPLIT,
    days: range = range(5),
    first: date = date(2025, 1, 1),
    last: date = date(2026, 12, 31),
    **others: object,
) -> Calendar:
    windows = tuple(Window(weekday=day, opens=a, closes=b) for day in days for a, b in hours)
    return Calendar(id="c", version=1, timezone=zone, windows=windows, first_day=first, last_day=last, **others)


def weekly(hours: dict[int, tuple[int, int]]) -> WorkingTime:
    """Return the working time of a week whose days have hours of their own."""
    windows = tuple(Window(weekday=day, opens=time(a), closes=time(b)) for day, (a, b) in hours.items())
    return WorkingTime(replace(calendar(), windows=windows))


def utc(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def works(day: Calendar, at: datetime) -> bool:
    """Test by looking at the wall whether `at` is working time; slow, obvious, and independent of the code."""
    wall = at.astimezone(ZoneInfo(day.timezone)).replace(tzinfo=None)
    for back in (0, 1):
        on = wall.date() - timedelta(days=back)
        if not day.first_day <= on <= day.last_day:
            continue
        weekday = day.extra_days.get(on, None if on in day.holidays else on.weekday())
        for window in day.openings.get(on) or [one for one in day.windows if one.weekday == weekday]:
            opens = datetime.combine(on, window.opens)
            closes = datetime.combine(on, window.closes)
            closes += timedelta(days=1) if closes <= opens else timedelta()
            if opens <= wall < closes:
                return True
    return False


FRIDAY = "2025-06-06"
MONDAY = "2025-06-09"


@pytest.mark.parametrize(
    ("why", "a", "b", "hours"),
    [
        ("inside one window",          f"{FRIDAY}T09:00", f"{FRIDAY}T10:30", 1.5),
        ("over the lunch break",       f"{FRIDAY}T11:00", f"{FRIDAY}T14:00", 1.5),
        ("over the weekend",           f"{FRIDAY}T17:00", f"{MONDAY}T10:00", 2),
        ("all of it outside",          f"{FRIDAY}T18:00", f"{MONDAY}T09:00", 0),
        ("an empty stretch",           f"{FRIDAY}T10:00", f"{FRIDAY}T10:00", 0),
        ("backwards is negative",      f"{FRIDAY}T11:00", f"{FRIDAY}T10:00", -1),
        ("a holiday",                  "2025-06-10T09:00", "2025-06-12T09:00", 7.5),
        ("a make-up Saturday",         "2025-06-14T00:00", "2025-06-15T00:00", 7.5),
        ("an ordinary Saturday",       "2025-06-21T00:00", "2025-06-22T00:00", 0),
    ],
)  # fmt: skip
def test_between(why: str, a: str, b: str, hours: float) -> None:
    holidays = {"holidays": (date(2025, 6, 11), date(2025, 6, 14)), "extra_days": {date(2025, 6, 14): 4}}
    working = WorkingTime(calendar(**holidays))
    assert working.between(utc(a), utc(b)) == timedelta(hours=hours), why
    parts = list(working.stretches(utc(a), utc(b)))
    assert sum((until - since for since, until in parts), timedelta()) == max(timedelta(), timedelta(hours=hours)), why
    assert all(since < until for since, until in parts)


def test_windows_that_touch_are_one_stretch() -> None:
    night = WorkingTime(calendar(hours=((time(22), time(0)), (time(0), time(6)), (time(6), time(7)))))
    since, until = utc(f"{MONDAY}T20:00"), utc(f"{MONDAY}T23:00")
    assert list(night.stretches(utc(f"{MONDAY}T00:00"), since)) == [(utc(f"{MONDAY}T00:00"), utc(f"{MONDAY}T07:00"))]
    assert list(night.stretches(since, until + timedelta(hours=9))) == [(utc(f"{MONDAY}T22:00"), utc("2025-06-10T07:00"))]


@pytest.mark.parametrize(
    ("why", "at", "hours", "then"),
    [
        ("inside one window",                      f"{FRIDAY}T09:00", 1, f"{FRIDAY}T10:00"),
        ("due exactly at closing stays there",     f"{FRIDAY}T09:00", 3, f"{FRIDAY}T12:00"),
        ("the last closing of the week too",       f"{FRIDAY}T09:00", 7.5, f"{FRIDAY}T18:00"),
        ("a second more moves past the weekend",   f"{FRIDAY}T09:00", 7.5 + 1 / 3600, f"{MONDAY}T09:00:01"),
        ("a start outside counts from the opening", f"{FRIDAY}T20:00", 1, f"{MONDAY}T10:00"),
        ("nothing is now, even outside",           f"{FRIDAY}T20:00", 0, f"{FRIDAY}T20:00"),
    ],
)  # fmt: skip
def test_after(why: str, at: str, hours: float, then: str) -> None:
    assert WorkingTime(calendar()).after(utc(at), timedelta(hours=hours)) == utc(then), why


@pytest.mark.parametrize(
    ("why", "at", "days", "then"),
    [
        ("the third following working day",          "2025-06-02T10:17", 3, "2025-06-05T10:17"),
        ("over a weekend",                           "2025-06-05T10:17", 3, "2025-06-10T10:17"),
        ("none is the start itself",                 "2025-06-05T10:17", 0, "2025-06-05T10:17"),
        ("before opening moves to the opening",      "2025-06-05T07:00", 1, "2025-06-06T09:00"),
        ("in the lunch break, to the afternoon",     "2025-06-05T12:30", 1, "2025-06-06T13:30"),
        ("a closing instant is outside",             "2025-06-05T18:00", 1, "2025-06-09T09:00"),
        ("just before closing is inside",            "2025-06-05T17:59:59", 1, "2025-06-06T17:59:59"),
        ("on a weekend, to Monday and from there",   "2025-06-07T10:17", 3, "2025-06-12T09:00"),
        ("a holiday is not counted",                 "2025-06-16T10:00", 1, "2025-06-18T10:00"),
        ("a make-up Saturday is",                    "2025-06-20T10:00", 1, "2025-06-21T10:00"),
    ],
)  # fmt: skip
def test_days_after(why: str, at: str, days: int, then: str) -> None:
    special = {"holidays": (date(2025, 6, 17),), "extra_days": {date(2025, 6, 21): 0}}
    assert WorkingTime(calendar(**special)).days_after(utc(at), days) == utc(then), why


def test_of_two_counts_of_days_that_end_alike_the_fewer_are_counted_again() -> None:
    # 17:30 is too late on Tuesday and too early on Wednesday: both end on Tuesday at 17:00.
    working = weekly({0: (9, 18), 1: (9, 17), 2: (18, 22), 3: (9, 17)})
    since, until, due_at = utc(f"{MONDAY}T17:30"), utc("2025-06-10T10:00"), utc("2025-06-10T17:00")
    assert working.days_after(since, 1) == working.days_after(since, 2) == due_at
    assert working.counted_again(since, until, due_at) == working.days_after(until, 1) < working.days_after(until, 2)


def test_what_was_left_up_to_the_calendar_s_last_working_day_is_counted_again() -> None:
    week = WorkingTime(calendar(first=date(2025, 6, 9), last=date(2025, 6, 13)))
    since, until, due_at = utc("2025-06-10T10:00"), utc("2025-06-10T11:00"), utc("2025-06-13T10:00")
    assert week.counted_again(since, until, due_at) == utc("2025-06-13T11:00")


def test_whole_working_days_are_counted_again_as_days_however_long_they_are() -> None:
    working = weekly({0: (9, 18), 1: (9, 17), 2: (18, 22), 3: (9, 17)})
    since, until, due_at = utc(f"{MONDAY}T10:00"), utc("2025-06-10T10:00"), utc("2025-06-12T10:00")
    assert working.days_after(since, 3) == due_at
    assert working.counted_again(since, until, due_at) == working.days_after(until, 3) == utc("2025-06-16T10:00")


def test_of_a_promise_that_was_due_when_work_ended_nothing_is_left_to_count_again() -> None:
    working, closing, later = WorkingTime(calendar()), utc(f"{FRIDAY}T18:00"), utc(f"{MONDAY}T20:00")
    assert working.counted_again(closing, later, closing) == later


def test_a_night_before_a_day_off_is_a_whole_working_day_that_is_counted_again() -> None:
    # Friday's night is longer than the others. One in the morning is Thursday's night, and a day later Friday's, on a day off.
    working = weekly({0: (22, 6), 1: (22, 6), 2: (22, 6), 3: (22, 6), 4: (22, 9)})
    since, due_at, until = utc("2025-06-13T01:00"), utc("2025-06-14T01:00"), utc("2025-06-14T02:00")
    assert working.days_after(since, 1) == due_at
    assert working.counted_again(since, until, due_at) == working.days_after(until, 1) == utc("2025-06-17T02:00")


@pytest.mark.parametrize(
    ("why", "zone", "hours", "day", "worked"),
    [
        ("the clock skips 02:00-03:00",          "Europe/Berlin", WHOLE_DAY, "2026-03-29", 23),
        ("the clock doubles 02:00-03:00",        "Europe/Berlin", WHOLE_DAY, "2026-10-25", 25),
        ("a window inside the gap vanishes",     "Europe/Berlin", ((time(2), time(3)),), "2026-03-29", 0),
        ("a window half in the gap shrinks",     "Europe/Berlin", ((time(1), time(2, 30)),), "2026-03-29", 1),
        ("a window in the fold counts twice",    "Europe/Berlin", ((time(2), time(2, 30)),), "2026-10-25", 1),
        ("the same in New York, spring",         "America/New_York", WHOLE_DAY, "2026-03-08", 23),
        ("the same in New York, autumn",         "America/New_York", WHOLE_DAY, "2026-11-01", 25),
        ("half an hour on Lord Howe",            "Australia/Lord_Howe", WHOLE_DAY, "2026-04-05", 24.5),
        ("Shanghai has no summer time",          "Asia/Shanghai", WHOLE_DAY, "2026-03-29", 24),
        ("nor at the office hours of Berlin",    "Europe/Berlin", SPLIT, "2026-03-30", 7.5),
    ],
)  # fmt: skip
def test_daylight_saving(why: str, zone: str, hours: tuple[tuple[time, time], ...], day: str, worked: float) -> None:
    start = utc(f"{day}T00:00", zone)
    end = utc(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", zone)
    assert WorkingTime(calendar(zone, hours, range(7))).between(start, end) == timedelta(hours=worked), why


def test_a_window_opens_and_closes_to_the_microsecond() -> None:
    working = WorkingTime(calendar(hours=((time(9, 0, 1, 250_000), time(9, 0, 3, 750_000)),)))
    opens, closes = utc(f"{MONDAY}T09:00:01.250000"), utc(f"{MONDAY}T09:00:03.750000")
    assert working.next_opening(utc(f"{MONDAY}T00:00")) == opens
    assert working.after(opens, closes - opens) == closes


def test_a_date_that_the_zone_skipped_has_no_time() -> None:
    samoa = calendar("Pacific/Apia", WHOLE_DAY, range(7), date(2011, 12, 1), date(2012, 1, 31))
    gone = WorkingTime(samoa).between(utc("2011-12-29T00:00", "Pacific/Apia"), utc("2012-01-01T00:00", "Pacific/Apia"))
    assert gone == timedelta(days=2)
    assert WorkingTime(samoa).days_after(utc("2011-12-29T10:00", "Pacific/Apia"), 1) == utc("2011-12-31T10:00", "Pacific/Apia")


def test_working_days_keep_the_wall_time_over_a_clock_change() -> None:
    berlin = WorkingTime(calendar("Europe/Berlin"))
    friday = utc("2026-03-27T10:00", "Europe/Berlin")
    assert berlin.days_after(friday, 1) == utc("2026-03-30T10:00", "Europe/Berlin")
    assert berlin.days_after(friday, 1) - friday == timedelta(days=3) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("why", "ask"),
    [
        ("before the first day",          lambda w: w.between(utc("2024-12-31T23:59:59"), utc("2025-01-02T00:00"))),
        ("after the last day",            lambda w: w.between(utc("2026-12-01T00:00"), utc("2027-01-01T00:00:01"))),
        ("an amount that reaches out",    lambda w: w.after(utc("2026-12-31T17:00"), timedelta(hours=2))),
        ("a working day that is outside", lambda w: w.days_after(utc("2026-12-31T10:00"), 1)),
        ("no further opening",            lambda w: w.next_opening(utc("2026-12-31T19:00"))),
    ],
)  # fmt: skip
def test_outside_the_calendar_it_says_what_to_do(why: str, ask: object) -> None:
    with pytest.raises(OutsideCalendar, match=r"Publish a version of the calendar that covers it"):
        ask(WorkingTime(calendar()))  # type: ignore[operator]


def test_up_to_its_last_instant_it_answers() -> None:
    week = WorkingTime(calendar(first=date(2025, 6, 2), last=date(2025, 6, 8)))
    whole = week.between(utc("2025-06-02T00:00"), utc("2025-06-09T00:00"))
    assert whole == timedelta(hours=37.5)
    assert week.after(utc("2025-06-02T00:00"), whole) == utc("2025-06-06T18:00")


def test_a_calendar_is_compiled_once_and_again_when_its_content_differs() -> None:
    first = working_time(calendar())
    assert working_time(calendar()) is first
    assert working_time(calendar("Asia/Shanghai")).calendar.timezone == "Asia/Shanghai"


ZONES = {
    "Europe/Berlin": ("2026-03-27", "2026-10-23"),
    "America/New_York": ("2026-03-06", "2026-10-30"),
    "Asia/Shanghai": ("2026-02-13", "2026-10-02"),
}
CALENDARS = [
    calendar(
        zone,
        hours,
        range(6),
        holidays=(date(2026, 3, 30), date(2026, 10, 26), date(2026, 2, 17)),
        extra_days={date(2026, 3, 29): 2, date(2026, 10, 25): 0, date(2026, 3, 8): 1, date(2026, 11, 1): 4},
    )
    for zone in ZONES
    for hours in (SPLIT, WHOLE_DAY, NIGHT)
]
COMPILED = {id(one): WorkingTime(one) for one in CALENDARS}


@st.composite
def moments(draw: st.DrawFn, count: int) -> tuple[Calendar, list[datetime]]:
    """A calendar and instants, by the second, within five days around one of its clock changes."""
    one = draw(st.sampled_from(CALENDARS))
    start = utc(f"{draw(st.sampled_from(ZONES[one.timezone]))}T00:00", one.timezone)
    seconds = st.integers(0, 5 * 24 * 3600)
    return one, [start + timedelta(seconds=draw(seconds)) for _ in range(count)]


@pytest.mark.slow
@given(moments(1))
@settings(max_examples=60)
def test_working_time_is_counting_minutes(drawn: tuple[Calendar, list[datetime]]) -> None:
    one, (a,) = drawn
    a = a.replace(second=0)
    for days in (1, 2):
        b = a + timedelta(days=days, minutes=77)
        counted = sum(works(one, a + i * MINUTE) for i in range((b - a) // MINUTE))
        assert COMPILED[id(one)].between(a, b) == counted * MINUTE


@pytest.mark.slow
@given(moments(3))
def test_parts_add_up(drawn: tuple[Calendar, list[datetime]]) -> None:
    one, (a, b, c) = drawn
    w = COMPILED[id(one)]
    assert w.between(a, b) + w.between(b, c) == w.between(a, c)


@pytest.mark.slow
@given(moments(2))
def test_after_undoes_between(drawn: tuple[Calendar, list[datetime]]) -> None:
    one, (t, u) = drawn
    w = COMPILED[id(one)]
    t, u = min(t, u), max(t, u)
    then = w.after(t, w.between(t, u))
    assert w.between(t, then) == w.between(t, u)
    assert then <= u
    if works(one, u) and works(one, u - timedelta(seconds=1)):
        assert then == u


@pytest.mark.slow
@given(moments(1))
def test_open_is_what_the_wall_says(drawn: tuple[Calendar, list[datetime]]) -> None:
    one, (t,) = drawn
    w = COMPILED[id(one)]
    assert w.open_at(t) == works(one, t)
    opening = w.next_opening(t)
    assert works(one, opening)
    assert w.between(t, opening) == timedelta()


@pytest.mark.slow
@given(moments(2))
def test_stretches_sum_to_the_figure(drawn: tuple[Calendar, list[datetime]]) -> None:
    one, (a, b) = drawn
    a, b = min(a, b), max(a, b)
    w = COMPILED[id(one)]
    parts = list(w.stretches(a, b))
    assert sum((until - since for since, until in parts), timedelta()) == w.between(a, b)
    assert all(since < until for since, until in parts)
