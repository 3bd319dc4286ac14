"""The cycles of promises about talking with the customer: to answer each message, to be in touch again and again."""

from collections.abc import Iterator
from datetime import datetime

from services.sla.domain.case import SlaCase
from services.sla.domain.remembered import CLOSED, FIRST_RESPONSE, MESSAGE, REOPENED, RESOLVED, SPOKEN, Moment
from services.sla.domain.span import Span, end_of


def replies(state: SlaCase) -> Iterator[Span]:
    """Yield the time from a message of the customer to the next time that somebody speaks with her.

    What she writes before the first answer belongs to that; what she writes meanwhile waits for the same answer. A resolution
    answers her, and what she writes after it is a new question only when the case is taken up again.
    """
    begun: datetime | None = None
    asks = is_answered = is_over = False
    for moment in state.moments:
        if moment.word == FIRST_RESPONSE:
            is_answered = True
        elif moment.word == MESSAGE:
            asks = is_answered
        elif moment.word == REOPENED:
            is_over = False
        elif moment.word in (SPOKEN, RESOLVED, CLOSED):
            if begun is not None:
                yield Span(begun, moment.at) if moment.word == SPOKEN else _ended(state, begun, moment)
            begun, asks, is_over = None, False, is_over or moment.word != SPOKEN
        if asks and not is_over:
            begun, asks = begun or moment.at, False
    if begun is not None:
        yield Span(begun)


def updates(state: SlaCase, start: str) -> Iterator[Span]:
    """Yield the time from the promise's start to the first conversation, from each to the next, and so on until the end.

    They follow each other without a gap while the case is open, and begin again when it is taken up again.
    """
    begun: datetime | None = None
    is_begun = False
    for moment in state.moments:
        if moment.word == start and not is_begun:
            begun, is_begun = moment.at, True
        elif moment.word == REOPENED and is_begun:
            begun = begun or moment.at
        elif begun is not None and moment.word == SPOKEN and begun < moment.at:
            yield Span(begun, moment.at)
            begun = moment.at
        elif begun is not None and moment.word in (RESOLVED, CLOSED):
            yield _ended(state, begun, moment)
            begun = None
    if begun is not None:
        yield Span(begun)


def _ended(state: SlaCase, begun: datetime, moment: Moment) -> Span:
    """Return a cycle that the end of the case found open. A wish to withdraw the case ends it when it was said."""
    closed = next((stay for stay in state.closed if moment.word == CLOSED and stay.first == moment.at), None)
    at, why, _ = end_of(closed) if closed else (moment.at, moment.word, closed)
    return Span(begun, None, max(at, begun), why)
