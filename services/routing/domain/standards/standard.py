"""A process standard from its author's page to a sound Standard, or a refusal that lists all its faults."""

from dataclasses import dataclass, field
from typing import Any

from libs.events.catalogue.standard import Standard
from services.routing.domain.standards.budget import overruns
from services.routing.domain.standards.page import BrokenStandard, Fault
from services.routing.domain.standards.reading import read
from services.routing.domain.standards.soundness import judge

__all__ = ["BrokenStandard", "Fault", "Sound", "sound"]


@dataclass(frozen=True, slots=True)
class Sound:
    """A standard that may be published, with `warnings` for its reviewer, and the page as its author wrote it."""

    standard: Standard
    warnings: tuple[str, ...]
    page: dict[str, Any] = field(default_factory=dict)


def sound(document: object) -> Sound:
    """Return the standard that a document (a YAML file's or a JSON body's content) describes."""
    written = read(document)
    if faults := judge(written):
        raise BrokenStandard(faults)
    assert isinstance(document, dict)  # anything else is a fault
    return Sound(written.standard, tuple(overruns(written.standard)), document)
