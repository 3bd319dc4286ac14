"""A decision is asked for by who does the work, and made by somebody else; without it the node is not complete."""

from dataclasses import replace

import pytest

from libs.events.catalogue.routing import GateDecided, GateRequested, NodeCompleted, NodeEntered, NodeReturned
from libs.events.catalogue.standard import Gate, Label
from services.routing.domain.cases.decisions import complete, decide, hand_over, request, start
from services.routing.domain.cases.possible import offers
from tests.services.routing.samples import COMPLAINT, LATER, new_case, pass_nodes

PLAN, COST = (Gate(id=id, name=Label(en=id, zh=id), approver="quality_manager") for id in ("plan_approval", "cost_approval"))


def with_gates(*gates):
    nodes = [replace(one, gates=gates) if one.id == "n4" else one for one in COMPLAINT.nodes]
    return replace(COMPLAINT, nodes=tuple(nodes))


ONE, TWO = with_gates(PLAN), with_gates(PLAN, COST)
BACK = with_gates(replace(PLAN, returns_to="n2"))
AT_N4 = pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3").after(start, ONE, node="n4", agent="eva", at=LATER)
OF_PLAN = {"node": "n4", "gate": "plan_approval", "at": LATER}
OWED = {"node": "n4", "outputs": ["solution_report", "responsible_department=production"], "at": LATER}
YES, NO = {"decision": "approved", "agent": "max"}, {"decision": "rejected", "agent": "max", "reason": "words:1"}
ASKED = AT_N4.after(request, ONE, **OF_PLAN, agent="eva")
APPROVED = ASKED.after(decide, ONE, **OF_PLAN, **YES)


def test_only_decisions_of_the_node_at_which_the_case_stands_are_offered():
    assert offers(AT_N4.state, TWO, at=LATER)["request"].choices == ("plan_approval", "cost_approval")
    assert "request" not in offers(pass_nodes(new_case(), COMPLAINT, "n1").state, TWO, at=LATER)


def test_it_is_asked_for_once():
    AT_N4.when(request, ONE, **OF_PLAN, agent="eva").then(
        GateRequested(node="n4", gate="plan_approval", approver="quality_manager", agent="eva")
    )
    ASKED.when(request, ONE, **OF_PLAN, agent="eva").nothing()
    APPROVED.when(request, ONE, **OF_PLAN, agent="eva").nothing()


def test_with_a_yes_the_node_is_complete_and_what_was_decided_is_among_its_outputs():
    (completed, entered) = (fact.data for fact in APPROVED.when(complete, ONE, **OWED, agent="eva").facts)
    assert completed == NodeCompleted(node="n4", agent="eva", outputs=(*OWED["outputs"], "plan_approval"))
    assert entered == NodeEntered(node="n5")


@pytest.mark.parametrize(
    ("why", "case", "standard", "outputs", "owes"),
    [
        ("nobody asked", AT_N4, ONE, [], "the decision plan_approval"),
        ("it is not decided", ASKED, ONE, [], "the decision plan_approval"),
        ("words are no decision", AT_N4, ONE, ["plan_approval=approved"], "the decision plan_approval"),
        ("each has to be made", APPROVED, TWO, [], "the decision cost_approval"),
    ],
)
def test_without_a_yes_it_is_not(why, case, standard, outputs, owes):
    owed = {**OWED, "outputs": [*OWED["outputs"], *outputs]}
    assert case.when(complete, standard, **owed, agent="eva").refused("node-incomplete").detail == f"n4 still owes {owes}.", why


@pytest.mark.parametrize(("standard", "to", "visit"), [(ONE, "n4", 2), (BACK, "n2", 2)])
def test_a_no_sends_the_case_back_for_a_reason_and_the_decision_is_asked_for_again(standard, to, visit):
    ASKED.when(decide, standard, **OF_PLAN, **NO).then(
        GateDecided(node="n4", gate="plan_approval", decision="rejected", agent="max", reason="words:1"),
        NodeReturned(node="n4", to_node=to, reason="words:1"),
        NodeEntered(node=to, occurrence=visit),
    )
    back = ASKED.after(decide, standard, **OF_PLAN, **NO)
    assert (back.state.node, back.state.started, back.state.gates) == (to, False, {})


def test_a_decision_is_made_once():
    APPROVED.when(decide, ONE, **OF_PLAN, **YES).nothing()
    refusal = APPROVED.when(decide, ONE, **OF_PLAN, decision="approved", agent="nora").refused("gate-decided")
    assert refusal.detail == "max has approved plan_approval already."
    APPROVED.when(decide, ONE, **OF_PLAN, **NO).refused("gate-decided")


HANDED = ASKED.after(hand_over, ONE, node="n4", agent="ben", reason="words:1", at=LATER)
BY_KEY = (
    pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3")
    .after(start, ONE, node="n4", at=LATER, actor="desk")
    .after(request, ONE, **OF_PLAN, actor="desk")
)


@pytest.mark.parametrize(
    ("why", "case", "who"),
    [
        ("who did the work", ASKED, {"agent": "eva"}),
        ("who did it, by another key", ASKED, {"agent": "eva", "actor": "other"}),
        ("who asked, and gave the work away", HANDED, {"agent": "eva"}),
        ("who has the work now", HANDED, {"agent": "ben"}),
        ("the client that did it and named nobody", BY_KEY, {"actor": "desk"}),
    ],
)
def test_four_eyes(why, case, who):
    assert case.when(decide, ONE, **OF_PLAN, decision="approved", **who).refused("four-eyes").status == 403, why


@pytest.mark.parametrize(
    ("why", "case", "decision", "named", "code"),
    [
        ("before the work began", pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3"), request, {}, "node-not-started"),
        ("for another's work", AT_N4, request, {"agent": "ben"}, "visit-taken"),
        ("where there is no such gate", AT_N4, request, {"gate": "cost_approval"}, "unknown-gate"),
        ("where nothing is decided", AT_N4, request, {"node": "n3"}, "unknown-gate"),
        ("before it was asked for", AT_N4, decide, YES, "gate-not-requested"),
        ("no without a reason", ASKED, decide, {**NO, "reason": ""}, "reason-missing"),
        ("perhaps", ASKED, decide, {**YES, "decision": "perhaps"}, "unknown-decision"),
        ("where the case is not", pass_nodes(new_case(), COMPLAINT, "n1"), decide, YES, "not-at-node"),
    ],
)
def test_refused(why, case, decision, named, code):
    case.when(decision, ONE, **{**OF_PLAN, **named}).refused(code)
