"""The shipped standards remind the agent once, when 80 % of a promise's time is used, and not of what is done at once."""

from dataclasses import replace
from typing import Any

import pytest

from deploy.demo.shipped import FIRST, standards
from libs.events.catalogue.sla import ClockBreached, ClockWarned
from libs.events.testing.spec import knowing
from tests.asked import calendar
from tests.services.sla.samples import CLASSIFIED, COMPLETED, ENTERED, GRADED, at, facts
from tests.services.sla.test_alarms import Log

SECOND = 1 / 60
HOUR = 60
DAY = 24 * HOUR
MONTH = 30 * DAY
AT_ONCE = {"complaint-quality": "n1", "feedback-handling": "f1", "inbound-call": "n1", "problem-handling": "p1"}
"""The node of each process that is done at once; a delivery has none."""


def log_of(process: str, *events: tuple[Any, float]) -> Log:
    """Return the log of a case of the shipped process, with these events after its registration."""
    log = Log(knowing(replace(standards()[process], process_id="p", version=1), calendar()))
    log.hear(*facts(*events))
    return log


def said(log: Log, clock: str, what: type[ClockWarned] | type[ClockBreached]) -> list[Any]:
    return [one for one in log.facts if isinstance(one.data, what) and one.data.clock == clock]


@pytest.mark.parametrize(
    ("process", "clock", "given", "mark"),
    [
        ("inbound-call", "response", [], 24),
        ("inbound-call", "resolution", [(CLASSIFIED(severity="major"), 0)], 0.8 * 48 * HOUR),
        ("complaint-quality", "node:n2", [(ENTERED(node="n2"), 0)], 48),
        ("complaint-quality", "node:n4", [(GRADED(grade="urgent"), 0), (ENTERED(node="n4"), 0)], 0.8 * 12 * HOUR),
        ("problem-handling", "resolution", [(CLASSIFIED(severity="minor"), 0)], 0.8 * 24 * HOUR),
        ("problem-handling", "initial_handling", [], 0.8 * 48 * HOUR),
        ("service-delivery", "response", [], 24),
        ("service-delivery", "node:n1", [(ENTERED(node="n1"), 0)], 24),
        ("feedback-handling", "response", [], 0.8 * 24 * HOUR),
        ("feedback-handling", "cycle", [], 0.8 * 2 * DAY),
    ],
)  # fmt: skip
def test_the_agent_is_reminded_at_80_per_cent_and_never_again(process: str, clock: str, given: list[Any], mark: float) -> None:
    log = log_of(process, *given)
    log.settle(mark - SECOND)
    assert not said(log, clock, ClockWarned), "a second before"
    log.settle(mark)
    [warned] = said(log, clock, ClockWarned)
    assert (warned.data.mark, warned.data.to, warned.time) == ("80%", "agent", at(mark))
    assert not said(log, clock, ClockBreached)
    log.settle(MONTH)
    assert (len(said(log, clock, ClockWarned)), len(said(log, clock, ClockBreached))) == (1, 1), "each is said once"


@pytest.mark.parametrize(("process", "node"), AT_ONCE.items())
def test_what_is_done_at_once_breaks_without_a_warning(process: str, node: str) -> None:
    log = log_of(process, (ENTERED(node=node), 0))
    log.settle(MONTH)
    clock = f"node:{node}"
    assert (len(said(log, clock, ClockWarned)), len(said(log, clock, ClockBreached))) == (0, 1)


def test_what_is_kept_in_time_reminds_nobody() -> None:
    log = log_of("complaint-quality", (ENTERED(node="n2"), 0), (COMPLETED(node="n2"), 48))
    log.settle(MONTH)
    assert not said(log, "node:n2", ClockWarned)


@pytest.mark.parametrize("process", sorted(standards()))
def test_each_promise_and_node_has_the_reminder_but_those_that_are_done_at_once(process: str) -> None:
    first, newest = standards(FIRST)[process], standards()[process]
    silent = {one.clock for one in newest.targets if one.kind not in {"gate", "exception"} and not one.warn}
    assert silent == {f"node:{node}" for node in [AT_ONCE.get(process)] if node}
    assert not any(one.warn for one in first.targets), "a published version stays as it is"
