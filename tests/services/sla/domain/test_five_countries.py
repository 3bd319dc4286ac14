"""The calendars that we publish for five countries, day by day beside other sources; what differs is listed with its reason.

China is compared with `chinesecalendar`, which reads the State Council's notices by itself; measured with release 1.11.0: it
covers 2004 to 2026. The others are compared with `holidays`, asked by the test itself, and three of them with their laws.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import pytest
import yaml

from libs.events.catalogue.sla import Calendar
from services.sla.domain.calendar_year import Kind, day_of
from services.sla.domain.calendars import calendar_of

SHIPPED = Path(__file__).parents[4] / "deploy" / "calendars"
YEARS = (2024, 2025, 2026)
WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ZONES = {"DE": "Europe/Berlin", "IN": "Asia/Kolkata", "US": "America/New_York", "BR": "America/Sao_Paulo"}


def days(*years: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n)
        for year in years
        for n in range(366)
        if (date(year, 1, 1) + timedelta(days=n)).year == year
    ]


def works(calendar: Calendar, day: date) -> bool:
    return day_of(calendar, day).kind in (Kind.WORK, Kind.MADE_UP)


def published(country: str, subdivision: str | None = None, **others: Any) -> Calendar:
    written = {
        "id": "c",
        "version": 1,
        "timezone": ZONES[country],
        "years": [YEARS[0], YEARS[-1]],
        "windows": WEEK,
        "country": country,
    }
    return calendar_of(written | ({"subdivision": subdivision} if subdivision else {}) | others)


def test_china_works_on_the_days_of_another_reader_of_the_notices() -> None:
    shipped = calendar_of(yaml.safe_load((SHIPPED / "cn-business.yaml").read_text(encoding="utf-8")))
    every = days(*YEARS)
    assert len(every) == 1096
    differing = {day: (works(shipped, day), chinese_calendar.is_workday(day)) for day in every}
    assert {day: both for day, both in differing.items() if both[0] != both[1]} == {}
    worked = {year: sum(works(shipped, day) for day in days(year)) for year in YEARS}
    assert worked == {2024: 251, 2025: 248, 2026: 248}


def test_no_second_reader_knows_the_year_after_the_last_notice() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("country", "subdivision"), [("DE", "BY"), ("IN", None), ("IN", "MH"), ("US", None), ("BR", None), ("BR", "SP")]
)
def test_every_day_of_three_years_is_as_the_library_has_it(country: str, subdivision: str | None) -> None:
    calendar, every = published(country, subdivision), days(*YEARS)
    known = {year: holidays.country_holidays(country, subdiv=subdivision, years=year) for year in YEARS}
    assert [day for day in every if works(calendar, day) != (day.weekday() < 5 and day not in known[day.year])] == []


# The weekdays off of 2026, written down from the laws; not from the library.
BAVARIA = ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "12-25"]
FEDERAL = ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]
BRAZIL = ["01-01", "04-03", "04-21", "05-01", "09-07", "10-12", "11-02", "11-20", "12-25"]


@pytest.mark.parametrize(("country", "subdivision", "law"), [("DE", "BY", BAVARIA), ("US", None, FEDERAL), ("BR", None, BRAZIL)])
def test_the_weekdays_off_of_2026_are_those_of_the_law(country: str, subdivision: str | None, law: list[str]) -> None:
    calendar = published(country, subdivision)
    off = [f"{day:%m-%d}" for day in days(2026) if day.weekday() < 5 and not works(calendar, day)]
    assert off == law


WORKED_ANYWAY = [
    ("DE", "BY", "catholic", {"08-15": "only where most people are Catholic; such a desk lists it under `added` on a weekday"}),
    ("BR", None, "optional", {
        "02-16": "carnival: an optional day, each employer decides",
        "02-17": "carnival: an optional day, each employer decides",
        "02-18": "Ash Wednesday: off until 14:00 where at all; a desk that closes in the morning writes `openings`",
        "06-04": "Corpus Christi: an optional day of the union, a holiday of many cities",
        "10-28": "the day of public servants: of theirs only",
        "12-24": "Christmas Eve: off from 14:00 where at all; `openings`",
        "12-31": "New Year's Eve: off from 14:00 where at all; `openings`",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("country", "subdivision", "category", "reasons"), WORKED_ANYWAY)
def test_days_of_the_library_that_are_no_public_holidays_are_worked(
    country: str, subdivision: str | None, category: str, reasons: dict[str, str]
) -> None:
    calendar, public = published(country, subdivision), holidays.country_holidays(country, subdiv=subdivision, years=2026)
    others = holidays.country_holidays(country, subdiv=subdivision, years=2026, categories=(category,))
    assert [f"{day:%m-%d}" for day in sorted(others) if day not in public] == [*reasons] and all(reasons.values())
    assert all(works(calendar, day) == (day.weekday() < 5) for day in others if day not in public)


def test_india_s_optional_days_are_worked_because_each_person_chooses_few_of_them() -> None:
    calendar, public = published("IN"), holidays.country_holidays("IN", years=2026)
    optional = [day for day in holidays.country_holidays("IN", years=2026, categories=("optional",)) if day not in public]
    assert len(optional) > 20 and all(works(calendar, day) == (day.weekday() < 5) for day in optional)


def test_a_day_that_moves_to_a_weekday_is_off_there_and_a_company_s_own_day_is_added() -> None:
    # Independence Day 2026 is a Saturday; federal offices have the Friday off. Many companies work on Columbus Day.
    calendar = published("US", removed=["2026-10-12"], added=["2026-11-27"])
    assert (
        not works(calendar, date(2026, 7, 3)) and works(calendar, date(2026, 10, 12)) and not works(calendar, date(2026, 11, 27))
    )
