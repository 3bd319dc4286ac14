"""How much time a promise allows, for those who promise it and for those who count it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Unit(StrEnum):
    """How a limit counts."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"


PATTERN = rf"([1-9][0-9]{{0,4}})({'|'.join(Unit)})"
"""The grammar, also of the JSON Schema of standards: `20s`, `30m`, `24h`, `2d`, `8wh`, `3wd`."""

_FORM = re.compile(PATTERN, re.ASCII)


class BadLimit(ValueError):
    """The text is no limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of the promise's own time."""

    amount: int
    unit: Unit

    @property
    def works(self) -> bool:
        """Test whether only working time counts."""
        return self.unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@lru_cache(maxsize=1024)
def read_limit(text: str) -> Limit | None:
    """Return the limit that `text` says; None when it is none."""
    form = _FORM.fullmatch(text)
    return Limit(int(form[1]), Unit(form[2])) if form else None


def limit_of(text: str) -> Limit:
    """Return the limit that `text` says."""
    limit = read_limit(text)
    if limit is None:
        raise BadLimit(
            f"{text!r} is no limit; write a whole number from 1 to 99999 and s, m, h, d, wh or wd, for example 30m or 3wd."
        )
    return limit
