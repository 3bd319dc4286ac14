"""The words of a warning that a promise will break soon: when it is said, and to whom."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from libs.events.catalogue.promise import Unit, read_limit


class Warned(StrEnum):
    """Whom a warning is for: who does the work, who answers for the case, who is called when the promise breaks."""

    AGENT = "agent"
    OWNER = "owner"
    SUPERVISOR = "supervisor"


MARK = r"([1-9][0-9]?)%|([1-9][0-9]{0,4})([smh])"
"""The grammar, also of the JSON Schema of standards: so much of a promise's own time is used, or so much of it is left."""

MARKS_MAX = 5
"""A promise warns so many times at most."""

_MARK = re.compile(MARK, re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600}


@dataclass(frozen=True, slots=True)
class Mark:
    """When to warn: once so many per cent of a promise's own time are used, or once so much of it is left."""

    percent: int = 0
    left: timedelta = timedelta()

    def used(self, allowance: timedelta) -> timedelta:
        """Return how much is used then; nothing, or less, where the promise has no more than what should be left."""
        return allowance * self.percent / 100 if self.percent else allowance - self.left


@lru_cache(maxsize=1024)
def read_mark(text: str) -> Mark | None:
    """Return the mark that `text` says, such as `80%` or `30m`; None when it is none."""
    form = _MARK.fullmatch(text)
    if form is None:
        return None
    return Mark(percent=int(form[1])) if form[1] else Mark(left=timedelta(seconds=int(form[2]) * _SECONDS[form[3]]))


_UNITS = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WORKING_HOURS: timedelta(hours=1),
}
"""How long a unit of a limit is in the promise's own time; how long a working day is, only its calendar knows."""


def is_reached(mark: Mark, limit: str) -> bool:
    """Test whether a promise begins before the mark; one whose limit cannot be measured here may."""
    read = read_limit(limit)
    return read is None or read.unit not in _UNITS or mark.used(read.amount * _UNITS[read.unit]) > timedelta()
