"""A visit waits for the team of its node's role, and is given from hand to hand; who answers for the case stays."""

from dataclasses import replace

import pytest

from libs.events.catalogue.routing import CaseAssigned, CaseResolved, NodeAssigned, NodeEntered
from libs.events.catalogue.standard import Role
from libs.events.testing.spec import Given, knowing
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.decisions import assign, complete, hand_over, send_back, start
from services.routing.domain.standards.roles import ASSIGNED
from services.routing.reactions import receive
from tests.services.routing.samples import CASES, COMPLAINT, LATER, given, owes, pass_nodes, registered

TEAMS = {"cs_agent": "", "quality_engineer": "quality", "sales_rep": "sales"}
ROLES = {id: replace(role, team=TEAMS.get(id, "")) for id, role in COMPLAINT.roles.items()}
STANDARD = replace(COMPLAINT, roles={**ROLES, "production": Role(en="Production", zh="生产部", team="plant_1")})
AT_N4 = {"node": "n4", "at": LATER}


def case_at(*passed: str) -> Given[RoutingCase]:
    new = given(CASES).after(receive, registered(), knowing(STANDARD))
    return pass_nodes(new, STANDARD, *passed)


def waiting(case: Given[RoutingCase]) -> list[tuple[str, str]]:
    """Return each visit with the team that the log says it waits for."""
    said = [fact.data for fact in case.facts]
    given = {(one.node, one.occurrence): one.team for one in said if isinstance(one, NodeAssigned)}
    return [(one.node, given.get((one.node, one.occurrence), "")) for one in said if isinstance(one, NodeEntered)]


def test_a_visit_waits_for_the_team_of_its_role() -> None:
    case = case_at("n1", "n2", "n3", "n4", "n5", "n6")
    assert waiting(case) == [
        ("n1", ""), ("n2", ""), ("n3", ""), ("n4", "quality"), ("n5", ""), ("n6", "plant_1"), ("n7", "")
    ]  # fmt: skip
    assert {fact.data.team for fact in case.facts if isinstance(fact.data, CaseAssigned)} == {"customer_service"}


@pytest.mark.parametrize(("passed", "team"), [((), "customer_service"), (("n1", "n2", "n3"), "quality")])
def test_where_the_role_has_no_team_the_case_s_own_does_the_work(passed: tuple[str, ...], team: str) -> None:
    assert case_at(*passed).state.working_team == team


def test_the_role_may_be_named_by_the_step_before_or_by_the_assignment() -> None:
    judged = replace(STANDARD, nodes=(*STANDARD.nodes[:4], replace(STANDARD.nodes[4], role="$responsible_department")))
    case = pass_nodes(given(CASES).after(receive, registered(), knowing(judged)), judged, "n1", "n2", "n3", "n4")
    assert waiting(case)[-1] == ("n5", "plant_1")
    assigned = replace(STANDARD, nodes=(replace(STANDARD.nodes[0], role=ASSIGNED), *STANDARD.nodes[1:]),
                       assign=(replace(STANDARD.assign[0], then={"team": "front", "role": "sales_rep"}),))  # fmt: skip
    assert waiting(given(CASES).after(receive, registered(), knowing(assigned))) == [("n1", "sales")]


def test_a_return_brings_the_case_to_the_team_again() -> None:
    back = case_at("n1", "n2", "n3", "n4").after(send_back, STANDARD, node="n5", to_node="n4", reason="rejected", at=LATER)
    assert waiting(back)[-1] == ("n4", "quality")


@pytest.mark.parametrize(
    ("what", "to", "said"),
    [
        ("to an agent of the team", {"agent": "qa-1"}, {"team": "quality", "agent": "qa-1"}),
        ("to another team", {"team": "lab", "reason": "needs a test"}, {"team": "lab", "agent": "", "reason": "needs a test"}),
    ],
)
def test_a_visit_is_given_and_the_case_keeps_its_owner(what: str, to: dict[str, str], said: dict[str, str]) -> None:
    case = case_at("n1", "n2", "n3")
    case.when(hand_over, STANDARD, **AT_N4, **to).then(NodeAssigned(node="n4", **said))
    after = case.after(hand_over, STANDARD, **AT_N4, **to)
    assert (after.state.team, after.state.working_team) == ("customer_service", said["team"])
    after.when(hand_over, STANDARD, **AT_N4, **to).nothing()


@pytest.mark.parametrize(
    ("why", "to", "code"),
    [
        ("to nobody", {}, "owner-missing"),
        ("to another team without a reason", {"team": "lab"}, "reason-missing"),
        ("from somebody else without a reason", {"agent": "qa-2"}, "reason-missing"),
        ("where the case is not", {"node": "n5", "agent": "ann"}, "not-at-node"),
        ("at a node that is not there", {"node": "n99", "agent": "ann"}, "unknown-node"),
    ],
)
def test_it_is_not_given(why: str, to: dict[str, str], code: str) -> None:
    begun = case_at("n1", "n2", "n3").after(start, STANDARD, agent="qa-1", **AT_N4)
    begun.when(hand_over, STANDARD, **{**AT_N4, **to}).refused(code)


def test_who_was_given_the_work_has_it() -> None:
    case = case_at("n1", "n2", "n3").after(hand_over, STANDARD, agent="qa-1", **AT_N4)
    refusal = case.when(start, STANDARD, agent="qa-2", **AT_N4).refused("visit-taken")
    assert refusal.detail.startswith("qa-1 has n4")
    begun = case.after(start, STANDARD, agent="qa-1", **AT_N4)
    handed = begun.after(hand_over, STANDARD, agent="qa-2", reason="qa-1 is ill", **AT_N4)
    handed.when(complete, STANDARD, agent="qa-1", outputs=owes(STANDARD, "n4"), **AT_N4).refused("visit-taken")
    assert handed.after(complete, STANDARD, agent="qa-2", outputs=owes(STANDARD, "n4"), **AT_N4).state.node == "n5"


def test_another_owner_of_the_case_leaves_the_work_of_another_team_alone() -> None:
    begun = case_at("n1", "n2", "n3").after(start, STANDARD, agent="qa-1", **AT_N4)
    moved = begun.after(assign, STANDARD, team="customer_service", agent="bob", reason="ann left", at=LATER)
    assert (moved.state.agent, moved.state.working_agent) == ("bob", "qa-1")


def test_who_did_the_work_resolved_it() -> None:
    case = case_at("n1", "n2", "n3", "n4", "n5").after(start, STANDARD, node="n6", agent="pia", at=LATER)
    said = case.when(complete, STANDARD, node="n6", outputs=owes(STANDARD, "n6"), at=LATER).facts
    assert CaseResolved(agent="pia", team="plant_1") in [fact.data for fact in said]
