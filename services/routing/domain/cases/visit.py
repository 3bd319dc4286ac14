"""What people do about a case: who does the work of a visit, what it left behind, what was asked, noted, called for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Worker:
    """Who does a piece of work: an agent, or the client that named none. A history may name neither."""

    agent: str = ""
    client: str = ""

    @property
    def name(self) -> str:
        return self.agent or self.client


NOBODY = Worker()


@dataclass(frozen=True, slots=True)
class Done:
    """A completed visit: its outputs, and who completed it."""

    outputs: tuple[str, ...]
    worker: Worker


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that was asked for in the present visit, and what was decided by whom; empty while it is open."""

    asked_by: Worker
    approver: str
    decision: str = ""
    decided_by: Worker = NOBODY


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a form that the case has: which one of its records it was, and the mandatory fields that it lacks."""

    number: int
    form: str
    record: str
    missing: tuple[str, ...] = ()


BROKEN = "breached: "
"""How the reason of a call begins that a broken promise made; behind it stands the clock."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A call for more authority or skill, numbered over the life of its case; `acknowledged_by` is None while nobody has.

    Of a broken promise it `concerns` who answered for the case and who did the work then, too.
    """

    number: int
    kind: str
    to_role: str
    reason: str
    at: datetime
    by: Worker
    acknowledged_by: Worker | None = None
    concerns: tuple[str, ...] = ()


NOTES_MAX = 200
"""How many of its notes a case shows; analytics has all."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted about the work at a node; `note` refers to words in the vault."""

    at: datetime
    node: str
    visit: int
    kind: str
    note: str
    agent: str


def values_of(outputs: Iterable[str]) -> dict[str, str]:
    """Return outputs as said, `name` or `name=value`, by name."""
    return {name.strip(): value.strip() for name, _, value in (output.partition("=") for output in outputs)}
