"""When a team looks at its work again although nothing happened: as people come and go, and as skills are no longer asked for."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from libs.events.catalogue.standard import Person, Roster
from libs.events.words.now import zone_named
from libs.events.words.row import Timer
from services.routing.domain.people.week import MIDNIGHT
from services.routing.domain.teams.handing import waits_for_skills
from services.routing.domain.teams.team import HandingTeam

DAYS = 8
"""A week in which nothing happens is like the next one; who comes back from an absence begins another."""


def timers(key: str, team: HandingTeam) -> Iterable[Timer]:
    """Yield an alarm for each of these instants."""
    roster = team.roster
    if roster is None or roster.assignment is None or not team.parts:
        return
    last = max(one.since for one in team.parts.values())
    found: set[datetime] = set()
    if team.waiting:
        found.update(_relaxed(team), _coming(roster, last))
    if team.held:
        found.update(_going(roster, last))
    for at in sorted(found):
        if at > last:
            yield Timer(f"work {at.isoformat()}", at)


def _relaxed(team: HandingTeam) -> Iterator[datetime]:
    assert team.roster and team.roster.assignment
    if (wait := waits_for_skills(team.roster.assignment)) is not None:
        yield from (one.entered_at + wait for one in team.waiting)


def _coming(roster: Roster, last: datetime) -> Iterator[datetime]:
    """Yield when people begin to be at work: by their hours, and behind their absences."""
    zone = _zone(roster)
    for person in roster.people:
        back = [one.last_day + timedelta(1) for one in person.absences if one.last_day >= _day(last, zone)]
        yield from (_at(day, MIDNIGHT, zone) for day in back)
        for first in (_day(last, zone), *back):
            yield from _edges(person, first, zone, "opens")


def _going(roster: Roster, last: datetime) -> Iterator[datetime]:
    """Yield when people cease to be at work."""
    zone = _zone(roster)
    for person in roster.people:
        yield from (_at(one.first_day, MIDNIGHT, zone) for one in person.absences if one.first_day >= _day(last, zone))
        if roster.assignment and roster.assignment.hand_on:
            yield from _edges(person, _day(last, zone), zone, "closes")


def _edges(person: Person, first: date, zone: ZoneInfo, edge: str) -> Iterator[datetime]:
    for n in range(DAYS):
        day = first + timedelta(n)
        for one in person.hours:
            if one.weekday == day.weekday():
                at: time = getattr(one, edge)
                yield _at(day + timedelta(edge == "closes" and at == MIDNIGHT), at, zone)


def _zone(roster: Roster) -> ZoneInfo:
    return zone_named(roster.timezone) or ZoneInfo("UTC")


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
