"""Stretches of a case's life: what it waited for, how long it was over, which work was begun and done or left."""

from dataclasses import dataclass
from datetime import datetime


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
