"""A form is offered exactly where the decision behind it would not refuse the case as it is."""

from dataclasses import replace

import pytest

from libs.events.catalogue.standard import Label, Roster
from services.routing.domain.cases.decisions import (
    close,
    complete,
    escalate,
    raise_exception,
    resolve,
    send_back,
    start,
)
from services.routing.domain.cases.possible import offered_to, offers
from tests.services.routing.samples import CALL, COMPLAINT, LATER, new_case, owes, pass_nodes

LABEL = Label(en="A team", zh="团队")
NEW = new_case()
STARTED = NEW.after(start, COMPLAINT, node="n1", at=LATER)
AT_N2 = pass_nodes(NEW, COMPLAINT, "n1")
AT_N5 = pass_nodes(NEW, COMPLAINT, "n1", "n2", "n3", "n4")
WAITING = AT_N5.after(raise_exception, COMPLAINT, code="awaiting_customer", at=LATER)
AT_N7 = pass_nodes(NEW, COMPLAINT, "n1", "n2", "n3", "n4", "n5", "n6")
REJECTED = NEW.after(close, COMPLAINT, outcome="rejected", reason="no fault", at=LATER)

ANY = {"escalate", "raise", "grade", "resolve", "close", "assign", "handover", "note", "classify"}


@pytest.mark.parametrize(
    ("why", "case", "verbs"),
    [
        ("just registered", NEW, {"start", *ANY}),
        ("work has begun", STARTED, {"complete", *ANY}),
        ("behind the first node", AT_N2, {"start", "return", *ANY}),
        ("something is the matter", WAITING, {"start", "return", "clear", *ANY}),
        ("resolved, one node is left", AT_N7, {"start", "escalate", "raise", "close", "assign", "handover", "note", "reopen"}),
        ("ended", REJECTED, {"reopen"}),
    ],
)
def test_what_is_offered(why, case, verbs):
    assert set(offers(case.state, COMPLAINT, at=LATER)) == verbs, why


@pytest.mark.parametrize(
    ("why", "case", "verb", "choices"),
    [
        ("a key node is not passed over", AT_N2, "start", ("n2",)),
        ("no node whose input is still owed", NEW, "start", ("n1",)),
        ("only backwards, the nearest first", AT_N5, "return", ("n4", "n3", "n2", "n1")),
        ("not what is raised already", WAITING, "raise", ("solution_rejected", "customer_unreachable")),
        ("only where it may occur", NEW, "raise", ("info_incomplete", "awaiting_customer")),
        ("only what is raised", WAITING, "clear", ("awaiting_customer",)),
        ("not the grade it has", NEW, "grade", ("urgent",)),
        ("not as resolved while key nodes are open", NEW, "resolve", ("rejected", "unreachable", "withdrawn", "duplicate")),
        ("as it was resolved, or withdrawn", AT_N7, "close", ("withdrawn",)),
    ],
)
def test_only_what_would_not_be_refused_can_be_chosen(why, case, verb, choices):
    assert offers(case.state, COMPLAINT, at=LATER)[verb].choices == choices, why


def explained(outcome):
    return {"reason": "r", "repeats": "c9" if outcome == "duplicate" else ""}


DECISIONS = {
    "start": lambda case, one: case.when(start, COMPLAINT, node=one, at=LATER),
    "complete": lambda case, one: case.when(complete, COMPLAINT, node=one, outputs=owes(COMPLAINT, one), at=LATER),
    "return": lambda case, one: case.when(send_back, COMPLAINT, node=case.state.node, to_node=one, reason="r", at=LATER),
    "escalate": lambda case, one: case.when(escalate, COMPLAINT, to_role=one, reason="r", at=LATER),
    "resolve": lambda case, one: case.when(resolve, COMPLAINT, outcome=one, **explained(one), at=LATER),
    "close": lambda case, one: case.when(close, COMPLAINT, outcome=one, **explained(one), at=LATER),
}


@pytest.mark.parametrize("case", [NEW, STARTED, AT_N2, AT_N5, WAITING, AT_N7, REJECTED], ids=range(7))
def test_what_is_offered_is_done_when_all_words_are_there(case):
    for verb, offer in offers(case.state, COMPLAINT, at=LATER).items():
        for one in offer.choices if verb in DECISIONS else ():
            decided = DECISIONS[verb](case, one)
            assert decided.refusal is None and decided.facts, (verb, one)


def test_looking_changes_nothing():
    state = AT_N5.state
    offers(state, COMPLAINT, at=LATER)
    assert state == AT_N5.state


def test_who_is_nobody_is_offered_everything_and_a_person_what_they_may_do():
    found = offers(AT_N2.state, COMPLAINT, at=LATER)
    case, nobody = replace(AT_N2.state, team="own"), Roster(team="own", version=1, name=LABEL, timezone="UTC", people=())
    assert offered_to("", found, case, COMPLAINT, {"own": nobody}, LATER) == found
    left = offered_to("stranger", found, case, COMPLAINT, {"own": nobody}, LATER)
    assert left.items() <= found.items() and {"start", "note"} - left.keys() == {"start"}


def test_a_standard_without_grades_offers_none():
    assert "grade" not in offers(new_case("inbound-call").state, replace(CALL, classify=(), targets=(), assign=()), at=LATER)
