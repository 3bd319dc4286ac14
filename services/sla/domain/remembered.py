"""What sla remembers of a case, piece by piece: moments; stretches, such as what it waited for; events that sla said itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.intake import ContactLogged, asks_for_reply, is_response, reaches_out, speaks
from libs.events.words.event import Occurrence

REGISTERED, FIRST_RESPONSE, RESOLVED, CLOSED = "registered", "first_response", "resolved", "closed"
REOPENED, TURNED_TO, MESSAGE, SPOKEN = "reopened", "turned_to", "message", "spoken"
"""The words of moments; of nodes they are said as standards say them: `completed:n4`."""

OF_CONTACTS: Mapping[str, Callable[[ContactLogged], bool]] = {
    FIRST_RESPONSE: is_response,
    TURNED_TO: reaches_out,
    MESSAGE: asks_for_reply,
    SPOKEN: speaks,
}
"""Which moments a contact with the customer is."""


@dataclass(frozen=True)
class Moment:
    """Something came to pass. Many have the word `first_response`: the first of them is the one that a standard means."""

    word: str
    at: datetime


@dataclass
class Wait:
    """An abnormal situation, from its raising to its clearing."""

    code: str
    since: datetime
    until: datetime | None = None


@dataclass
class Stay:
    """A time for which a case was resolved or closed; a reopening ends it. Said again, `last` is the last time.

    `outcome` is how it was closed, and `wished_at` when somebody had asked before that it be withdrawn; the first time holds.
    """

    first: datetime
    last: datetime
    until: datetime | None = None
    outcome: str = ""
    wished_at: datetime | None = None


@dataclass
class Task:
    """A visit of a node, or a decision that was asked for in one: done, or left undone when the visit is returned or skipped."""

    name: str
    node: str
    number: int = 1
    begun_at: datetime | None = None
    done_at: datetime | None = None
    left_at: datetime | None = None
    left: str = ""

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.left_at is None


def open_stay(stays: list[Stay]) -> Stay | None:
    """Return the time that lasts."""
    return stays[-1] if stays and stays[-1].until is None else None


def stay(stays: list[Stay], at: datetime, outcome: str = "", wished_at: datetime | None = None) -> None:
    """Begin a time, or say again that it lasts."""
    if found := open_stay(stays):
        found.last = at
    else:
        stays.append(Stay(at, at, outcome=outcome, wished_at=wished_at))


def wished(closed: list[Stay], before: datetime | None, at: datetime) -> datetime | None:
    """Return since when there is a wish to withdraw the case. Older logs have its closing before it at the same instant."""
    if ended := open_stay(closed):
        ended.wished_at = ended.wished_at or (at if ended.first == at else None)
        return before
    return before or at


def open_wait(waits: list[Wait], code: str) -> Wait | None:
    """Return the abnormal situation that lasts."""
    return next((wait for wait in waits if wait.code == code and wait.until is None), None)


@dataclass
class Said:
    """One of our own events, with the words of it that later answers need."""

    id: UUID
    what: str
    clock: str
    at: datetime
    sequence: int
    withdrawn: bool = False
    due_at: datetime | None = None
    kind: str = ""
    limit: str = ""
    node: str = ""
    reason: str = ""
    process_version: int = 0
    used_us: int | None = None
    paused_us: int | None = None
    calendar: str = ""
    calendar_version: int = 0
    done: bool = False
    occurrence: int = 1

    @property
    def name(self) -> Occurrence:
        """Which clock it speaks of."""
        return Occurrence(self.clock, self.occurrence)
