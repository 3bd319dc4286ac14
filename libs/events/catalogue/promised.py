"""What was promised about time, as sla's events that nobody withdrew tell it: which of it falls due first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
    ClockWarned,
    ClockWithdrawn,
)

INTERNAL = ("node", "gate", "exception")
"""The kinds of limits of one step, of a decision and of a question: we promise these each other. All others are promises to the
customer."""


SPOKEN = ("response", "next_reply", "followup")
"""The kinds of promises that somebody speaks with the customer."""


def is_owed(kind: str, stop: str) -> bool:
    """Test whether a promise is that somebody speaks with the customer: it is due to her however her case ends."""
    return kind in SPOKEN or stop == "first_response"


class Said(NamedTuple):
    """A clock event that nobody withdrew; `to` is whom a warning is for, `number` which reminder it is."""

    id: UUID
    what: str
    due_at: datetime | None = None
    to: str = ""
    number: int = 0


@dataclass(slots=True)
class Promise:
    """One promise, and what was said of it in its order."""

    kind: str
    said: list[Said] = field(default_factory=list)


class Due(NamedTuple):
    """A promise that is not kept yet, and until when it is to be."""

    at: datetime
    kind: str


Promises = dict[str, Promise]
"""By the name of the clock: `response/1`."""

_WORDS: Mapping[type[Any], str] = {
    ClockStarted: "runs",
    ClockResumed: "runs",
    ClockPaused: "rests",
    ClockReminded: "reminded",
    ClockWaiting: "rests",
    ClockWarned: "warned",
    ClockBreached: "broken",
    ClockMet: "over",
    ClockEnded: "over",
    ClockCancelled: "over",
}
CLOCKS: frozenset[type[Any]] = frozenset({*_WORDS, ClockWithdrawn})

_KEPT: Mapping[str, Any] = {"due_at": None, "to": "", "number": 0}


def tell(promises: Promises, id: UUID, said: Any, *, but: Collection[str] = ()) -> None:
    """Take a clock event in. Promises of the kinds `but` are passed over."""
    name = f"{said.clock}/{said.occurrence}"
    if isinstance(said, ClockWithdrawn):
        _withdraw(promises, name, said.withdrawn_id)
        return
    if isinstance(said, ClockStarted) and said.kind not in but:
        promises[name] = Promise(said.kind)
    elif isinstance(said, ClockWaiting) and said.kind not in but:
        promises.setdefault(name, Promise(said.kind))
    if name in promises:
        what = "over" if isinstance(said, ClockWaiting) and said.done else _WORDS[type(said)]
        promises[name].said.append(Said(id, what, *(getattr(said, word, default) for word, default in _KEPT.items())))


def _withdraw(promises: Promises, name: str, id: UUID) -> None:
    # A withdrawal sorts right after what it withdraws, so that is here unless it is not known yet.
    if name in promises:
        promises[name].said = [one for one in promises[name].said if one.id != id]


def first_due(promises: Iterable[Promise]) -> Due | None:
    """Return what falls due first of the promises that run, or were broken and are not made good yet."""
    found = [Due(at, one.kind) for one in promises if (at := _due(one.said)) is not None]
    return min(found, default=None)


def _due(said: Iterable[Said]) -> datetime | None:
    due_at, runs, is_broken = None, False, False
    for one in (each for each in said if each.what not in ("warned", "reminded")):
        due_at = one.due_at or due_at
        is_broken = is_broken or one.what == "broken"
        # A broken promise waits no more.
        runs = one.what != "over" and (one.what != "rests" or is_broken)
    return due_at if runs else None


def warned(promises: Iterable[Promise]) -> list[str]:
    """Return whom warnings are for of promises that run and are not broken yet."""
    running = (one for one in promises if _due(one.said) is not None and all(said.what != "broken" for said in one.said))
    return sorted({said.to for one in running for said in one.said if said.what == "warned"})


def reminded(promises: Iterable[Promise]) -> int:
    """Return which reminder of the customer was due last, in what a promise waits for now; 0 if none was."""
    return max((_reminded(one.said) for one in promises), default=0)


def _reminded(said: Sequence[Said]) -> int:
    rests = max((place for place, one in enumerate(said) if one.what not in ("warned", "reminded", "broken")), default=None)
    if rests is None or said[rests].what != "rests":
        return 0
    return max((one.number for one in said[rests:] if one.what == "reminded"), default=0)
