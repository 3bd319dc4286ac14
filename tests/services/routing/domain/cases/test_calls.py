"""Calls for help: made once in a cycle, and acknowledged by somebody else than who called."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.routing import CaseEscalated, EscalationAcknowledged
from libs.events.catalogue.sla import ClockBreached
from libs.events.log.envelope import draft
from libs.events.testing.spec import given
from services.routing.books import CASES
from services.routing.domain.cases.decisions import acknowledge, assign, close, escalate, hand_over, reopen
from services.routing.reactions import escalate_broken
from services.routing.tables import case_row
from tests.services.routing.samples import COMPLAINT, LATER, SHELF, new_case

HELP = {"to_role": "quality_manager", "reason": "a safety risk", "kind": "functional"}
BROKEN = draft(ClockBreached(clock="response", due_at=LATER), "c1", LATER)
CALLED = new_case().after(escalate, COMPLAINT, **HELP, agent="ann", at=LATER, actor="desk")
ACKNOWLEDGED = CALLED.after(acknowledge, COMPLAINT, number="1", agent="max", at=LATER, actor="desk")
MINUTE = timedelta(minutes=1)


def again(case):
    ended = case.after(close, COMPLAINT, outcome="rejected", reason="r", at=LATER + MINUTE)
    return ended.after(reopen, COMPLAINT, reason="came back", at=LATER + 2 * MINUTE)


@pytest.mark.parametrize("case", [CALLED, ACKNOWLEDGED], ids=["open", "acknowledged"])
def test_the_same_call_is_made_once_in_a_cycle(case):
    case.when(escalate, COMPLAINT, **HELP, agent="bo", at=LATER).nothing()
    again(case).when(escalate, COMPLAINT, **HELP, agent="ann", at=LATER).then(CaseEscalated(**HELP, agent="ann"))


def test_a_promise_that_breaks_in_the_next_cycle_calls_somebody_again():
    once = new_case().after(escalate_broken, BROKEN, SHELF)
    later = draft(BROKEN.data, "c1", LATER + 3 * MINUTE)
    once.when(escalate_broken, later, SHELF).nothing()
    (call,) = again(once).when(escalate_broken, later, SHELF).facts
    assert call.data == CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason="breached: response")
    again(once).when(escalate_broken, BROKEN, SHELF).nothing()  # what was answered is not answered again


def test_calls_are_numbered_over_the_life_of_a_case():
    case = again(CALLED).after(escalate, COMPLAINT, **HELP, agent="ann", at=LATER)
    assert [one.number for one in case.state.escalations] == [2]
    case.when(acknowledge, COMPLAINT, number="1", agent="max", at=LATER).refused("unknown-escalation")
    case.when(acknowledge, COMPLAINT, number="2", agent="max", at=LATER).then(EscalationAcknowledged(escalation=2, agent="max"))
    assert case_row(case.state).escalations == 2


@pytest.mark.parametrize(
    ("why", "case", "number", "agent", "code"),
    [
        ("by who called", CALLED, "1", "ann", "four-eyes"),
        ("by another than who has", ACKNOWLEDGED, "1", "bo", "escalation-acknowledged"),
        ("of which there is none", CALLED, "2", "max", "unknown-escalation"),
        ("of a case without any", new_case(), "1", "max", "unknown-escalation"),
        ("by the same key as the caller's, nobody named", CALLED, "1", "", ""),
        ("again", ACKNOWLEDGED, "1", "max", ""),
    ],
)
def test_a_call_is_acknowledged(why, case, number, agent, code):
    decided = case.when(acknowledge, COMPLAINT, number=number, agent=agent, at=LATER, actor="desk")
    assert (decided.refusal.code if decided.refusal else "") == code, why


def test_who_called_through_a_key_does_not_acknowledge_through_it():
    case = new_case().after(escalate, COMPLAINT, **HELP, at=LATER, actor="desk")
    case.when(acknowledge, COMPLAINT, number="1", at=LATER, actor="desk").refused("four-eyes")
    case.when(acknowledge, COMPLAINT, number="1", at=LATER, actor="boss").then(EscalationAcknowledged(escalation=1))


def test_a_broken_promise_calls_and_anybody_may_acknowledge():
    case = new_case().after(escalate_broken, BROKEN, SHELF)
    case.when(acknowledge, COMPLAINT, number="1", agent="ann", at=LATER).then(EscalationAcknowledged(escalation=1, agent="ann"))


def test_the_list_of_work_shows_who_was_called_until_they_acknowledge():
    assert case_row(CALLED.state).called == ["quality_manager"]
    assert case_row(ACKNOWLEDGED.state).called == case_row(again(CALLED).state).called == []


OWNED = new_case().after(assign, COMPLAINT, team="customer_service", agent="ann", at=LATER)


@pytest.mark.parametrize(
    ("why", "case", "concerns"),
    [
        ("nobody has it: only who is called in", new_case(), ["cs_supervisor"]),
        ("who has the work answers for the case", OWNED, ["cs_supervisor", "ann"]),
        (
            "somebody else works at it",
            OWNED.after(hand_over, COMPLAINT, node="n1", agent="bo", reason="r", at=LATER),
            ["cs_supervisor", "bo", "ann"],
        ),
        (
            "another team works at it",
            OWNED.after(hand_over, COMPLAINT, node="n1", team="quality", reason="r", at=LATER),
            ["cs_supervisor", "ann"],
        ),
    ],
)
def test_a_broken_promise_is_a_task_until_it_is_acknowledged(why, case, concerns):
    broken = case.after(escalate_broken, BROKEN, SHELF)
    assert case_row(broken.state).concerns == concerns, why
    assert case_row(broken.after(acknowledge, COMPLAINT, number="1", agent="max", at=LATER).state).concerns == []
    assert case_row(again(broken).state).concerns == []


def test_a_task_is_made_once_in_a_cycle_and_again_in_the_next():
    once = OWNED.after(escalate_broken, BROKEN, SHELF)
    later = draft(BROKEN.data, "c1", LATER + 3 * MINUTE)
    once.when(escalate_broken, later, SHELF).nothing()
    assert case_row(again(once).after(escalate_broken, later, SHELF).state).concerns == ["cs_supervisor", "ann"]


def test_a_call_of_somebody_is_no_task_of_the_agents():
    assert case_row(OWNED.after(escalate, COMPLAINT, **HELP, agent="bo", at=LATER).state).concerns == ["quality_manager"]


def test_history_makes_no_tasks_for_people():
    told = CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason="breached: response")
    history = given(CASES, *OWNED.facts, draft(told, "c1", LATER, sequence=99, origin="import"), key="c1")
    assert [one.concerns for one in history.state.escalations] == [()]


def test_an_ended_case_calls_nobody():
    ended = CALLED.after(close, COMPLAINT, outcome="rejected", reason="r", at=LATER)
    ended.when(acknowledge, COMPLAINT, number="1", agent="max", at=LATER).refused("case-closed")


def test_the_owner_stays():
    before = replace(CALLED.state, escalations=[])
    assert replace(ACKNOWLEDGED.state, escalations=[]) == replace(before, last_sequence=ACKNOWLEDGED.state.last_sequence)
