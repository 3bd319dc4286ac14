"""What analytics remembers of a process: its standard, in every version that was published."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.routing import ProcessPublished, ProcessRetired
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact


@dataclass(slots=True)
class Process:
    """The published versions of one process standard, when each was published, and when it was retired."""

    versions: dict[int, Standard] = field(default_factory=dict)
    published: dict[int, datetime] = field(default_factory=dict)
    retired: dict[int, datetime] = field(default_factory=dict)


def new_process(key: str) -> Process:
    """Return a process nothing was published of."""
    return Process()


def evolve(process: Process, fact: Fact) -> Process:
    """Return the process as it is after `fact`."""
    match fact.data:
        case ProcessPublished(standard=standard):
            process.versions[standard.version], process.published[standard.version] = standard, fact.time
        case ProcessRetired(version=version):
            process.retired[version] = fact.time
    return process


KEEPS = frozenset({ProcessPublished, ProcessRetired})
