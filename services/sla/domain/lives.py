"""The lives of all promises of a case: what its facts and its terms make of them."""

from collections.abc import Iterable, Iterator

from libs.events.catalogue.promise import limit_of
from services.sla.domain.breach import is_broken
from services.sla.domain.case import SlaCase
from services.sla.domain.clock import ClockLife, life_of
from services.sla.domain.cycles import spans
from services.sla.domain.targets import promises
from services.sla.domain.terms import Terms


def lives(state: SlaCase, terms: Terms) -> Iterator[ClockLife]:
    """Yield the life of every promise of the standard that has begun for this case, cycle by cycle."""
    if state.registered_at is None:
        return
    for target in promises(state, terms.standard):
        earlier: ClockLife | None = None
        for span in spans(state, target):
            if span.goes_on and earlier is not None and earlier.ended_at and is_broken(earlier.due_at, earlier.ended_at):
                continue  # nothing of its time is left, and it stays broken
            counting = terms.counting(limit_of(target.limit))
            earlier = _whole_or_first(life_of(state, target, span, working, terms, earlier) for working in counting)
            yield earlier


def _whole_or_first(counted: Iterable[ClockLife]) -> ClockLife:
    """Return the first life that lacks nothing, or the first one as far as it goes."""
    first: ClockLife | None = None
    for life in counted:
        if life.lack is None:
            return life
        first = first or life
    assert first is not None  # something, or nothing known, counts every limit
    return first
