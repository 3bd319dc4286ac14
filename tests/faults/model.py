"""The fate of every promise, as a person finds it who reads a case's diary from top to bottom with a stopwatch.

The model knows the promises of tests/faults/standard.py and nothing of processes, logs, order of arrival or this code's
way of counting: it walks through the facts by the instants at which they happened and lets the allowance run out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.faults.standard import NODES, RESOLUTION, RESOLVES, RESPONSE, WAITING

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the diary: an instant, an event, and its words."""

    at: datetime
    what: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """Something is to be done within `allowed` of `start`; `waits` says that waiting for the customer does not count."""

    clock: str
    allowed: timedelta
    start: str
    stop: str
    waits: bool = False


PROMISES = (
    Promise("response", RESPONSE, "registered", "response"),
    Promise("resolution", RESOLUTION, "registered", f"completed {RESOLVES}", waits=True),
    *(Promise(f"node:{node}", timedelta(minutes=1), f"entered {node}", f"completed {node}") for node in NODES),
)


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of a promise: kept, late, broken, lapsed, paused or running; `broken_at` if it ever broke."""

    clock: str
    status: str
    broken_at: datetime | None = None


def fates(diary: Iterable[Happened], now: datetime) -> dict[str, Fate]:
    """Return the fate of every promise that began, as it stands at `now`."""
    lines = [(one.at, word) for one in sorted(diary, key=lambda one: one.at) if (word := _word(one))]
    found = {}
    for promise in PROMISES:
        if any(word == promise.start for _, word in lines):
            found[promise.clock] = _fate(promise, lines, now)
    return found


def _fate(promise: Promise, lines: Sequence[tuple[datetime, str]], now: datetime) -> Fate:
    start = next(at for at, word in lines if word == promise.start)
    left, since, waiting, broken_at, is_over = promise.allowed, start, False, None, False
    for at, word in [*((max(at, start), word) for at, word in lines), (now, "now")]:
        if not waiting and broken_at is None and at - since > left:
            broken_at = since + left
        if word == promise.stop:
            return Fate(promise.clock, "late" if broken_at else "kept", broken_at)
        if not waiting:
            left, since = max(NOTHING, left - (at - since)), at
        if promise.waits and word in ("waits", "goes on"):
            waiting, since = word == "waits", at
        if word == "over" and not any(later == promise.stop for _, later in lines):
            is_over = True
            break
    if is_over and broken_at is None:
        return Fate(promise.clock, "lapsed")
    return Fate(promise.clock, "broken" if broken_at else "paused" if waiting else "running", broken_at)


def _word(one: Happened) -> str:
    """Return the line in the words of the promises; nothing when no promise cares."""
    match one.what, one.words:
        case "case.registered", _:
            return "registered"
        case "contact.logged", {"direction": "outbound", "purpose": "response"}:
            return "response"
        case "contact.logged", {"direction": "inbound", "agent": agent, "automated": False} if agent:
            return "response"
        case ("node.entered" | "node.completed") as what, {"node": node}:
            return f"{what.removeprefix('node.')} {node}"
        case "case.exception_raised", {"code": code} if code == WAITING:
            return "waits"
        case "case.exception_cleared", {"code": code} if code == WAITING:
            return "goes on"
        case "case.cancelled" | "case.closed", _:
            return "over"
    return ""
