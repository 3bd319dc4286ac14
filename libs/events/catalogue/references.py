"""What decisions may look up: published once in a version, by id, and known to every service.

Cases refer to process standards, which routing publishes, and to calendars, which sla publishes, as it does the holiday sets
that calendars share and the policies that change the promises of a process. Who may do what is looked up in rosters, which
routing publishes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.routing import ProcessPublished, ProcessRetired, RosterPublished
from libs.events.catalogue.sla import Calendar, CalendarPublished, HolidaySet, HolidaysPublished, PolicyPublished
from libs.events.catalogue.standard import Roster, Standard

V = TypeVar("V")


@dataclass(frozen=True)
class Reference(Generic[V]):
    """One kind of what is published on topic `standards`.

    `value` takes the published thing out of the event, `id` and `version` say which one it is, and `names` gives the words
    that it introduces. `retired` is the event that ends the use of a version by what is new; its key is the id.
    """

    kind: str
    event: type[Any]
    value: Callable[[Any], V]
    id: Callable[[V], str]
    version: Callable[[V], int]
    names: Callable[[V], Iterable[str]] = lambda value: ()
    retired: type[Any] | None = None

    def any_version(self, id: str) -> str:
        """Return the name under which subjects await another version."""
        return f"{self.kind} {id}"

    def one_version(self, id: str, version: int) -> str:
        """Return the name under which keys wait for this version."""
        return f"{self.kind} {id} version {version}"


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
    retired=ProcessRetired,
)

CALENDAR: Reference[Calendar] = Reference(
    kind="calendar",
    event=CalendarPublished,
    value=lambda said: said.calendar,
    id=lambda calendar: calendar.id,
    version=lambda calendar: calendar.version,
)

HOLIDAYS: Reference[HolidaySet] = Reference(
    kind="holidays",
    event=HolidaysPublished,
    value=lambda said: said.holidays,
    id=lambda holidays: holidays.id,
    version=lambda holidays: holidays.version,
)

ROSTER: Reference[Roster] = Reference(
    kind="roster",
    event=RosterPublished,
    value=lambda said: said.roster,
    id=lambda roster: roster.team,
    version=lambda roster: roster.version,
)

POLICY: Reference[Policy] = Reference(
    kind="policy",
    event=PolicyPublished,
    value=lambda said: said.policy,
    id=lambda policy: policy.process_id,
    version=lambda policy: policy.version,
    names=lambda policy: {policy.process_id, *(one.then.clock for one in policy.rules)},
)

REFERENCES: Mapping[type[Any], Reference[Any]] = {one.event: one for one in (PROCESS, CALENDAR, HOLIDAYS, ROSTER, POLICY)}
"""Every kind there is, by the event that publishes it."""

RETIRED: Mapping[type[Any], Reference[Any]] = {one.retired: one for one in REFERENCES.values() if one.retired}
"""The kinds whose versions may be retired, by the event that says so."""
