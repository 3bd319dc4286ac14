"""Whether somebody is at work at an instant: by their hours and absences, in the zone of the roster."""

from datetime import UTC, datetime

from libs.events.catalogue.standard import Person, Roster
from libs.events.words.now import zone_named
from services.routing.domain.people.week import MIDNIGHT


def present(person: Person, at: datetime, roster: Roster) -> bool:
    """Test whether a person of the roster is at work at an instant."""
    if is_away(person, at, roster):
        return False
    local = at.astimezone(zone_named(roster.timezone) or UTC)
    hours = [one for one in person.hours if one.weekday == local.weekday()]
    return not person.hours or any(
        one.opens <= local.time() and (local.time() < one.closes or one.closes == MIDNIGHT) for one in hours
    )


def is_away(person: Person, at: datetime, roster: Roster) -> bool:
    """Test whether a person of the roster is absent at an instant, for the whole day."""
    today = at.astimezone(zone_named(roster.timezone) or UTC).date()
    return any(one.first_day <= today <= one.last_day for one in person.absences)


def has_gone_home(person: Person, at: datetime, roster: Roster) -> bool:
    """Test whether a person has no more hours on the day of an instant; a break is none."""
    local = at.astimezone(zone_named(roster.timezone) or UTC)
    later = [one for one in person.hours if one.weekday == local.weekday() and one.opens > local.time()]
    return not later and not present(person, at, roster)
