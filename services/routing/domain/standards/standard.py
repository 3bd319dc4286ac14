"""A process standard from its author's page to a sound Standard, or a refusal that lists all its faults."""

from services.routing.domain.standards.budget import overruns
from services.routing.domain.standards.page import BrokenStandard, Fault, Sound
from services.routing.domain.standards.reading import read
from services.routing.domain.standards.soundness import judge

__all__ = ["BrokenStandard", "Fault", "Sound", "sound"]


def sound(document: object) -> Sound:
    """Return the standard that a document (a YAML file's or a JSON body's content) describes."""
    written = read(document)
    if faults := judge(written):
        raise BrokenStandard(faults)
    assert isinstance(document, dict)  # anything else is a fault
    return Sound(written.standard, tuple(overruns(written.standard)), document)
