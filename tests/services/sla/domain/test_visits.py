"""A promise for each visit of a node: the next visit begins a new clock, and rewrites nothing that was decided before."""

import pytest

from libs.events.catalogue.routing import GateDecided, GateRequested, NodeReturned, NodeSkipped
from services.sla.domain.breach import verdict
from services.sla.domain.lives import lives
from tests.services.sla.samples import CLOSED, COMPLETED, ENTERED, RESOLVED, STARTED, at, facts, state_of, target, terms

OF_N4 = {"clock": "node:n4", "kind": "node", "start": "entered:n4", "node": "n4"}
EACH = target("60m", "completed:n4", **OF_N4, per_visit=True)
FIRST = target("60m", "completed:n4", **OF_N4)

IN, DONE, ON = ENTERED(node="n4"), COMPLETED(node="n4"), ENTERED(node="n5")
BACK_TO_N4 = NodeReturned(node="n5", to_node="n4", reason="words:1")
BACK_TO_N2 = NodeReturned(node="n4", to_node="n2", reason="words:1")
AGAIN, DONE_AGAIN = ENTERED(node="n4", occurrence=2), COMPLETED(node="n4", occurrence=2)
FAST = ((IN, 10), (DONE, 20), (ON, 20), (BACK_TO_N4, 30), (AGAIN, 30))


def told(promise, *events, now=500):
    """Return each clock: its number, when it began, fell due and ended, what became of it, why it lapsed."""
    return [
        (one.occurrence, one.started_at, one.due_at, one.ended_at, str(verdict(one, at(now))), one.lapse)
        for one in lives(state_of(facts(*events)), terms(promise))
    ]


MET_AT_20 = (1, at(10), at(70), at(20), "met", "")


@pytest.mark.parametrize(
    ("why", "events", "clocks"),
    [
        ("one visit", ((IN, 10), (DONE, 20)), [MET_AT_20]),
        ("the second takes long", (*FAST, (DONE_AGAIN, 400)), [MET_AT_20, (2, at(30), at(90), at(400), "ended_late", "")]),
        ("the second is not done", FAST, [MET_AT_20, (2, at(30), at(90), None, "breached", "")]),
        ("left in time", ((IN, 10), (STARTED(node="n4"), 12), (BACK_TO_N2, 40)),
         [(1, at(10), at(70), at(40), "cancelled", "returned")]),
        ("left at the due instant", ((IN, 10), (BACK_TO_N2, 70)), [(1, at(10), at(70), at(70), "cancelled", "returned")]),
        ("left too late", ((IN, 10), (BACK_TO_N2, 71)), [(1, at(10), at(70), at(71), "breached", "returned")]),
        ("left, and the case ended", ((IN, 10), (BACK_TO_N2, 40), (RESOLVED, 45), (CLOSED, 50)),
         [(1, at(10), at(70), at(40), "cancelled", "returned")]),
        ("the case ended first", ((IN, 10), (CLOSED, 30)), [(1, at(10), at(70), at(30), "cancelled", "closed")]),
        ("a visit without a beginning", ((DONE, 20),), []),
    ],
)  # fmt: skip
def test_each_visit_has_its_own_clock(why, events, clocks):
    assert told(EACH, *events) == clocks, why


def test_by_the_first_form_of_a_standard_only_the_first_visit_has_one():
    assert told(FIRST, *FAST, (DONE_AGAIN, 400)) == [MET_AT_20]


def test_what_a_late_fact_puts_before_a_visit_gives_it_another_number():
    late = told(EACH, *FAST, (DONE_AGAIN, 40))
    assert [one[0] for one in late] == [1, 2]
    without = [one for one in FAST if one[0] is not AGAIN]
    assert [one[0] for one in told(EACH, *without, (ENTERED(node="n4"), 50), (COMPLETED(node="n4"), 55))] == [1, 2]


@pytest.mark.parametrize(("minute", "became"), [(70, "cancelled"), (71, "breached")])
def test_a_visit_that_was_skipped_lapses(minute, became):
    skipped = NodeSkipped(node="n4", reason="words:1")
    assert told(EACH, (IN, 10), (skipped, minute)) == [(1, at(10), at(70), at(minute), became, "skipped")]
    assert told(EACH, (skipped, 10)) == [], "it never began"


DECIDE = target("60m", "decided", clock="gate:plan", kind="gate", start="requested", gate="plan")
ASKED = GateRequested(node="n4", gate="plan", approver="lead")
YES = GateDecided(node="n4", gate="plan", decision="approved")


@pytest.mark.parametrize(
    ("why", "events", "clocks"),
    [
        ("not asked for", ((IN, 10),), []),
        ("decided in time", ((IN, 10), (ASKED, 20), (YES, 80)), [(1, at(20), at(80), at(80), "met", "")]),
        ("decided late", ((IN, 10), (ASKED, 20), (YES, 81)), [(1, at(20), at(80), at(81), "ended_late", "")]),
        ("another one is decided", ((IN, 10), (ASKED, 20), (GateDecided(node="n4", gate="cost", decision="approved"), 30)),
         [(1, at(20), at(80), None, "breached", "")]),
        ("the visit was left", ((IN, 10), (ASKED, 20), (BACK_TO_N2, 30)), [(1, at(20), at(80), at(30), "cancelled", "returned")]),
        ("rejected, and asked for again",
         ((IN, 10), (ASKED, 20), (GateDecided(node="n4", gate="plan", decision="rejected"), 30), (BACK_TO_N2, 30), (ASKED, 50)),
         [(1, at(20), at(80), at(30), "met", ""), (2, at(50), at(110), None, "breached", "")]),
    ],
)  # fmt: skip
def test_a_decision_has_a_clock_each_time_it_is_asked_for(why, events, clocks):
    assert told(DECIDE, *events) == clocks, why
