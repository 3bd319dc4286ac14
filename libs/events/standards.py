"""What is on topic `standards`: published process standards and calendars, looked up by id and version."""

from collections.abc import Mapping

from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.sla import CalendarPublished
from libs.events.catalogue.standard import Calendar, Standard
from libs.events.envelope import Fact


class NotYetKnown(Exception):
    """A case names a standard this instance has not read yet; its partition waits, nobody guesses."""


class Standards:
    """Published process standards and calendars, by id and version."""

    def __init__(self, processes: Mapping[str, list[Standard]] | None = None) -> None:
        self._processes: dict[str, dict[int, Standard]] = {
            id: {one.version: one for one in versions} for id, versions in (processes or {}).items()
        }
        self._calendars: dict[tuple[str, int], Calendar] = {}

    def learn(self, fact: Fact) -> None:
        """Put a published standard or calendar on the shelf."""
        match fact.data:
            case ProcessPublished(standard=standard):
                self._processes.setdefault(standard.process_id, {})[standard.version] = standard
            case CalendarPublished(calendar=calendar):
                self._calendars[calendar.id, calendar.version] = calendar

    def process(self, id: str, version: int) -> Standard:
        """Return one version of a process standard."""
        try:
            return self._processes[id][version]
        except KeyError:
            raise NotYetKnown(f"process {id} version {version}") from None

    def latest(self, id: str) -> Standard | None:
        """Return the newest published version, or nothing."""
        versions = self._processes.get(id)
        return versions[max(versions)] if versions else None

    def calendar(self, id: str, version: int) -> Calendar:
        """Return one version of a calendar."""
        try:
            return self._calendars[id, version]
        except KeyError:
            raise NotYetKnown(f"calendar {id} version {version}") from None

    def names(self) -> list[str]:
        """Return the ids of all published processes."""
        return sorted(self._processes)
