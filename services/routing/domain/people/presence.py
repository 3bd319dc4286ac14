"""Whether somebody is at work at an instant: by their hours and absences, in the zone of the roster."""

from datetime import UTC, datetime

from libs.events.catalogue.standard import Person, Roster
from libs.events.words.now import zone_named
from services.routing.domain.people.week import MIDNIGHT


def present(person: Person, at: datetime, roster: Roster) -> bool:
    """Test whether a person of the roster is at work at an instant."""
    local = at.astimezone(zone_named(roster.timezone) or UTC)
    if any(one.first_day <= local.date() <= one.last_day for one in person.absences):
        return False
    hours = [one for one in person.hours if one.weekday == local.weekday()]
    return not person.hours or any(
        one.opens <= local.time() and (local.time() < one.closes or one.closes == MIDNIGHT) for one in hours
    )
