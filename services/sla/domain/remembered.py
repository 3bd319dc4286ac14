"""What sla remembers of a case, piece by piece: moments; stretches, such as what it waited for; its own events; who held it.

They are Structs, because a replay makes millions of them: a dataclass takes several times as long to make.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from msgspec import Struct

from libs.events.catalogue.intake import CaseRegistered, ContactLogged, asks_for_reply, is_response, reaches_out, speaks
from libs.events.catalogue.promise import Deadline
from libs.events.catalogue.routing import CaseAssigned, NodeAssigned, NodeStarted
from libs.events.log.envelope import Fact
from libs.events.words.event import TYPES, Occurrence
from libs.events.words.now import utc

REGISTERED, FIRST_RESPONSE, RESOLVED, CLOSED = "registered", "first_response", "resolved", "closed"
REOPENED, TURNED_TO, MESSAGE, SPOKEN = "reopened", "turned_to", "message", "spoken"
ASSESSED, CHECKED = "assessed:", "checked"
"""The words of moments; of nodes they are said as standards say them: `completed:n4`. A risk is `assessed:high`."""

OF_CONTACTS: Mapping[str, Callable[[ContactLogged], bool]] = {
    FIRST_RESPONSE: is_response,
    TURNED_TO: reaches_out,
    MESSAGE: asks_for_reply,
    SPOKEN: speaks,
}
"""Which moments a contact with the customer is."""


class Moment(Struct, frozen=True):
    """Something came to pass. Many have the word `first_response`: the first of them is the one that a standard means."""

    word: str
    at: datetime


class Restated(Struct, frozen=True):
    """From this instant on another version of the policy holds for the case, also for what is open."""

    at: datetime
    policy_version: int


class Dated(Struct, frozen=True):
    """From this instant on the case is due by another date of this kind."""

    at: datetime
    deadline: Deadline
    due_at: datetime


class Wait(Struct):
    """An abnormal situation, from its raising to its clearing."""

    code: str
    since: datetime
    until: datetime | None = None


class Stay(Struct):
    """A time for which a case was resolved or closed; a reopening ends it. Said again, `last` is the last time.

    `outcome` is how it was closed, and `wished_at` when somebody had asked before that it be withdrawn; the first time holds.
    """

    first: datetime
    last: datetime
    until: datetime | None = None
    outcome: str = ""
    wished_at: datetime | None = None


class Task(Struct):
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


def task_of(tasks: list[Task], visit: Occurrence) -> Task:
    """Return the work of a visit; new work where history is silent about its beginning."""
    found = next((one for one in reversed(tasks) if (one.node, one.number) == (visit.name, visit.number)), None)
    if found is None:
        found = Task(visit.name, visit.name, visit.number)
        tasks.append(found)
    return found


class Remembering(Protocol):
    """What remembers what was said in clear of it, the dates by which it is due, and who holds it."""

    words: dict[str, str]
    dates: list[Dated]
    holds: "list[Hold]"


def learn(state: Remembering, fact: Fact, at: datetime) -> None:
    """Remember the words and dates of a registration, and those that are said later."""
    said = fact.data
    if isinstance(said, CaseRegistered):
        state.words = {"channel": said.channel, "kind": said.kind, **said.fields, **state.words}
    else:
        state.words |= getattr(said, "fields", {})
    dates = ((one, getattr(said, one, None)) for one in Deadline)
    state.dates += [Dated(at, one, utc(due_at)) for one, due_at in dates if due_at is not None]


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


class Said(Struct):
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
    policy_version: int = 0
    rule: str = ""
    mark: str = ""
    to: str = ""
    warns_at: tuple[datetime, ...] = ()
    capped_at: datetime | None = None
    reminds_at: tuple[datetime, ...] = ()
    number: int = 0

    @property
    def name(self) -> Occurrence:
        """Which clock it speaks of."""
        return Occurrence(self.clock, self.occurrence)


NO_ID = UUID(int=0)


def said_of(data: Any, at: datetime, sequence: int, id: UUID = NO_ID) -> Said:
    """Return what is remembered of one of our own events, which may not be said yet."""
    cls: Any = type(data)
    kept: dict[str, Any] = {name: getattr(data, name) for name in _kept_of(cls)}
    return Said(id, TYPES[cls].name, data.clock, at, sequence, **kept)


@cache
def _kept_of(cls: Any) -> tuple[str, ...]:
    kept = set(Said.__struct_fields__) - {"id", "what", "clock", "at", "sequence", "withdrawn"}
    return tuple(one.name for one in fields(cls) if one.name in kept)


ASSIGNS = (CaseAssigned, NodeAssigned)


class Hold(Struct):
    """From this instant on somebody holds the case, or the work of a node. What an assignment leaves empty stays or ends."""

    at: datetime
    node: str
    team: str
    agent: str


class Holder(NamedTuple):
    """A team and an agent; empty where nobody is known."""

    team: str = ""
    agent: str = ""


def hold(state: Remembering, fact: Fact, at: datetime) -> None:
    """Remember who holds the case or a node from now on. Who begins the work of a node does it."""
    said = fact.data
    if isinstance(said, CaseAssigned):
        state.holds.append(Hold(at, "", said.team, said.agent))
    elif isinstance(said, NodeAssigned):
        state.holds.append(Hold(at, said.node, said.team, said.agent))
    elif isinstance(said, NodeStarted) and said.agent:
        state.holds.append(Hold(at, said.node, "", said.agent))


def holder(holds: list[Hold], node: str, since: datetime, at: datetime) -> Holder:
    """Return who held the node's work at that instant, in a visit that began at `since`; else who held the case.

    An agent of the case does the node's work only if the node is with the same team.
    """
    known = [one for one in holds if one.at <= at]
    case, own = Holder(), Holder()
    for one in known:
        if not one.node:
            # A case that moves to another team has no agent until somebody there takes it.
            moved = one.team not in ("", case.team) and case.team != ""
            case = Holder(one.team or case.team, one.agent or ("" if moved else case.agent))
        elif one.node == node and one.at >= since:
            own = Holder(one.team or own.team, one.agent)
    team = own.team or case.team
    return Holder(team, own.agent or (case.agent if team == case.team else ""))
