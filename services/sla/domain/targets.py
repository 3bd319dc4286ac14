"""Which promises a case gets, and at which moments they start and stop."""

from collections.abc import Iterator
from datetime import datetime

from libs.events.catalogue.standard import Standard, Target
from services.sla.domain.case import SlaCase


class BadMoment(ValueError):
    """The word names no moment of a case's life."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"{word!r} is no moment; write registered, first_response, resolved, closed, "
            "or entered:, started:, completed: and a node id."
        )


def promises(state: SlaCase, standard: Standard) -> Iterator[Target]:
    """Yield of each clock name the first target that fits the case."""
    taken: set[str] = set()
    for target in standard.targets:
        if target.clock not in taken and fits(target, state):
            taken.add(target.clock)
            yield target


def fits(target: Target, state: SlaCase) -> bool:
    """Test whether the target promises anything to this case."""
    words = {"grade": state.grade, "service_class": state.service_class, "severity": state.severity}
    return all(words.get(name) == word for name, word in target.when.items())


def start_of(state: SlaCase, word: str) -> datetime | None:
    """Return when the moment first came."""
    if word == "resolved":
        return state.first_resolved_at
    if word == "closed":
        return state.first_closed_at
    return _first(state, word)


def stop_of(state: SlaCase, word: str) -> datetime | None:
    """Return when the moment came for good: of resolution and closing the last, unless the case was reopened since."""
    if word == "resolved":
        return state.resolved_at
    if word == "closed":
        return state.closed_at
    return _first(state, word)


def _first(state: SlaCase, word: str) -> datetime | None:
    if word == "registered":
        return state.registered_at
    if word == "first_response":
        return state.first_response_at
    nodes = {"entered": state.entered, "started": state.started, "completed": state.completed}
    moment, colon, node = word.partition(":")
    if not colon or not node or moment not in nodes:
        raise BadMoment(word)
    return nodes[moment].get(node)
