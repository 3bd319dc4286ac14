"""The cycles of a promise: each time that it begins, when it is kept, and when it lapses.

Most promises are made once. Others are made for each visit, each decision, each exception, each message of the customer, or
again and again until the case is resolved, or as long as a risk is watched. What was decided for one cycle is never rewritten by
the next.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from libs.events.catalogue.promise import Each, Reopening, Target
from services.sla.domain.case import SlaCase
from services.sla.domain.remembered import (
    ASSESSED,
    CHECKED,
    CLOSED,
    FIRST_RESPONSE,
    MESSAGE,
    REGISTERED,
    REOPENED,
    RESOLVED,
    SPOKEN,
    TURNED_TO,
    Moment,
    Stay,
    Task,
    Wait,
)
from services.sla.domain.span import Span, end_of, is_over, lapse_of


def spans(state: SlaCase, target: Target) -> Iterator[Span]:
    """Yield a promise each time that it began."""
    if target.per_visit:
        yield from (_of_task(state, one, one.number) for one in state.tasks if one.name == target.node and one.begun_at)
    elif target.gate:
        asked = (one for one in state.decisions if one.name == target.gate)
        yield from (_of_task(state, one, number) for number, one in enumerate(asked, 1))
    elif target.exception:
        raised = (wait for wait in state.waits if wait.code == target.exception)
        yield from (_of_exception(state, wait, number) for number, wait in enumerate(raised, 1))
    elif target.stop == CHECKED:
        yield from _numbered(_checks(state, target.start))
    elif target.each:
        yield from _numbered(_replies(state) if target.each == Each.MESSAGE else _updates(state, target.start))
    else:
        yield from _begun(state, target)


def _numbered(found: Iterable[Span]) -> Iterator[Span]:
    return (replace(one, occurrence=number) for number, one in enumerate(found, 1))


def _begun(state: SlaCase, target: Target) -> Iterator[Span]:
    """Yield the promise as it first began, and again after each reopening that finds it over, if the target says so.

    A reopening is a new beginning: for what starts at the registration it is the start, other moments are waited for again.
    """
    if (start := _start_of(state, target.start)) is None:
        return
    stop = _stop_of(state, target.stop, start)
    last = Span(start, stop, *lapse_of(state, start, stop, owed=target.owed))
    yield last
    if target.reopened == Reopening.IGNORE:
        return
    for again in state.came(REOPENED):
        begun = again if target.start == REGISTERED else _next(state, target.start, again)
        if begun is not None and last.start < begun and last.end is not None and last.end <= begun:
            stop = _stop_again(state, target.stop, begun)
            ends = lapse_of(state, begun, stop, owed=target.owed)
            last = Span(begun, stop, *ends, last.occurrence + 1, target.reopened == Reopening.CONTINUE)
            yield last


def _start_of(state: SlaCase, word: str) -> datetime | None:
    """Return when the moment first came."""
    return next(iter(state.came(word)), None)


def _stop_of(state: SlaCase, word: str, start: datetime) -> datetime | None:
    """Return when the moment came for a promise begun at `start`. A resolution that was over by then does not count."""
    return _start_of(state, word) if _stays(state, word) is None else _stop_again(state, word, start)


def _stop_again(state: SlaCase, word: str, start: datetime) -> datetime | None:
    """Return when the moment came at `start` or later; of a resolution, the last time that it was said."""
    stays = _stays(state, word)
    return _next(state, word, start) if stays is None else next((stay.last for stay in stays if not is_over(stay, start)), None)


def _next(state: SlaCase, word: str, since: datetime) -> datetime | None:
    return next((at for at in state.came(word) if at >= since), None)


def _stays(state: SlaCase, word: str) -> list[Stay] | None:
    return {RESOLVED: state.resolved, CLOSED: state.closed}.get(word)


def _replies(state: SlaCase) -> Iterator[Span]:
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


def _updates(state: SlaCase, start: str) -> Iterator[Span]:
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


def _checks(state: SlaCase, assessed: str) -> Iterator[Span]:
    """Yield the time from an assessment at one level to the first check of the risk, from each to the next, and so on.

    They follow each other without a gap while the level holds. An assessment at another one ends them, and so does the close.
    """
    begun: datetime | None = None
    for moment in state.moments:
        if moment.word == assessed:
            begun = begun or moment.at
        elif moment.word == CHECKED:
            if begun is not None and begun < moment.at:
                yield Span(begun, moment.at)
                begun = moment.at
        elif moment.word == CLOSED or moment.word.startswith(ASSESSED):
            if begun is not None:
                yield Span(begun, None, moment.at, CLOSED if moment.word == CLOSED else "assessed")
            if moment.word == CLOSED:
                return
            begun = None
    if begun is not None:
        yield Span(begun)


def _ended(state: SlaCase, begun: datetime, moment: Moment) -> Span:
    """Return a cycle that the end of the case found open. A wish to withdraw the case ends it when it was said."""
    closed = next((stay for stay in state.closed if moment.word == CLOSED and stay.first == moment.at), None)
    at, why, _ = end_of(closed) if closed else (moment.at, moment.word, closed)
    return Span(begun, None, max(at, begun), why)


def _of_task(state: SlaCase, task: Task, number: int) -> Span:
    assert task.begun_at is not None  # what has no beginning promises nothing
    lapsed, lapse = lapse_of(state, task.begun_at, task.done_at)
    if task.left_at is not None and (lapsed is None or task.left_at <= lapsed):
        lapsed, lapse = task.left_at, task.left
    return Span(task.begun_at, task.done_at, lapsed, lapse, number)


def _of_exception(state: SlaCase, wait: Wait, number: int) -> Span:
    stop = next((at for at in state.came(TURNED_TO) if at >= wait.since and (wait.until is None or at <= wait.until)), None)
    lapsed, lapse = lapse_of(state, wait.since, stop)
    if stop is None and wait.until is not None and (lapsed is None or wait.until < lapsed):
        lapsed, lapse = wait.until, "cleared"
    return Span(wait.since, stop, lapsed, lapse, number)
