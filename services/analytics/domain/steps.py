"""How a case goes from node to node, and what the work took before each step."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import msgspec

from libs.events.words.row import Row
from services.analytics.domain.case import Case, Registration
from services.analytics.domain.clocks import Clock
from services.analytics.domain.durations import micros

START, END, HERE = ":start", ":end", ":here"
"""Where a case comes from, where one goes that is over, and where one goes that stands at its node. No node has such an id."""


class Step(NamedTuple):
    """A step from a node to the next one, or into the first.

    `took_us` is how long the visit of the first took from arrival to completion: by the node's own clock where there is one
    (`by_clock`), else elapsed. `on_time` is what became of that clock.
    """

    source: str
    target: str
    took_us: int | None = None
    by_clock: bool = False
    on_time: bool | None = None


def steps_of(case: Case, runs: Iterable[Clock]) -> Iterator[Step]:
    """Yield the step into the first node, and behind it one for each visit. `runs`: of all clocks of the case."""
    visits, last = case.visits, HERE if case.ended_at is None else END
    clocks = {(run.name, run.occurrence): run for run in runs}
    yield Step(START, visits[0].node if visits else last)
    for visit, after in pairwise((*visits, None)):
        assert visit is not None  # only the last of the pairs' right sides is None
        target = after.node if after else last
        clock = clocks.get((f"node:{visit.node}", visit.occurrence))
        if clock is None or clock.used_us is None:
            took_us = micros(visit.entered_at, visit.completed_at)
            yield Step(visit.node, target, took_us, on_time=clock.on_time if clock else None)
        else:
            yield Step(visit.node, target, clock.used_us, by_clock=True, on_time=clock.on_time)


def step_rows(came: Registration, day: date, steps: Iterable[Step]) -> Iterator[Row]:
    """Yield what the steps add to their rollup, on the day on which the case came."""
    of = (day, came.process_id, came.process_version)
    for one in steps:
        decided = one.on_time is not None
        yield Row(
            "steps",
            (*of, one.source, one.target),
            (1, int(one.took_us is not None), int(one.by_clock), int(decided and not one.on_time), int(decided)),
        )


def path_of(case: Case) -> str:
    """Return the nodes that a case went through as one word."""
    return path_word([visit.node for visit in case.visits])


def path_word(nodes: Sequence[str]) -> str:
    """Return these nodes as one word."""
    return msgspec.json.encode(nodes).decode()
