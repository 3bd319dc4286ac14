"""A second reader of calendars, that looks at the wall clock minute by minute: slow, obvious, and of nothing that sla uses.

It says for any written calendar what sla says: over clock changes in both directions, with split and night shifts, holidays,
make-up days and openings of single dates.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st

from services.sla.domain.calendar_checks import WEEKDAYS, BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.working_time import WorkingTime

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AROUND = 6
"""So many days before and after the clock change are read."""

CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2026-03-08", "2026-11-01"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),  # at midnight
    "Africa/Cairo": ("2026-04-24", "2026-10-30"),  # at midnight
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),  # for the month of fasting
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),  # by half an hour
    "Pacific/Chatham": ("2026-04-05", "2026-09-27"),  # at a quarter to three
    "Pacific/Apia": ("2011-12-30",),  # a date that never was
    "Asia/Shanghai": ("2026-02-17",),  # never, but a festival
}


@dataclass
class Wall:
    """A calendar as it is written, and the minutes that are read of it."""

    written: dict[str, Any]
    first: datetime
    last: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.written["timezone"])

    def hours(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return when the day opens and closes, as the wall shows it."""
        texts = self.written["windows"].get(WEEKDAYS[day.weekday()], [])
        if str(day) in self.written.get("added", []):
            texts = []
        if str(day) in self.written.get("extra_days", {}):
            texts = self.written["windows"].get(self.written["extra_days"][str(day)], [])
        texts = self.written.get("openings", {}).get(str(day), texts)
        found = []
        for opens, closes in (text.split("-") for text in texts):
            since = datetime.combine(day, time.fromisoformat(opens))
            until = datetime.combine(day, time.fromisoformat(closes.replace("24:00", "00:00")))
            found.append((since, until if until > since else until + DAY))
        return found

    @cached_property
    def worked(self) -> dict[datetime, date]:
        """Each minute in which somebody works → the date whose shift it is."""
        found, minute, hours = {}, self.first, {}
        while minute < self.last:
            wall = minute.astimezone(self.zone).replace(tzinfo=None)
            for day in (wall.date() - DAY, wall.date()):
                if day not in hours:
                    hours[day] = self.hours(day)
                if any(since <= wall < until for since, until in hours[day]):
                    found[minute] = day
            minute += MINUTE
        return found

    def days_after(self, at: datetime, days: int) -> datetime | None:
        """Return the same time on the wall so many shifts later, or when the work before it ended; None if it is not read."""
        shifts = sorted({*self.worked.values()})
        start = next((minute for minute in self.worked if minute >= at), None)
        if start is None or (place := shifts.index(self.worked[start]) + days) >= len(shifts) - 1:
            return None
        wall = start.astimezone(self.zone).replace(tzinfo=None)
        on = shifts[place] + (wall.date() - self.worked[start])
        due = datetime.combine(on, wall.time(), self.zone).astimezone(UTC)
        before = [minute for minute, day in self.worked.items() if minute <= due and day <= shifts[place]]
        opens = min(minute for minute, day in self.worked.items() if day == shifts[place])
        return due if due == opens or (before and before[-1] == due) else before[-1] + MINUTE if before else None


def clock(hour: int, minute: int) -> str:
    return f"{hour:02}:{minute:02}"


SHIFTS = st.sampled_from(
    [
        ["09:00-12:00", "13:30-18:00"],
        ["00:00-24:00"],
        ["22:00-06:00"],
        ["01:15-03:45", "22:00-01:00"],
        ["02:00-03:00"],
        ["00:15-00:45", "02:30-02:45", "23:30-24:00"],
        ["06:00-14:00", "14:00-22:00"],
    ]
)
SINGLE = st.one_of(
    SHIFTS,
    st.builds(lambda a, b, m: [f"{clock(a, m)}-{clock(b, m)}"], st.integers(0, 9), st.integers(10, 23), st.sampled_from([0, 30])),
)


@st.composite
def walls(draw: st.DrawFn) -> Wall:
    """Return a calendar that people could write, with a change of the clock in the middle of what is read."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    shifts = draw(SHIFTS)
    near = st.lists(st.integers(-4, 4), min_size=3, max_size=3, unique=True)
    opened, off, worked = (change + timedelta(days=days) for days in draw(near))
    week = draw(st.sampled_from([5, 6, 7]))
    written = {
        "id": "c",
        "version": 1,
        "timezone": zone,
        "years": [change.year, change.year],
        "windows": dict.fromkeys(WEEKDAYS[:week], shifts),
        "openings": {str(opened): hours} if (hours := draw(st.one_of(st.none(), SINGLE, SINGLE))) and hours != shifts else {},
        "added": [str(off)] if draw(st.booleans()) and off.weekday() < week else [],
        "extra_days": {str(worked): "fri"} if draw(st.booleans()) and worked.weekday() >= week else {},
    }
    noon = datetime.combine(change, time(12), UTC)
    last = min(noon + AROUND * DAY, datetime(change.year, 12, 31, 12, tzinfo=UTC))
    return Wall({name: value for name, value in written.items() if value}, noon - AROUND * DAY, last)


def compiled(wall: Wall) -> WorkingTime:
    try:
        return WorkingTime(calendar_of(wall.written))
    except BadCalendar:  # such as windows that overlap: nobody can publish it
        reject()


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(walls(), st.lists(st.integers(0, (2 * AROUND - 1) * 24 * 60), min_size=4, max_size=4), st.integers(1, 3))
def test_sla_says_what_the_wall_says(wall: Wall, minutes: list[int], days: int) -> None:
    working = compiled(wall)
    event(wall.zone.key)
    event("openings" if "openings" in wall.written else "no openings")
    instants = sorted(at for minute in minutes if (at := wall.first + minute * MINUTE) < wall.last)
    counted = [sum(1 for minute in wall.worked if instants[0] <= minute < at) for at in instants]
    for at, amount in zip(instants, counted, strict=True):
        assert working.open_at(at) == (at in wall.worked), at
        assert working.between(instants[0], at) == amount * MINUTE, at
        if amount:  # the minute in which the last of it was worked
            ends = [minute for minute in wall.worked if minute >= instants[0]][amount - 1] + MINUTE
            assert working.after(instants[0], amount * MINUTE) == ends
        if (due := wall.days_after(at, days)) is not None:
            assert working.days_after(at, days) == due, at


def utc(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def round_the_clock(zone: str, **others: Any) -> WorkingTime:
    week = {day: ["00:00-24:00"] for day in WEEKDAYS}
    return WorkingTime(calendar_of({"id": "c", "version": 1, "timezone": zone, "years": [2026, 2026], "windows": week, **others}))


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("why", "start", "limit", "due"),
    [
        ("a working day into the skipped hour is read as before the change", "2026-03-28T01:30Z", "1wd", "2026-03-29T01:30Z"),
        ("an hour before it",                        "2026-03-28T00:30Z", "1wd", "2026-03-29T00:30Z"),
        ("an hour after it keeps the wall time",     "2026-03-28T02:30Z", "1wd", "2026-03-29T01:30Z"),
        ("an hour across it is an hour",             "2026-03-29T00:30Z", "1wh", "2026-03-29T01:30Z"),
        ("a working day out of the first of two hours", "2026-10-25T00:30Z", "1wd", "2026-10-26T01:30Z"),
        ("and out of the second",                    "2026-10-25T01:30Z", "1wd", "2026-10-26T01:30Z"),
        ("one into the doubled hour is due in the first", "2026-10-24T00:30Z", "1wd", "2026-10-25T00:30Z"),
        ("two hours from before it end in the second", "2026-10-24T23:30Z", "2wh", "2026-10-25T01:30Z"),
        ("an hour from the first to the second",     "2026-10-25T00:30Z", "1wh", "2026-10-25T01:30Z"),
    ],
)  # fmt: skip
def test_starts_and_ends_where_the_clock_changes(why: str, start: str, limit: str, due: str) -> None:
    working, at, then = round_the_clock(BERLIN), *map(datetime.fromisoformat, (start, due))
    if limit == "1wd":
        assert working.days_after(at, 1) == then, why
    else:
        assert working.after(at, timedelta(hours=int(limit[0]))) == then, why
        assert working.between(at, then) == timedelta(hours=int(limit[0])), why


@pytest.mark.parametrize(
    ("why", "night", "hours"),
    [
        ("a night shift into a holiday is worked to its end", "2026-05-13", 8),
        ("the night of the holiday is not",                   "2026-05-14", 0),
        ("in the night of the spring change an hour is missing", "2026-03-28", 7),
        ("in that of the autumn change there is one more",    "2026-10-24", 9),
    ],
)  # fmt: skip
def test_night_shifts(why: str, night: str, hours: float) -> None:
    week = {day: ["22:00-06:00"] for day in WEEKDAYS}
    written = {"id": "c", "version": 1, "timezone": BERLIN, "years": [2026, 2026], "windows": week, "added": ["2026-05-14"]}
    since = utc(f"{night}T12:00", BERLIN)
    assert WorkingTime(calendar_of(written)).between(since, utc(f"{date.fromisoformat(night) + DAY}T12:00", BERLIN)) == timedelta(
        hours=hours
    ), why
