"""A process standard's versions: drafted as often as needed, published once, unchanged for ever."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused
from services.routing.domain.standards.countable import uncountable
from services.routing.domain.standards.page import Sound


@dataclass
class Version:
    """One version: its latest draft with the author's page, and its published content."""

    drafted: Standard | None = None
    page: dict[str, Any] = field(default_factory=dict)
    drafted_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    published: Standard | None = None
    published_at: datetime | None = None


@dataclass
class Process:
    """A process standard in all its versions."""

    process_id: str
    versions: dict[int, Version] = field(default_factory=dict)


def evolve(process: Process, fact: Fact) -> Process:
    """Return the process after one more of its facts."""
    version = process.versions.setdefault(fact.data.standard.version, Version())
    match fact.data:
        case ProcessDrafted(standard=standard, warnings=warnings, page=page):
            version.drafted, version.drafted_at, version.warnings, version.page = standard, fact.time, warnings, page
        case ProcessPublished(standard=standard):
            version.published, version.published_at = standard, fact.time
    return process


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
    """Let cases be registered under the drafted version; given the published calendars, only if its promises can be
    counted."""
    found = process.versions.get(version, Version())
    if found.published:
        return []
    if found.drafted is None:
        known = ", ".join(str(one) for one in sorted(process.versions)) or "none"
        detail = f"{process.process_id} has no version {version} (there is {known}). Draft it first."
        raise Refused("unknown-version", detail, 404)
    if published is not None and (problem := uncountable(found.drafted, published)):
        raise Refused("calendar-not-published", problem)
    return [draft(ProcessPublished(standard=found.drafted), process.process_id, at, actor=actor)]
