"""How often each caller may ask: so many requests in a window that begins with the first of them, counted in this process."""

import math
import re
from collections.abc import Callable
from typing import NamedTuple, Self

CALLERS_MAX = 10_000
"""The most callers that are counted apart. Further ones share one count, so that many addresses cannot fill the memory."""

_FORM = re.compile("([1-9][0-9]{0,8})/(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}

Seconds = Callable[[], float]
"""Seconds from anywhere: a clock that nobody sets."""


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    requests: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Return what is written as `600/minute`."""
        if (found := _FORM.fullmatch(text)) is None:
            raise ValueError(text)
        return cls(int(found[1]), _SECONDS[found[2]])


class Standing(NamedTuple):
    """A caller's window after a request: how much is left, below zero when it was one too many, and when the window ends."""

    left: int
    seconds: int


class Windows:
    """The windows of many callers. All last equally long, so the one that ends first stands first."""

    def __init__(self, rate: Rate, ticks: Seconds) -> None:
        self._rate, self._ticks = rate, ticks
        self._open: dict[str, tuple[float, int]] = {}

    def count(self, caller: str) -> Standing:
        """Count one request."""
        at = self._ticks()
        self._end_those_over(at)
        if caller not in self._open and len(self._open) >= CALLERS_MAX:
            caller = ""
        end, asked = self._open.get(caller, (at + self._rate.seconds, 0))
        self._open[caller] = end, asked + 1
        # A sum of fractions may be a hair too large.
        return Standing(self._rate.requests - asked - 1, min(math.ceil(end - at), self._rate.seconds))

    def _end_those_over(self, at: float) -> None:
        while self._open and self._open[first := next(iter(self._open))][0] <= at:
            del self._open[first]
