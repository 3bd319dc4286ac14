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
    """A time for which a case was resolved, closed or cancelled; a reopening ends it. Said again, `last` is the last time.

    `outcome` is how it was closed; the first time holds.
    """

    first: datetime
    last: datetime
    until: datetime | None = None
    outcome: str = ""


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


def stay(stays: list[Stay], at: datetime, outcome: str = "") -> None:
    """Begin a time, or say again that it lasts."""
    if found := open_stay(stays):
        found.last = at
    else:
        stays.append(Stay(at, at, outcome=outcome))


def open_wait(waits: list[Wait], code: str) -> Wait | None:
    """Return the abnormal situation that lasts."""
    return next((wait for wait in waits if wait.code == code and wait.until is None), None)
