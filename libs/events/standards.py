"""What is on topic `standards`: published process standards and calendars, looked up by id and version."""

from collections.abc import Mapping

from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.sla import CalendarPublished
from libs.events.catalogue.standard import Calendar, Standard
from libs.events.envelope import Fact


def calendar_name(id: str) -> str:
    """Return what those call a calendar who wait for a version of it."""
    return f"calendar {id}"


class NotYetKnown(Exception):
    """A case names a standard this instance has not read yet; nobody guesses."""


class Standards:
    """Published process standards and calendars, by id and version.

    `read_to`: everything on the topic before this offset is here. `published`: where each calendar was last published.
    """

    def __init__(self, processes: Mapping[str, list[Standard]] | None = None) -> None:
        self._processes: dict[str, dict[int, Standard]] = {
            id: {one.version: one for one in versions} for id, versions in (processes or {}).items()
        }
        self._calendars: dict[str, dict[int, Calendar]] = {}
        self.read_to = 0
        self.published: dict[str, int] = {}

    def learn(self, fact: Fact, offset: int = 0) -> None:
        """Put a published standard or calendar on the shelf."""
        match fact.data:
            case ProcessPublished(standard=standard):
                self._processes.setdefault(standard.process_id, {})[standard.version] = standard
            case CalendarPublished(calendar=calendar):
                self._calendars.setdefault(calendar.id, {})[calendar.version] = calendar
                self.published[calendar_name(calendar.id)] = offset

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

    def calendars(self, id: str, since: int = 0) -> list[Calendar]:
        """Return the published versions of a calendar from `since` on, in order."""
        versions = self._calendars.get(id, {})
        return [versions[version] for version in sorted(versions) if version >= since]

    def names(self) -> list[str]:
        """Return the ids of all published processes."""
        return sorted(self._processes)
