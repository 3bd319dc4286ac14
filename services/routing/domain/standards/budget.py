"""Do the limits of the nodes, used in full, fit into what the customer is promised as a whole?"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from libs.events.catalogue.promise import Moment, Target, Unit, limit_of, moment_of
from libs.events.catalogue.standard import Standard

HOURS_OF = {
    Unit.SECONDS: 1 / 3600,
    Unit.MINUTES: 1 / 60,
    Unit.HOURS: 1.0,
    Unit.DAYS: 24.0,
    Unit.WORKING_HOURS: 3.0,
    Unit.WORKING_DAYS: 24.0,
}
"""Without the calendar a working day counts as a day, a working hour as an eighth of it: weekends stretch both sides."""


def overruns(standard: Standard) -> Iterable[str]:
    """Yield a warning for every promise from registration on that is shorter than the nodes it covers."""
    for promise in standard.targets:
        if limit_of(promise.limit).until is not None:
            continue  # nobody knows how much time a date will leave
        if promise.start != "registered" or not (covered := _covered(standard, promise)):
            continue
        needed = sum((length(_limit(standard, node, promise)) for node in covered), timedelta())
        if needed > length(promise.limit):
            case = ", ".join(f"{scale} {word}" for scale, word in promise.when.items()) or "every case"
            hours = needed / timedelta(hours=1)
            yield (
                f"{promise.clock} ({case}): nodes {covered[0]} to {covered[-1]} may take {hours:g} h together, "
                f"the promise is {promise.limit}; shorten their limits or lengthen the promise"
            )


def length(limit: str) -> timedelta:
    """Return a limit as elapsed time, roughly."""
    read = limit_of(limit)
    return timedelta(hours=read.amount * HOURS_OF[read.unit])


def _covered(standard: Standard, promise: Target) -> Sequence[str]:
    """Return the nodes that must be completed before the promise is kept."""
    ids = [node.id for node in standard.nodes]
    if promise.each:
        return ()
    match moment_of(promise.stop):
        case Moment("completed", node):
            return ids[: ids.index(node) + 1]
        case Moment("entered" | "started", node):
            return ids[: ids.index(node)]
        case Moment("resolved"):
            return ids[: next(place for place, node in enumerate(standard.nodes, 1) if node.resolves)]
        case Moment("closed"):
            return ids
    return ()


def _limit(standard: Standard, node: str, promise: Target) -> str:
    limits = (target for target in standard.targets if target.node == node)
    return next(target.limit for target in limits if target.when.items() <= promise.when.items())
