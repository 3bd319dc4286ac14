"""Which promises a case gets, and at which moments they start, stop and lapse.

A reopening is no moment of any promise: what was kept, broken or had lapsed before it stays so, and a promise that still
ran goes on as it did. Nor is the end of a case, for what is owed to the customer: that is kept, or breaks when it is due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from libs.events.catalogue.phases import DUPLICATE, WITHDRAWN
from libs.events.catalogue.promise import moment_of
from libs.events.catalogue.standard import Standard, Target
from services.sla.domain.case import SlaCase
from services.sla.domain.stretches import Stay, Task, Wait


def promises(state: SlaCase, standard: Standard) -> Iterator[Target]:
    """Yield for each clock name the first target that fits the case."""
    taken: set[str] = set()
    for target in standard.targets:
        if target.clock not in taken and fits(target, state):
            taken.add(target.clock)
            yield target


def fits(target: Target, state: SlaCase) -> bool:
    """Test whether the target promises anything to this case."""
    words = {"grade": state.grade, "service_class": state.service_class, "severity": state.severity}
    return all(words.get(name) == word for name, word in target.when.items())


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a promise holds, and which of its name it is. It ends by its stop, or lapses for a reason."""

    start: datetime
    stop: datetime | None
    lapsed: datetime | None
    lapse: str
    occurrence: int = 1


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
    elif (start := start_of(state, target.start)) is not None:
        stop = stop_of(state, target.stop, start)
        yield Span(start, stop, *lapse_of(state, start, stop, owed=target.owed))


def _of_task(state: SlaCase, task: Task, number: int) -> Span:
    assert task.begun_at is not None  # what has no beginning promises nothing
    lapsed, lapse = lapse_of(state, task.begun_at, task.done_at)
    if task.left_at is not None and (lapsed is None or task.left_at <= lapsed):
        lapsed, lapse = task.left_at, task.left
    return Span(task.begun_at, task.done_at, lapsed, lapse, number)


def _of_exception(state: SlaCase, wait: Wait, number: int) -> Span:
    stop = next((at for at in state.turned_to if at >= wait.since and (wait.until is None or at <= wait.until)), None)
    lapsed, lapse = lapse_of(state, wait.since, stop)
    if stop is None and wait.until is not None and (lapsed is None or wait.until < lapsed):
        lapsed, lapse = wait.until, "cleared"
    return Span(wait.since, stop, lapsed, lapse, number)


def start_of(state: SlaCase, word: str) -> datetime | None:
    """Return when the moment first came."""
    stays = _stays(state, word)
    return _first(state, word) if stays is None else next((stay.first for stay in stays), None)


def stop_of(state: SlaCase, word: str, start: datetime) -> datetime | None:
    """Return when the moment came for a promise begun at `start`. A resolution that was over by then does not count."""
    stays = _stays(state, word)
    return _first(state, word) if stays is None else next((stay.last for stay in stays if not _is_over(stay, start)), None)


def lapse_of(state: SlaCase, start: datetime, stop: datetime | None, *, owed: bool = False) -> tuple[datetime | None, str]:
    """Return when and why the case ended with a promise still open that had begun at `start`."""
    for at, why, stay in _releases(state) if owed else _ends(state):
        # Work after the end still counts, until the case is reopened.
        if not _is_over(stay, start) and (stop is None or _is_over(stay, stop)):
            return at, why
    return None, ""


RELEASES = {WITHDRAWN: "cancelled", DUPLICATE: "closed"}
"""The outcomes after which we owe the customer nothing in this case, and why a promise to her then lapses."""

End = tuple[datetime, str, Stay]


def _ends(state: SlaCase) -> list[End]:
    return sorted((_end(stay) for stay in state.closed), key=lambda end: end[0])


def _end(stay: Stay) -> End:
    # A wish that routing granted says why, and since when.
    if stay.wished_at is not None and stay.outcome == WITHDRAWN:
        return stay.wished_at, "cancelled", stay
    return stay.last, "closed", stay


def _releases(state: SlaCase) -> list[End]:
    # routing decides how a case ends; a wish to withdraw may come too late.
    return [(stay.first, RELEASES[stay.outcome], stay) for stay in state.closed if stay.outcome in RELEASES]


def _stays(state: SlaCase, word: str) -> list[Stay] | None:
    return {"resolved": state.resolved, "closed": state.closed}.get(word)


def _is_over(stay: Stay, at: datetime) -> bool:
    return stay.until is not None and stay.until <= at


def _first(state: SlaCase, word: str) -> datetime | None:
    if word == "registered":
        return state.registered_at
    if word == "first_response":
        return state.first_response_at
    moment = moment_of(word)
    nodes = {"entered": state.entered, "started": state.started, "completed": state.completed}
    return nodes[moment.what].get(moment.node)
