"""Do the limits of the nodes, used in full, fit into what the customer is promised as a whole?"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from libs.events.catalogue.standard import LIMIT, Standard, Target

HOURS_OF = {"s": 1 / 3600, "m": 1 / 60, "h": 1.0, "d": 24.0, "wh": 3.0, "wd": 24.0}
"""Without the calendar a working day counts as a day, a working hour as an eighth of it: weekends stretch both sides."""


def overruns(standard: Standard) -> Iterable[str]:
    """Yield a warning for every promise from registration on that is shorter than the nodes it covers."""
    for promise in standard.targets:
        covered = _covered(standard, promise)
        if promise.start != "registered" or not covered:
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
    found = LIMIT.fullmatch(limit)
    return timedelta(hours=int(found[1]) * HOURS_OF[found[2]]) if found else timedelta()


def _covered(standard: Standard, promise: Target) -> Sequence[str]:
    """Return the nodes that must be completed before the promise is kept."""
    ids = [node.id for node in standard.nodes]
    match promise.stop.partition(":"):
        case ("completed", _, node):
            return ids[: ids.index(node) + 1]
        case ("entered" | "started", _, node):
            return ids[: ids.index(node)]
        case ("resolved", _, _):
            return ids[: next(place for place, node in enumerate(standard.nodes, 1) if node.resolves)]
        case ("closed", _, _):
            return ids
    return ()


def _limit(standard: Standard, node: str, promise: Target) -> str:
    limits = (target for target in standard.targets if target.node == node)
    return next(target.limit for target in limits if target.when.items() <= promise.when.items())
