"""Which is the strictest of several promises that one moment keeps: the one that falls due first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from libs.events.words.event import Occurrence
from services.sla.domain.breach import is_broken
from services.sla.domain.clock import ClockLife
from services.sla.domain.figures import Figures, figures


def figures_of(lives: Iterable[ClockLife], at: datetime) -> dict[Occurrence, Figures]:
    """Return the figures of each promise at `at`, with the strictest of those that the same moment keeps."""
    living = list(lives)
    first = strictest(living, at)
    return {one.name: replace(figures(one, at), strictest=str(first.get(one.name, ""))) for one in living}


def strictest(lives: Iterable[ClockLife], at: datetime) -> Mapping[Occurrence, Occurrence]:
    """Return of each promise that others share their moment with which of them falls due first.

    Those count that are open and not broken by then, and that no pause holds: what is broken already urges nobody to be earlier.
    """
    together: dict[tuple[str, ...], list[tuple[datetime, Occurrence]]] = defaultdict(list)
    for one in lives:
        if one.ended_at is None and one.due_at is not None and not is_broken(one.due_at, at):
            together[one.target.stop, one.target.gate, one.target.exception].append((one.due_at, one.name))
    return {name: min(alike)[1] for alike in together.values() if len(alike) > 1 for _, name in alike}
