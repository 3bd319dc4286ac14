"""Who begins work at a node has it: nobody else begins or completes it, until the case is given to them."""

from typing import Any

import pytest

from libs.events.catalogue.routing import CaseAssigned, NodeCompleted, NodeEntered, NodeStarted
from libs.events.testing.spec import Given, given, happened
from services.routing.books import CASES
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.decisions import assign, complete, send_back, start
from tests.services.routing.domain.cases.test_walk import PIN
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case, owes, pass_nodes

N1 = {"node": "n1"}
OWED = {"node": "n1", "outputs": owes(COMPLAINT, "n1")}


def begun(**by: str) -> Given[RoutingCase]:
    return new_case().after(start, COMPLAINT, node="n1", at=LATER, **by)


def finished(**by: str) -> Given[RoutingCase]:
    return begun(**by).after(complete, COMPLAINT, **OWED, at=LATER, **by)


ANN, BOB, DESK, BOT = {"agent": "ann"}, {"agent": "bob"}, {"actor": "desk"}, {"actor": "bot"}


@pytest.mark.parametrize(
    ("who", "by", "again", "code"),
    [
        ("another agent", ANN, BOB, "visit-taken"),
        ("another agent of the same client", ANN | DESK, BOB | DESK, "visit-taken"),
        ("a client that names nobody", ANN, DESK, "visit-taken"),
        ("another client", DESK, BOT, "visit-taken"),
        ("the same agent", ANN, ANN, ""),
        ("the same agent through another client", ANN | DESK, ANN | BOT, ""),
        ("the same client", DESK, DESK, ""),
    ],
)
def test_a_visit_is_begun_by_one(who: str, by: dict[str, str], again: dict[str, str], code: str) -> None:
    for case, ended in ((begun(**by), "visit-taken"), (finished(**by), "node-done")):
        asked = case.when(start, COMPLAINT, node="n1", at=LATER, **again)
        if code:
            assert (by.get("agent") or by["actor"]) in asked.refused(ended).detail
        else:
            asked.nothing()


def test_an_agent_does_not_complete_the_work_of_another() -> None:
    begun(**ANN).when(complete, COMPLAINT, **OWED, at=LATER, **BOB).refused("visit-taken")
    # Who names nobody completes it for the one who has it.
    begun(**ANN).when(complete, COMPLAINT, **OWED, at=LATER, **DESK).then(
        NodeCompleted(node="n1", outputs=tuple(owes(COMPLAINT, "n1"))), NodeEntered(node="n2")
    )


@pytest.mark.parametrize(("by", "again"), [(ANN, BOB), (DESK, BOT), (ANN, DESK)])
def test_what_one_has_completed_another_does_not_complete(by: dict[str, str], again: dict[str, str]) -> None:
    finished(**by).when(complete, COMPLAINT, **OWED, at=LATER, **again).refused("node-done")
    finished(**by).when(complete, COMPLAINT, **OWED, at=LATER, **by).nothing()


def test_a_case_that_is_given_to_another_gives_her_the_work_that_was_begun() -> None:
    given_to_bob = begun(**ANN).after(assign, COMPLAINT, agent="bob", reason="ann is ill", at=LATER)
    assert given_to_bob.state.worker.name == "bob"
    given_to_bob.when(start, COMPLAINT, **N1, at=LATER, **ANN).refused("visit-taken")
    given_to_bob.when(start, COMPLAINT, **N1, at=LATER, **BOB).nothing()


def test_work_that_was_given_to_a_team_is_taken_by_the_next_who_starts_it() -> None:
    given_to_team = begun(**ANN).after(assign, COMPLAINT, team="second_line", at=LATER)
    assert given_to_team.state.worker.name == ""
    given_to_team.when(start, COMPLAINT, **N1, at=LATER, **BOB).then(NodeStarted(node="n1", agent="bob"))
    taken = given_to_team.after(start, COMPLAINT, **N1, at=LATER, **BOB)
    taken.when(start, COMPLAINT, **N1, at=LATER, **ANN).refused("visit-taken")


def test_each_visit_is_taken_anew() -> None:
    back = pass_nodes(new_case(), COMPLAINT, "n1", "n2")
    back = back.after(send_back, COMPLAINT, node="n3", to_node="n1", reason="wrong product", at=LATER)
    assert back.state.worker.name == ""
    back.when(start, COMPLAINT, **N1, at=LATER, **BOB).then(NodeStarted(node="n1", agent="bob", occurrence=2))


def test_what_a_history_does_not_say_stands_in_nobody_s_way() -> None:
    taken_over = given(CASES, *happened("c1", NINE, PIN, NodeEntered(node="n1"), NodeStarted(node="n1"), origin="import"))
    taken_over.when(start, COMPLAINT, **N1, at=LATER, **BOB).then(NodeStarted(node="n1", agent="bob"))
    done = given(CASES, *happened("c1", NINE, PIN, NodeCompleted(node="n1"), origin="import"))
    done.when(start, COMPLAINT, **N1, at=LATER, **BOB).nothing()


def test_an_assignment_before_the_work_began_gives_it_to_nobody_yet() -> None:
    waiting: Any = new_case().after(assign, COMPLAINT, agent="ann", at=LATER)
    assert CaseAssigned in {type(fact.data) for fact in waiting.facts} and waiting.state.worker.name == ""
    waiting.when(start, COMPLAINT, **N1, at=LATER, **BOB).then(NodeStarted(node="n1", agent="bob"))
