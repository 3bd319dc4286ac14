"""The moments of a case's life at which promises start and stop."""

import re
from dataclasses import dataclass
from functools import lru_cache

NAMED = ("registered", "first_response", "resolved", "closed")
OF_NODES = ("entered", "started", "completed")

PATTERN = rf"({'|'.join(NAMED)})|({'|'.join(OF_NODES)}):([\s\S]+)"
"""The grammar: `registered`, `completed:n4`."""

_FORM = re.compile(PATTERN)


class BadMoment(ValueError):
    """The word names no moment of a case's life."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens, and at which node; empty where it concerns the whole case."""

    what: str
    node: str = ""

    def __str__(self) -> str:
        return f"{self.what}:{self.node}" if self.node else self.what


@lru_cache(maxsize=1024)
def read_moment(text: str) -> Moment | None:
    """Return the moment that `text` names; None when it names none."""
    form = _FORM.fullmatch(text)
    return Moment(form[1] or form[2], form[3] or "") if form else None


def moment_of(text: str) -> Moment:
    """Return the moment that `text` names."""
    moment = read_moment(text)
    if moment is None:
        of_nodes = ", ".join(f"{what}:" for what in OF_NODES)
        raise BadMoment(f"{text!r} is no moment; write {', '.join(NAMED)}, or {of_nodes} and a node id.")
    return moment
