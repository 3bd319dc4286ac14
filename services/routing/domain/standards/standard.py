"""A process standard from its author's page to a sound Standard, or a refusal that lists all its faults."""

from dataclasses import dataclass

from libs.events.catalogue.standard import Node, Standard
from services.routing.domain.standards.budget import overruns
from services.routing.domain.standards.page import BrokenStandard, Fault
from services.routing.domain.standards.reading import read
from services.routing.domain.standards.soundness import judge

__all__ = ["BrokenStandard", "Fault", "Sound", "node_of", "sound", "words_of"]


@dataclass(frozen=True, slots=True)
class Sound:
    """A standard that may be published; `warnings` are what its reviewer should know."""

    standard: Standard
    warnings: tuple[str, ...]


def sound(document: object) -> Sound:
    """Return the standard that a document (a YAML file's or a JSON body's content) describes."""
    written = read(document)
    if faults := judge(written):
        raise BrokenStandard(faults)
    return Sound(written.standard, tuple(overruns(written.standard)))


def node_of(standard: Standard, id: str) -> Node | None:
    """Return a node of the standard."""
    return next((node for node in standard.nodes if node.id == id), None)


def words_of(standard: Standard, scale: str) -> list[str]:
    """Return the words of a scale: `grade`, `service_class`, `severity`, `category`."""
    # A sound standard uses every word it declares, so what its rules and limits name are all of them.
    said = [
        *(rule.then for rule in standard.classify),
        *(target.when for target in standard.targets),
        *(rule.when for rule in standard.assign),
    ]
    return list(dict.fromkeys(words[scale] for words in said if scale in words))
