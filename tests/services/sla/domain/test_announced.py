"""A calendar says up to when its days are announced; what is due later is provisional."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from libs.events.catalogue.sla import Calendar
from services.sla.domain.announced import announced_until, days_left, is_provisional
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from tests.services.sla.domain.test_working_time import utc

CHINA: dict[str, Any] = {
    "id": "c",
    "version": 1,
    "timezone": "Asia/Shanghai",
    "country": "CN",
    "years": [2026, 2027],
    "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
FEASTS = {**CHINA, "country": "EG", "timezone": "Africa/Cairo", "years": [2026, 2030], "windows": {"sun": ["09:00-18:00"]}}


def expected(until: str = "2026-12-31", **others: Any) -> Calendar:
    return calendar_of({**CHINA, "announced_until": until, **others})


def test_a_year_without_its_notice_is_taken_as_what_is_expected_if_the_author_says_so() -> None:
    with pytest.raises(BadCalendar, match=r"none after 2026.*write `announced_until: 2026-12-31`"):
        calendar_of(CHINA)
    calendar = expected()
    assert announced_until(calendar) == date(2026, 12, 31) and calendar.last_day == date(2027, 12, 31)
    assert date(2027, 10, 1) in calendar.holidays
    assert {day.year for day in calendar.extra_days} == {2026}


@pytest.mark.parametrize(
    ("why", "due_at", "provisional"),
    [
        ("long before",                          "2026-06-01T10:00", False),
        ("on the last announced day",            "2026-12-31T18:00", False),
        ("the midnight that ends it, there",     "2027-01-01T00:00", False),
        ("a microsecond later",                  "2027-01-01T00:00:00.000001", True),
        ("in the year that is not announced",    "2027-01-04T10:00", True),
    ],
)  # fmt: skip
def test_provisional(why: str, due_at: str, provisional: bool) -> None:
    assert is_provisional(expected(), utc(due_at, "Asia/Shanghai")) is provisional, why
    assert not is_provisional(calendar_of({**CHINA, "confirmed": [2027]}), utc(due_at, "Asia/Shanghai")), why


def test_guessed_feasts_are_taken_only_after_what_is_announced() -> None:
    with pytest.raises(BadCalendar, match=r"2027-.* are estimates.*name under `announced_until`"):
        calendar_of({**FEASTS, "announced_until": "2027-12-31", "confirmed": [2026]})
    assert calendar_of({**FEASTS, "announced_until": "2027-12-31", "confirmed": [2026, 2027]}).announced_until
    assert calendar_of({**FEASTS, "announced_until": "2027-01-31", "confirmed": [2026]}).announced_until


@pytest.mark.parametrize(
    ("why", "change", "says"),
    [
        ("on the last day",        {"announced_until": "2027-12-31"}, "must lie in years .* before their last day; leave"),
        ("after it",               {"announced_until": "2028-01-01"}, "must lie in years"),
        ("before the first",       {"announced_until": "2025-12-31"}, "must lie in years"),
        ("no date",                {"announced_until": 2026}, "announced_until must hold dates like"),
        ("nothing",                {"announced_until": None}, "announced_until must hold dates like"),
        ("in the year that nobody announced", {"announced_until": "2027-06-30"}, "none after 2026"),
        ("before a year that somebody vouches for", {"announced_until": "2026-12-31", "confirmed": [2027]},
            "confirmed: 2027 begins after announced_until .2026-12-31.; leave it out"),
    ],
)  # fmt: skip
def test_refused(why: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        calendar_of({**CHINA, **change})


def test_without_a_country_the_author_may_say_it_as_well() -> None:
    own = {name: value for name, value in CHINA.items() if name != "country"}
    calendar = calendar_of({**own, "announced_until": "2026-06-30"})
    assert is_provisional(calendar, utc("2026-07-01T09:00", "Asia/Shanghai"))


def test_a_calendar_ends_with_its_last_day_where_it_is() -> None:
    end = datetime(2027, 12, 31, 16, tzinfo=UTC)
    assert days_left(expected(), end - timedelta(days=90)) == 90
    assert days_left(expected(), end) == 0
    assert days_left(expected(), end + timedelta(hours=12)) == -0.5
