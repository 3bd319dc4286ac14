"""A process standard's versions: drafted as often as needed, published once, unchanged for ever."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished, ProcessRetired
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused
from services.routing.domain.standards.countable import uncountable
from services.routing.domain.standards.page import Sound

State = Literal["drafted", "published", "retired"]


@dataclass
class Version:
    """One version: its latest draft with the author's page, its published content, and why nothing new comes under it."""

    drafted: Standard | None = None
    page: dict[str, Any] = field(default_factory=dict)
    drafted_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    published: Standard | None = None
    published_at: datetime | None = None
    retired_at: datetime | None = None
    retired_because: str = ""

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.retired_at:
            return "retired"
        return "published" if self.published else "drafted"

    @property
    def content(self) -> Standard | None:
        """What cases are, or would be, registered under."""
        return self.published or self.drafted


@dataclass
class Process:
    """A process standard in all its versions."""

    process_id: str
    versions: dict[int, Version] = field(default_factory=dict)


def evolve(process: Process, fact: Fact) -> Process:
    """Return the process after one more of its facts."""
    said = fact.data
    number = said.version if isinstance(said, ProcessRetired) else said.standard.version
    version = process.versions.setdefault(number, Version())
    match said:
        case ProcessDrafted(standard=standard, warnings=warnings, page=page):
            version.drafted, version.drafted_at, version.warnings, version.page = standard, fact.time, warnings, page
        case ProcessPublished(standard=standard):
            version.published, version.published_at = standard, fact.time
        case ProcessRetired(reason=reason):
            version.retired_at, version.retired_because = fact.time, reason
    return process


def known_version(process: Process, number: int) -> Version:
    """Return a version that was drafted, or refuse and name those there are."""
    content_of(process, number)
    return process.versions[number]


def content_of(process: Process, number: int) -> Standard:
    """Return what a version says, or refuse and name the versions there are."""
    found = process.versions.get(number, Version()).content
    if found is None:
        known = ", ".join(map(str, sorted(process.versions))) or "none"
        raise Refused("unknown-version", f"{process.process_id} has no version {number} (there is {known}).", 404)
    return found


def draft_version(process: Process, sound: Sound, *, at: datetime, actor: str = "") -> list[Fact]:
    """Draft a sound version; a published version may not change."""
    standard = sound.standard
    version = process.versions.get(standard.version, Version())
    # Of a version that was published before pages were kept, only what follows from its page can be compared.
    if standard == version.drafted and (sound.page == version.page or (version.published and not version.page)):
        return []
    if version.published:
        detail = (
            f"{standard.process_id} version {standard.version} is published and cases are pinned to it. "
            f"Write the change as version {max(process.versions) + 1}."
        )
        raise Refused("version-published", detail)
    return [
        draft(ProcessDrafted(standard=standard, warnings=sound.warnings, page=sound.page), process.process_id, at, actor=actor)
    ]


def publish_version(
    process: Process, *, version: int, at: datetime, actor: str = "", published: Known | None = None
) -> list[Fact]:
    """Let cases be registered under the drafted version, which is newer than those published before.

    Given the `published` calendars, only if its promises can be counted.
    """
    found = known_version(process, version)
    if found.published or found.drafted is None:
        return []
    newest = max((number for number, one in process.versions.items() if one.published), default=0)
    if newest > version:
        after = f"Write it as version {max(process.versions) + 1}."
        raise Refused("version-passed", f"{process.process_id} version {newest} is published, so {version} is behind. {after}")
    if published is not None and (problem := uncountable(found.drafted, published)):
        raise Refused("calendar-not-published", problem)
    return [draft(ProcessPublished(standard=found.drafted), process.process_id, at, actor=actor)]


def retire_version(process: Process, *, version: int, reason: str, at: datetime, actor: str = "") -> list[Fact]:
    """Let no more cases be registered under a published version; those that are go on by it."""
    found = known_version(process, version)
    if found.retired_at:
        return []
    if not found.published:
        detail = f"{process.process_id} version {version} is a draft. Only what is published can retire."
        raise Refused("version-not-published", detail)
    return [draft(ProcessRetired(version=version, reason=reason), process.process_id, at, actor=actor)]
