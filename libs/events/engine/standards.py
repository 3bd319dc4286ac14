"""What is on topic `standards`: published process standards and calendars, looked up by id and version."""

from collections.abc import Mapping

from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.sla import CalendarPublished
from libs.events.catalogue.standard import Calendar, CalendarRef, Standard
from libs.events.log.envelope import Fact


def calendar_name(id: str) -> str:
    """Return what those call a calendar who wait for a version of it."""
    return f"calendar {id}"


def version_name(kind: str, id: str, version: int) -> str:
    """Return what those call a version who wait for it."""
    return f"{kind} {id} version {version}"


def words_of(standard: Standard) -> set[str]:
    """Return the names that a standard gives: its own, and those of its calendar, nodes, clocks and exceptions."""
    calendar = {standard.calendar.id} if standard.calendar else set()
    nodes, clocks = {one.id for one in standard.nodes}, {one.clock for one in standard.targets}
    return {standard.process_id, *calendar, *nodes, *clocks, *(one.code for one in standard.exceptions)}


class NotYetKnown(Exception):
    """A case names what this instance has not read yet; nobody guesses. The message is its name, as `Standards.knows` has it."""


class Standards:
    """Published process standards and calendars, by id and version.

    `read_to`: everything on the topic before this offset is here. `published`: where each calendar was last published.
    `words`: every name that a published standard gives.
    """

    def __init__(self, processes: Mapping[str, list[Standard]] | None = None) -> None:
        self._processes: dict[str, dict[int, Standard]] = {
            id: {one.version: one for one in versions} for id, versions in (processes or {}).items()
        }
        self._calendars: dict[str, dict[int, Calendar]] = {}
        self._names = {version_name("process", id, version) for id in self._processes for version in self._processes[id]}
        self.words = {word for versions in self._processes.values() for one in versions.values() for word in words_of(one)}
        self.read_to = 0
        self.published: dict[str, int] = {}

    def learn(self, fact: Fact, offset: int = 0) -> None:
        """Put a published standard or calendar on the shelf."""
        match fact.data:
            case ProcessPublished(standard=standard):
                self._processes.setdefault(standard.process_id, {})[standard.version] = standard
                self._names.add(version_name("process", standard.process_id, standard.version))
                self.words |= words_of(standard)
            case CalendarPublished(calendar=calendar):
                self._calendars.setdefault(calendar.id, {})[calendar.version] = calendar
                self.published[calendar_name(calendar.id)] = offset
                self._names.add(version_name("calendar", calendar.id, calendar.version))

    def knows(self, name: str) -> bool:
        """Test whether what somebody waits for is here."""
        return name in self._names

    def process(self, id: str, version: int) -> Standard:
        """Return one version of a process standard."""
        try:
            return self._processes[id][version]
        except KeyError:
            raise NotYetKnown(version_name("process", id, version)) from None

    def latest(self, id: str) -> Standard | None:
        """Return the newest published version, or nothing."""
        versions = self._processes.get(id)
        return versions[max(versions)] if versions else None

    def calendars(self, id: str, since: int = 0) -> list[Calendar]:
        """Return the published versions of a calendar from `since` on, in order."""
        versions = self._calendars.get(id, {})
        return [versions[version] for version in sorted(versions) if version >= since]

    def lacking(self) -> list[tuple[Standard, CalendarRef]]:
        """Return the published standards whose calendar is not published, with the version that they name."""
        found = [one for versions in self._processes.values() for one in versions.values()]
        return [
            (one, named) for one in found if (named := one.calendar) and named.version not in self._calendars.get(named.id, {})
        ]

    def names(self) -> list[str]:
        """Return the ids of all published processes."""
        return sorted(self._processes)
