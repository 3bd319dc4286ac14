"""What a day of a calendar is, and on which days two versions differ."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from services.sla.domain.calendar_year import Day, Kind, day_of, differences, year_of
from services.sla.domain.calendars import calendar_of

WRITTEN: dict[str, Any] = {
    "id": "c",
    "version": 1,
    "timezone": "UTC",
    "years": [2025, 2026],
    "windows": {day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "added": ["2026-06-10"],
    "extra_days": {"2026-06-13": "mon"},
    "openings": {"2026-06-20": ["09:00-24:00"], "2026-06-11": ["09:00-10:00"]},
    "announced_until": "2026-06-30",
}
CALENDAR = calendar_of(WRITTEN)
OFFICE = ((time(9), time(12)), (time(13), time(18)))


@pytest.mark.parametrize(
    ("day", "is_"),
    [
        ("2026-06-09", Day(Kind.WORK, OFFICE)),
        ("2026-06-10", Day(Kind.HOLIDAY)),
        ("2026-06-11", Day(Kind.OPENED, ((time(9), time(10)),))),
        ("2026-06-13", Day(Kind.MADE_UP, OFFICE)),
        ("2026-06-14", Day(Kind.OFF)),
        ("2026-06-20", Day(Kind.OPENED, ((time(9), time(0)),))),
        ("2026-06-30", Day(Kind.WORK, OFFICE)),
        ("2026-07-01", Day(Kind.WORK, OFFICE, is_announced=False)),
        ("2024-12-31", Day(Kind.OUTSIDE)),
        ("2027-01-01", Day(Kind.OUTSIDE)),
    ],
)
def test_a_day(day: str, is_: Day) -> None:
    assert day_of(CALENDAR, date.fromisoformat(day)) == is_


def test_a_year_has_all_its_days() -> None:
    days = year_of(CALENDAR, 2026)
    assert [*days][:1] == [date(2026, 1, 1)] and [*days][-1:] == [date(2026, 12, 31)] and len(days) == 365
    assert len(year_of(replace(CALENDAR, last_day=date(2199, 12, 31)), 2028)) == 366


@pytest.mark.parametrize(
    ("why", "change", "days"),
    [
        ("nothing",                  {}, []),
        ("another day off",          {"added": ["2026-06-10", "2026-06-09"]}, ["2026-06-09"]),
        ("none any more",            {"added": []}, ["2026-06-10"]),
        ("other hours of one date",  {"openings": {"2026-06-20": ["09:00-13:00"]}}, ["2026-06-11", "2026-06-20"]),
        ("a Saturday made up like another day is the same", {"extra_days": {"2026-06-13": "fri"}}, []),
        ("another year",             {"added": ["2026-06-10", "2025-06-10"]}, []),
    ],
)  # fmt: skip
def test_two_versions_differ(why: str, change: dict[str, Any], days: list[str]) -> None:
    written = {name: value for name, value in {**WRITTEN, **change}.items() if value}
    assert [str(one.day) for one in differences(CALENDAR, calendar_of(written), 2026)] == days, why


def test_a_year_that_one_of_them_does_not_have_differs_everywhere() -> None:
    assert len(differences(CALENDAR, replace(CALENDAR, last_day=date(2025, 12, 31)), 2026)) == 365
