"""What analytics remembers of a process: its standard, in every version that was published."""

from dataclasses import dataclass, field

from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact


@dataclass(slots=True)
class Process:
    """The published versions of one process standard."""

    versions: dict[int, Standard] = field(default_factory=dict)


def new_process(key: str) -> Process:
    """Return a process nothing was published of."""
    return Process()


def evolve(process: Process, fact: Fact) -> Process:
    """Return the process as it is after `fact`."""
    standard = fact.data.standard
    process.versions[standard.version] = standard
    return process


KEEPS = frozenset({ProcessPublished})
