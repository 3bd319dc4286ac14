"""A case tells once that a team hands out its work, and shows the team its visit; that it is told changes nothing else."""

from dataclasses import replace

import pytest

from libs.events.catalogue.references import ROSTER
from libs.events.catalogue.routing import CaseAssigned, NodeAssigned
from libs.events.testing.spec import Given, given, happened, knowing
from services.routing.books import CASES
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.decisions import assign, close, complete, hand_over, start
from services.routing.domain.cases.handed_out import awaits, parts, settle
from services.routing.domain.cases.team_visit import TeamVisit
from services.routing.reactions import receive
from tests.services.routing.domain.teams.samples import person, roster
from tests.services.routing.samples import COMPLAINT, LATER, NINE, SHELF, new_case, owes, registered

TEAM = "customer_service"
HANDS = replace(roster(person("ann")), team=TEAM)
BY_HAND = replace(HANDS, assignment=None)
N1 = {"node": "n1", "at": LATER}
TOLD = NodeAssigned(node="n1", team=TEAM, rule="roster")


def told(case: Given[RoutingCase]) -> Given[RoutingCase]:
    """Return the case after it was told that its team hands out the work."""
    return Given(CASES, case.key, [*case.facts, *settle(case.key, case.state, knowing(HANDS), LATER)])


def shown(case: Given[RoutingCase]) -> TeamVisit | None:
    return next((part.body for part in parts(case.key, case.state)), None)


def by_roster(case: Given[RoutingCase], agent: str, rule: str = "least_loaded") -> Given[RoutingCase]:
    return Given(
        CASES, case.key, [*case.facts, *happened("c1", LATER, NodeAssigned(node="n1", team=TEAM, agent=agent, rule=rule))]
    )


IMPORTED = given(CASES).after(receive, registered(origin="import"), SHELF)
HISTORY = Given(CASES, "c1", [*IMPORTED.facts, *happened("c1", NINE, CaseAssigned(team=TEAM), origin="import")])


@pytest.mark.parametrize(
    ("why", "case", "of", "said"),
    [
        ("its team hands out", new_case(), HANDS, [TOLD]),
        ("its team does not", new_case(), BY_HAND, []),
        ("another team does", new_case(), replace(HANDS, team="quality"), []),
        ("it was told", told(new_case()), HANDS, []),
        ("it has somebody", new_case().after(start, COMPLAINT, agent="ann", **N1), HANDS, [replace(TOLD, agent="ann")]),
        ("a system works at it", new_case().after(start, COMPLAINT, actor="crm", **N1), HANDS, []),
        ("it has ended", new_case().after(close, COMPLAINT, outcome="rejected", reason="r", at=LATER), HANDS, []),
        ("it is history", HISTORY, HANDS, []),
    ],
)
def test_it_is_told_once_for_each_team(why, case, of, said):
    facts = list(settle(case.key, case.state, knowing(of), LATER))
    assert [fact.data for fact in facts] == said, why
    assert list(settle(case.key, case.state, knowing(of), None)) == [], "without an instant"
    if said:
        assert [*awaits(case.key, case.state)] == [ROSTER.any_version(TEAM)]


@pytest.mark.parametrize(
    "case",
    [
        new_case(),
        new_case().after(start, COMPLAINT, agent="ann", **N1),
        new_case().after(assign, COMPLAINT, agent="bo", at=LATER),
    ],
)
def test_being_told_changes_nothing_else(case):
    before, after = case.state, told(case).state
    assert after.handed_out_by == [TEAM] and before.handed_out_by == []
    same = {"handed_out_by": [], "last_at": before.last_at, "last_sequence": before.last_sequence}
    assert replace(after, **same) == before


def test_a_team_sees_where_the_visit_stands_and_who_has_it():
    new = told(new_case())
    waits = TeamVisit("c1", COMPLAINT.process_id, 1, "n1", 1, TEAM, "", NINE, new.state.held_sequence, NINE, "cs_agent")
    assert (shown(new_case()), shown(new)) == (None, waits)
    has = shown(by_roster(new, "ann"))
    assert has == waits._replace(agent="ann", since=LATER, sequence=1)
    owned = shown(new.after(assign, COMPLAINT, agent="ann", at=LATER))
    assert owned == waits._replace(agent="ann", owns=True, since=LATER, sequence=owned.sequence)


@pytest.mark.parametrize(
    ("why", "case"),
    [
        ("another team has it", told(new_case()).after(hand_over, COMPLAINT, team="quality", reason="r", **N1)),
        ("a system has it", told(new_case()).after(start, COMPLAINT, actor="crm", **N1)),
        ("the case has ended", told(new_case()).after(close, COMPLAINT, outcome="rejected", reason="r", at=LATER)),
    ],
)
def test_a_team_sees_no_more_what_is_not_its_own(why, case):
    assert shown(case) is None, why


def test_the_next_visit_is_shown_without_being_told_again():
    begun = told(new_case()).after(start, COMPLAINT, agent="ann", **N1)
    done = begun.after(complete, COMPLAINT, agent="ann", outputs=owes(COMPLAINT, "n1"), **N1)
    assert (shown(done).node, shown(done).agent) == ("n2", "") and not list(awaits("c1", done.state))


def test_who_gives_it_away_by_hand_is_remembered_until_the_visit_ends():
    case = by_roster(told(new_case()), "ann").after(hand_over, COMPLAINT, team=TEAM, reason="r", **N1)
    assert (shown(case).agent, shown(case).handed_back) == ("", ("ann",))
    other = case.after(hand_over, COMPLAINT, agent="bo", **N1)
    assert (shown(other).agent, shown(other).handed_back) == ("bo", ("ann",))
    assert shown(by_roster(by_roster(told(new_case()), "ann"), "bo", "absent:deputy")).handed_back == ()
    done = other.after(start, COMPLAINT, agent="bo", **N1).after(complete, COMPLAINT, outputs=owes(COMPLAINT, "n1"), **N1)
    assert shown(done).handed_back == ()


def test_what_the_roster_gave_goes_with_the_case_as_before():
    case = by_roster(told(new_case()), "ann").after(assign, COMPLAINT, team="quality", at=LATER)
    assert (case.state.working_team, case.state.working_agent) == ("quality", "")
    by_hand = new_case().after(hand_over, COMPLAINT, agent="ann", **N1).after(assign, COMPLAINT, team="quality", at=LATER)
    assert by_hand.state.working_team == TEAM


def test_an_assignment_that_comes_after_its_visit_changes_nothing():
    begun = told(new_case()).after(start, COMPLAINT, agent="ann", **N1)
    done = begun.after(complete, COMPLAINT, outputs=owes(COMPLAINT, "n1"), **N1)
    assert by_roster(done, "bo").state.working_agent == ""
