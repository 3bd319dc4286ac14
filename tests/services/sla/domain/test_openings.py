"""Openings and closings of single dates: what is written for a date stands instead of all that it would work otherwise."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from libs.events.catalogue.promise import Opening
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.working_time import WorkingTime
from tests.services.sla.domain.test_working_time import utc

OFFICE: dict[str, Any] = {
    "id": "desk",
    "version": 1,
    "timezone": "UTC",
    "years": [2025, 2025],
    "windows": {day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
NIGHT = {**OFFICE, "windows": {day: ["22:00-06:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
GERMANY = {**OFFICE, "country": "DE", "subdivision": "BY"}
CHINA = {**OFFICE, "country": "CN"}


def working(written: dict[str, Any], openings: dict[str, list[str]], **others: Any) -> WorkingTime:
    return WorkingTime(calendar_of({**written, "openings": openings, **others}))


def test_they_are_published_in_order_with_midnight_as_the_end_of_a_day() -> None:
    calendar = calendar_of(
        {**OFFICE, "openings": {"2025-12-20": ["09:00-24:00"], date(2025, 6, 7): ["14:00-16:00", "09:00-13:00"]}}
    )
    assert calendar.openings == {
        date(2025, 6, 7): (Opening(opens=time(9), closes=time(13)), Opening(opens=time(14), closes=time(16))),
        date(2025, 12, 20): (Opening(opens=time(9), closes=time(0)),),
    }
    assert calendar_of(OFFICE).openings == {}


# 2025-06-07 is a Saturday, Monday 2025-06-09 Whit Monday in Germany, Saturday 2025-02-08 a make-up day in China.
@pytest.mark.parametrize(
    ("why", "written", "openings", "since", "until", "hours"),
    [
        ("a Saturday on which nobody works otherwise", OFFICE, {"2025-06-07": ["09:00-13:00"]}, "06-07T00:00", "06-08T00:00", 4),
        ("the day before it is as it was",        OFFICE, {"2025-06-07": ["09:00-13:00"]}, "06-06T00:00", "06-07T00:00", 8),
        ("the Saturday after it, too",            OFFICE, {"2025-06-07": ["09:00-13:00"]}, "06-14T00:00", "06-15T00:00", 0),
        ("a weekday that closes early",           OFFICE, {"2025-06-04": ["09:00-12:00"]}, "06-04T00:00", "06-05T00:00", 3),
        ("one that is open longer",               OFFICE, {"2025-06-04": ["08:00-20:00"]}, "06-04T00:00", "06-05T00:00", 12),
        ("two stretches with a break",            OFFICE, {"2025-06-07": ["09:00-10:00", "11:00-12:00"]},
            "06-07T00:00", "06-08T00:00", 2),
        ("a public holiday",                      GERMANY, {"2025-06-09": ["10:00-11:00"]}, "06-09T00:00", "06-10T00:00", 1),
        ("a make-up day of the country",          CHINA, {"2025-02-08": ["10:00-11:00"]}, "02-08T00:00", "02-09T00:00", 1),
        ("a night that goes on into the day off", OFFICE, {"2025-06-06": ["20:00-02:00"]}, "06-06T00:00", "06-08T00:00", 6),
        ("up to midnight",                        OFFICE, {"2025-06-07": ["20:00-24:00"]}, "06-07T00:00", "06-09T00:00", 4),
        ("the whole day",                         OFFICE, {"2025-06-07": ["00:00-24:00"]}, "06-07T00:00", "06-08T00:00", 24),
        ("a morning that follows a night",        NIGHT, {"2025-06-07": ["06:00-08:00"]},
            "06-06T12:00", "06-07T12:00", 10),
        ("the first day of the calendar",         OFFICE, {"2025-01-01": ["23:00-24:00"]}, "01-01T00:00", "01-02T00:00", 1),
        ("the last one, its night cut off", OFFICE, {"2025-12-31": ["23:00-02:00"]}, "12-31T00:00", "12-31T24:00", 1),
    ],
)  # fmt: skip
def test_what_is_worked(why: str, written: dict[str, Any], openings: Any, since: str, until: str, hours: float) -> None:
    end = utc(f"2025-{until.replace('T24:00', 'T00:00')}") + timedelta(days="T24:00" in until)
    assert working(written, openings).between(utc(f"2025-{since}"), end) == timedelta(hours=hours), why


@pytest.mark.parametrize(
    ("why", "openings", "start", "days", "then"),
    [
        ("an opened Saturday is a working day",       {"2025-06-07": ["09:00-13:00"]}, "06-06T10:00", 1, "06-07T10:00"),
        ("due after it closes: its closing",          {"2025-06-07": ["09:00-13:00"]}, "06-06T16:00", 1, "06-07T13:00"),
        ("a start on it",                             {"2025-06-07": ["09:00-13:00"]}, "06-07T12:59", 1, "06-09T12:00"),
        ("a start at its closing is Monday's",        {"2025-06-07": ["09:00-13:00"]}, "06-07T13:00", 1, "06-10T09:00"),
        ("a start before it opens",                   {"2025-06-07": ["09:00-13:00"]}, "06-07T03:00", 1, "06-09T09:00"),
        ("a short Wednesday ends what is due then",   {"2025-06-04": ["09:00-11:00"]}, "06-03T15:00", 1, "06-04T11:00"),
        ("and is passed over as a whole day",         {"2025-06-04": ["09:00-11:00"]}, "06-03T15:00", 2, "06-05T15:00"),
    ],
)  # fmt: skip
def test_working_days(why: str, openings: Any, start: str, days: int, then: str) -> None:
    assert working(OFFICE, openings).days_after(utc(f"2025-{start}"), days) == utc(f"2025-{then}"), why


@pytest.mark.parametrize(
    ("why", "start", "then"),
    [
        ("before the cutoff, an opened Saturday counts", "06-06T16:59", "06-07T16:59"),
        ("at the cutoff, from the opened Saturday",      "06-06T17:00", "06-09T08:30"),
        ("on the Saturday itself",                       "06-07T10:00", "06-09T10:00"),
        ("too late on it",                               "06-07T17:00", "06-10T08:30"),
    ],
)  # fmt: skip
def test_with_a_cutoff_an_opened_date_is_a_working_day(why: str, start: str, then: str) -> None:
    week = {day: ["08:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    found = working({**OFFICE, "windows": week}, {"2025-06-07": ["09:00-13:00"]}, cutoff={"at": "17:00", "resumes": "08:30"})
    assert found.days_after(utc(f"2025-{start}"), 1) == utc(f"2025-{then}"), why


@pytest.mark.parametrize(
    ("why", "change", "says"),
    [
        ("outside the years",           {"openings": {"2026-06-06": ["09:00-13:00"]}}, "openings: 2026-06-06 is outside years"),
        ("a date of no windows",        {"openings": {"2025-06-06": []}}, "openings of 2025-06-06 must be a list and not empty"),
        ("what the weekday has anyway", {"openings": {"2025-06-06": ["13:00-18:00", "09:00-12:00"]}},
            r"openings: 2025-06-06 \(fri\) changes nothing, the windows are the same"),
        ("windows that overlap",
            {"openings": {"2025-06-06": ["09:00-12:00", "11:00-13:00"]}}, "windows of 2025-06-06 overlap at 11:00"),
        ("also a day off",              {"added": ["2025-06-06"], "openings": {"2025-06-06": ["09:00-13:00"]}},
            "2025-06-06 has windows of its own .openings. and is under added, too; decide for one"),
        ("also a make-up day",          {"extra_days": {"2025-06-07": "mon"}, "openings": {"2025-06-07": ["09:00-13:00"]}},
            "is under extra_days, too; decide for one"),
        ("also removed",                {**GERMANY, "removed": ["2025-06-09"], "openings": {"2025-06-09": ["09:00-13:00"]}},
            "is under removed, too; decide for one"),
        ("into the next morning",       {"openings": {"2025-06-05": ["22:00-10:00"]}},
            "the windows of thu on 2025-06-05 go on until 10:00 .* overlap those of fri on 2025-06-06, that begin at 09:00"),
        ("before the night is over",    {**NIGHT, "openings": {"2025-06-07": ["05:59-08:00"]}},
            "fri on 2025-06-06 go on until 06:00 .* sat on 2025-06-07, that begin at 05:59"),
        ("into another one",            {"openings": {"2025-06-07": ["22:00-04:00"], "2025-06-08": ["03:00-05:00"]}},
            "sat on 2025-06-07 go on until 04:00 .* sun on 2025-06-08"),
        ("a date that is none",         {"openings": {"tomorrow": ["09:00-13:00"]}}, "openings must hold dates"),
        ("a date twice",                {"openings": {"2025-06-07": ["09:00-13:00"], date(2025, 6, 7): ["09:00-13:00"]}},
            "openings: 2025-06-07 stands there more than once"),
        ("a window that is none",       {"openings": {"2025-06-07": ["9-13"]}}, "on 2025-06-07 is no window"),
        ("no entries",                  {"openings": [["2025-06-07", "09:00-13:00"]]}, "openings must be entries"),
        ("too many windows",            {"openings": {"2025-06-07": [f"{hour:02}:00-{hour:02}:30" for hour in range(13)]}},
            "windows of 2025-06-07: there are 13; write at most 12"),
    ],
)  # fmt: skip
def test_refused(why: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        calendar_of({**OFFICE, **change})


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("beside a day off the night before does not matter", {**NIGHT, "added": ["2025-06-06"],
            "openings": {"2025-06-07": ["05:00-08:00"]}}),
        ("touching the night before", {**NIGHT, "openings": {"2025-06-07": ["06:00-08:00"]}}),
        ("a night that ends where the next day begins", {"openings": {"2025-06-05": ["22:00-09:00"]}}),
        ("two that touch",            {"openings": {"2025-06-07": ["22:00-04:00"], "2025-06-08": ["04:00-05:00"]}}),
        ("a make-up day of the country whose weekday has no windows", {**CHINA, "windows": {"mon": ["09:00-12:00"]},
            "openings": {"2025-02-08": ["09:00-10:00"], "2025-10-11": ["09:00-10:00"]}}),
    ],
)  # fmt: skip
def test_taken(why: str, change: dict[str, Any]) -> None:
    assert calendar_of({**OFFICE, **change}).openings, why


def test_a_guessed_holiday_is_settled_by_working_on_it() -> None:
    egypt = {**OFFICE, "country": "EG", "years": [2030, 2030]}
    with pytest.raises(BadCalendar) as refused:
        calendar_of(egypt)
    first, *others = [word.strip(",") for word in str(refused.value).split() if word.startswith("2030-")]
    calendar = calendar_of({**egypt, "openings": {first: ["10:00-11:00"]}, "added": others})
    assert date.fromisoformat(first) in calendar.openings and date.fromisoformat(first) not in calendar.holidays
