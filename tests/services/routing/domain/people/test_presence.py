"""Who is there at an instant: by hours and absences, in the zone of the roster."""

from datetime import UTC, datetime

import pytest

from services.routing.domain.people.presence import has_gone_home, is_away, present
from services.routing.domain.people.reading import roster_of
from tests.services.routing.domain.people.samples import WRITTEN, with_person


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The desk is in Shanghai, eight hours before UTC; 31 March 2025 is a Monday.
@pytest.mark.parametrize(
    ("why", "instant", "is_there"),
    [
        ("as the day begins",              "2025-03-31T01:00:00", True),
        ("a microsecond before",           "2025-03-31T00:59:59.999999", False),
        ("before noon",                    "2025-03-31T03:59:59.999999", True),
        ("at noon",                        "2025-03-31T04:00:00", False),
        ("after noon",                     "2025-03-31T05:00:00", True),
        ("as the day ends",                "2025-03-31T10:00:00", False),
        ("late on Tuesday",                "2025-04-01T15:59:59.999999", True),
        ("midnight ends what ends with it", "2025-04-01T16:00:00", False),
        ("nobody works on Sunday",         "2025-03-30T01:30:00", False),
        ("Monday here, Sunday in UTC",     "2025-03-30T23:59:00", False),
    ],
)  # fmt: skip
def test_by_hours(why, instant, is_there):
    roster = roster_of(WRITTEN)
    assert present(roster.people[0], at(instant), roster) is is_there, why


@pytest.mark.parametrize(
    ("why", "instant", "is_there"),
    [
        ("the day before",                   "2025-04-01T15:59:59.999999", True),
        ("the first instant of the first day", "2025-04-01T16:00:00", False),
        ("the last instant of the last day", "2025-04-03T15:59:59.999999", False),
        ("the day after",                    "2025-04-03T16:00:00", True),
    ],
)  # fmt: skip
def test_who_has_no_hours_is_there_unless_absent(why, instant, is_there):
    roster = roster_of({name: value for name, value in with_person(hours={}).items() if name != "hours"})
    assert present(roster.people[1], at(instant), roster) is is_there, why


def test_the_zone_is_that_of_the_roster():
    instant = at("2025-03-31T09:30:00")
    there = [roster_of(WRITTEN | {"timezone": zone}) for zone in ("UTC", "Asia/Shanghai", "America/New_York")]
    assert [present(one.people[0], instant, one) for one in there] == [True, True, False]


@pytest.mark.parametrize(
    ("why", "instant", "is_over"),
    [
        ("before the day begins", "2025-03-31T00:59:00", False),
        ("in the morning",        "2025-03-31T01:00:00", False),
        ("on a break",            "2025-03-31T04:30:00", False),
        ("as the day ends",       "2025-03-31T10:00:00", True),
        ("on a free day",         "2025-03-30T01:30:00", True),
    ],
)  # fmt: skip
def test_who_has_gone_home_comes_no_more_that_day(why, instant, is_over):
    roster = roster_of(WRITTEN)
    assert has_gone_home(roster.people[0], at(instant), roster) is is_over, why


@pytest.mark.parametrize(("instant", "is_so"), [("2025-04-01T15:59:59", False), ("2025-04-01T16:00:00", True),
                                                ("2025-04-03T15:59:59", True), ("2025-04-03T16:00:00", False)])  # fmt: skip
def test_who_is_away_is_away_for_whole_days(instant, is_so):
    roster = roster_of(WRITTEN)
    assert is_away(roster.people[1], at(instant), roster) is is_so
