"""Promises until a date of the case: which date holds for them, and what becomes of them when another one is agreed.

A date that is set while the one before has not passed takes its place. Once a date has passed, the promise is broken, and what
is agreed then is a promise of its own: the next occurrence. What had ended by then stays as it was decided.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from libs.events.catalogue.promise import limit_of
from services.sla.domain.remembered import Dated
from services.sla.domain.span import Span


def by_dates(dates: Iterable[Dated], limit: str, span: Span, more: int = 0) -> Iterator[Span]:
    """Yield a promise with the date that holds for it, once for each date that passed; none while the case has no such date.

    A promise that is due by no date stays as it is. `more` is how many the earlier ones of its name were than they would be.
    """
    until = limit_of(limit).until
    number = span.occurrence + more
    if until is None:
        yield replace(span, occurrence=number) if more else span
        return
    for begun, due_at in _held(span, (one for one in dates if one.deadline is until)):
        yield replace(span, start=begun, due_at=due_at, occurrence=number, goes_on=False)
        number += 1


def _held(span: Span, dates: Iterable[Dated]) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when on a date held, or dates that took each other's place, and when the last of them was."""
    begun: datetime | None = None
    due_at: datetime | None = None
    for one in dates:
        if span.end is not None and max(span.start, span.end) <= one.at and one.at > span.start:
            break
        if begun is None or due_at is None or one.at <= span.start:
            begun = max(span.start, one.at)
        elif one.at > due_at:
            yield begun, due_at
            begun = one.at
        due_at = max(one.due_at, begun)  # it could not fall due before it was promised
    if begun is not None and due_at is not None:
        yield begun, due_at
