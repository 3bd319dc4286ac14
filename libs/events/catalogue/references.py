"""What cases refer to by id and version: process standards, which routing publishes, and calendars, which sla publishes."""

from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.sla import CalendarPublished
from libs.events.catalogue.standard import Calendar, Standard
from libs.events.words.reference import Reference


def names_in(standard: Standard) -> set[str]:
    """Return the names that a standard gives: its own, and those of its calendar, nodes, clocks and exceptions."""
    calendar = {standard.calendar.id} if standard.calendar else set()
    nodes, clocks = {one.id for one in standard.nodes}, {one.clock for one in standard.targets}
    return {standard.process_id, *calendar, *nodes, *clocks, *(one.code for one in standard.exceptions)}


PROCESS: Reference[Standard] = Reference(
    kind="process",
    event=ProcessPublished,
    value=lambda said: said.standard,
    id=lambda standard: standard.process_id,
    version=lambda standard: standard.version,
    names=names_in,
)

CALENDAR: Reference[Calendar] = Reference(
    kind="calendar",
    event=CalendarPublished,
    value=lambda said: said.calendar,
    id=lambda calendar: calendar.id,
    version=lambda calendar: calendar.version,
)
