"""Which time it is: the second visit of node `n4` is `n4/2`, the third clock `next_reply` is `next_reply/3`."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

NUMBER_MAX = 2**31 - 1
"""What a whole number of PostgreSQL holds."""

Number = Annotated[int, Field(ge=1, le=NUMBER_MAX)]
"""An occurrence as a field of an event. What was said before there were any reads as the first."""

_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """A name, and which of those with this name is meant. The first one is written without its number: `n4` is `n4/1`."""

    name: str
    number: int = 1

    def __str__(self) -> str:
        # A name that itself ends like an occurrence, `24/7`, is always written with its number.
        return self.name if self == occurrence_of(self.name) else f"{self.name}/{self.number}"


def occurrence_of(text: str) -> Occurrence:
    """Return the occurrence that `text` names."""
    name, _, number = text.rpartition("/")
    if name and _NUMBER.fullmatch(number) and int(number) <= NUMBER_MAX:
        return Occurrence(name, int(number))
    return Occurrence(text)
