"""A case's stays at nodes, and what happened there."""

from datetime import datetime
from typing import NamedTuple


class Visit(NamedTuple):
    """One stay of the case at a node; what history does not tell is None.

    `own_team` and `own_agent` were named for this stay; without them those of the case do its work.
    """

    node: str
    entered_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    returned_at: datetime | None = None
    returned_to: str = ""
    team: str = ""
    agent: str = ""
    return_reason: str = ""
    occurrence: int = 1
    own_team: str = ""
    own_agent: str = ""
    skipped_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.returned_at is None and self.skipped_at is None


class Handover(NamedTuple):
    """A visit whose work was given to a team or agent. `reassigned`: by hand, and they are not those that had it before."""

    at: datetime
    visit: int
    node: str
    team: str
    agent: str
    rule: str
    reason: str
    reassigned: bool


class Skip(NamedTuple):
    """A node that was passed over, or left with its work not done; `visit` is the number of that stay, 0 without one."""

    at: datetime
    node: str
    occurrence: int
    visit: int
    reason: str
    team: str
    agent: str


class Decision(NamedTuple):
    """A decision that was asked for, and what became of it; `decided_at` is None while it is open."""

    gate: str
    node: str
    occurrence: int
    approver: str
    asked_at: datetime
    asked_by: str
    team: str
    decided_at: datetime | None = None
    decision: str = ""
    decided_by: str = ""
    reason: str = ""


class Supply(NamedTuple):
    """Information that a case lacked, as it came in: what was said in clear, and what it lacked then."""

    at: datetime
    attributes: dict[str, str]
    missing: tuple[str, ...]


class Record(NamedTuple):
    """A form that was filled in: its record, what proves its words, and the mandatory fields that it lacked."""

    at: datetime
    form: str
    record: str
    hash: str
    missing: tuple[str, ...]
    team: str
    agent: str


class Attached(NamedTuple):
    """A file that was attached, without its name and content; `occurrence` is 0 where it is about no visit."""

    at: datetime
    hash: str
    size: int
    media_type: str
    node: str
    occurrence: int
    team: str
    agent: str


class Answer(NamedTuple):
    """What the customer accepted or rejected; `evidence` is a record's id or refers to words in a vault."""

    at: datetime
    subject: str
    decision: str
    evidence: str
    comment: str
    team: str
    agent: str


class Note(NamedTuple):
    """What somebody noted about the work of a stay, 0 without one; `note` refers to words in a vault."""

    at: datetime
    visit: int
    node: str
    occurrence: int
    kind: str
    note: str
    team: str
    agent: str


class Output(NamedTuple):
    """What a completed node left behind; `visit` is the number of the stay, `value` empty where only the name was said."""

    at: datetime
    visit: int
    node: str
    name: str
    value: str
    team: str
    agent: str
