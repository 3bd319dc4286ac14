"""The lives of all promises of a case: what its facts and its terms make of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from services.sla.domain.breach import is_broken
from services.sla.domain.case import SlaCase
from services.sla.domain.clock import ClockLife, life_of
from services.sla.domain.cycles import spans
from services.sla.domain.dated import by_dates
from services.sla.domain.matching import Decided, decided, promised
from services.sla.domain.span import Span
from services.sla.domain.terms import Terms


def lives(state: SlaCase, terms: Terms, until: datetime | None = None) -> Iterator[ClockLife]:
    """Yield the life of every promise of the standard that has begun for this case, cycle by cycle, as it is at `until`."""
    if state.registered_at is None:
        return
    for target in promised(state, terms.standard, terms.policies):
        earlier: ClockLife | None = None
        more = 0
        for span in spans(state, target):
            if span.goes_on and earlier is not None and earlier.ended_at and is_broken(earlier.due_at, earlier.ended_at):
                continue  # nothing of its time is left, and it stays broken
            policy = terms.policy_for(span.end)
            if (found := decided(state, target, span.start, terms.standard, policy)) is None:
                continue
            for one in by_dates(state.dates, found.target.limit, span, more):
                more = one.occurrence - span.occurrence
                earlier = _life(state, found, one, terms, earlier, until)
                if policy and found.rule:
                    earlier = replace(earlier, policy_version=policy.version, rule=found.rule)
                yield earlier


def _life(
    state: SlaCase, found: Decided, span: Span, terms: Terms, earlier: ClockLife | None, until: datetime | None
) -> ClockLife:
    under = terms.counted_by(found.calendar)
    counting = under.counting(found.target)
    return _whole_or_first(life_of(state, found.target, span, working, under, earlier, until) for working in counting)


def _whole_or_first(counted: Iterable[ClockLife]) -> ClockLife:
    """Return the first life that lacks nothing, or the first one as far as it goes."""
    first: ClockLife | None = None
    for life in counted:
        if life.lack is None:
            return life
        first = first or life
    assert first is not None  # something, or nothing known, counts every limit
    return first
