"""The words of a warning that a promise will break soon: when it is said, and to whom."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache


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
