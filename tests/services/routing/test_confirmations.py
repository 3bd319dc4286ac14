"""What the customer accepts or rejects, and whether she was told: a node waits for it, and her no sends the case back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.intake import ContactLogged, CustomerConfirmed
from libs.events.catalogue.routing import ExceptionCleared, ExceptionRaised, NodeCompleted, NodeEntered, NodeReturned
from libs.events.catalogue.standard import REJECTION, Confirmation, Label
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, knowing
from services.routing.books import CASES
from services.routing.domain.cases.decisions import close, complete, send_back, start
from services.routing.reactions import answered, turned_to
from tests.services.routing.samples import COMPLAINT, LATER, new_case, pass_nodes

SUBJECT, NO = "solution", "solution_rejected"
RULES = tuple(replace(one, raised_by=REJECTION) if one.code == NO else one for one in COMPLAINT.exceptions)


def asking(**words):
    """Return the complaint's standard with something more at n5."""
    nodes = [replace(one, **words) if one.id == "n5" else one for one in COMPLAINT.nodes]
    return replace(COMPLAINT, nodes=tuple(nodes), exceptions=RULES, scripts={"s": Label(en="It is {result}.", zh="{result}")})


STANDARD = asking(confirmation=Confirmation(subject=SUBJECT, returns_to="n4"))
SHELF = knowing(STANDARD)
DONE = {"node": "n5", "agent": "ann", "outputs": ["customer_confirmation"]}
AFTER = LATER + timedelta(minutes=10)


def fact(data, case, *, minutes=0, origin="live"):
    return draft(data, "c1", LATER + timedelta(minutes=minutes), sequence=case.state.last_sequence + 1, origin=origin)


def yes(case, subject=SUBJECT, decision="accepted", **when):
    return fact(CustomerConfirmed(subject=subject, decision=decision, evidence="words:1"), case, **when)


def no(case, subject=SUBJECT, **when):
    return yes(case, subject, "rejected", **when)


def hearing(case, said, shelf=SHELF):
    """Return the case after it heard a fact and answered it."""
    return given(CASES, *case.facts, said).after(answered, said, shelf)


def answer_to(case, said, shelf=SHELF):
    return given(CASES, *case.facts, said).when(answered, said, shelf)


AT_N5 = pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3", "n4").after(start, STANDARD, node="n5", agent="ann", at=LATER)
REFUSED = hearing(AT_N5, no(AT_N5))


def again(case):
    """Return the case at n5 once more."""
    return pass_nodes(case, COMPLAINT, "n4").after(start, STANDARD, node="n5", agent="ann", at=AFTER)


@pytest.mark.parametrize(
    ("why", "case"),
    [
        ("nobody asked her", AT_N5),
        ("it was another subject", given(CASES, *AT_N5.facts, yes(AT_N5, "scope"))),
        ("she took it back", given(CASES, *AT_N5.facts, yes(AT_N5), no(AT_N5, minutes=1))),
        ("it was before the case came there", given(CASES, *AT_N5.facts, yes(AT_N5, minutes=-30))),
        ("it was in an earlier visit", again(REFUSED)),
    ],
)
def test_without_her_yes_the_node_is_not_complete(why, case):
    refusal = case.when(complete, STANDARD, **DONE, at=AFTER).refused("node-incomplete")
    assert (refusal.status, refusal.detail) == (409, "n5 still owes the customer's yes to the solution."), why
    assert [(one["name"], one["code"]) for one in refusal.errors] == [(SUBJECT, "confirmation-missing")]


def test_with_it_it_is():
    case = hearing(AT_N5, yes(AT_N5))
    assert isinstance(case.when(complete, STANDARD, **DONE, at=AFTER).facts[0].data, NodeCompleted)


def test_her_no_sends_the_case_back_and_is_an_exception_of_the_standard():
    answer_to(AT_N5, no(AT_N5)).then(
        ExceptionRaised(code=NO),
        NodeReturned(node="n5", to_node="n4", reason="rejected: solution"),
        NodeEntered(node="n4", occurrence=2),
    )


def test_without_a_place_to_return_to_the_work_of_the_node_begins_again():
    standard = asking(confirmation=Confirmation(subject=SUBJECT))
    (_, returned, entered) = (one.data for one in answer_to(AT_N5, no(AT_N5), knowing(standard)).facts)
    assert (returned.to_node, entered) == ("n5", NodeEntered(node="n5", occurrence=2))


@pytest.mark.parametrize(
    ("why", "case", "said"),
    [
        ("it stands elsewhere", REFUSED, no(REFUSED, minutes=1)),
        ("it has ended", AT_N5.after(close, STANDARD, outcome="withdrawn", reason="words:1", at=LATER), no(AT_N5, minutes=5)),
        ("another subject", AT_N5, no(AT_N5, "scope")),
        ("history is told apart", AT_N5, no(AT_N5, origin="import")),
        ("it was said before the case came there", AT_N5, no(AT_N5, minutes=-30)),
        ("nobody asks there", pass_nodes(new_case(), COMPLAINT, "n1"), no(AT_N5)),
    ],
)
def test_a_no_that_comes_elsewhere_changes_nothing(why, case, said):
    answer_to(case, said).nothing()


def test_it_is_answered_once():
    said = no(AT_N5)
    case = given(CASES, *AT_N5.facts, said)
    once = case.after(answered, said, SHELF)
    once.when(answered, said, SHELF).nothing()


def test_her_yes_ends_what_her_no_has_raised():
    case = again(REFUSED)
    assert case.state.exceptions == [NO]
    answer_to(case, yes(case, minutes=11)).then(ExceptionCleared(code=NO))
    answer_to(AT_N5, yes(AT_N5)).nothing()


def call(case, direction="outbound", purpose="result", *, minutes=1, **words):
    said = ContactLogged(direction=direction, channel="phone", purpose=purpose, agent="ann", **words)
    return given(CASES, *case.facts, fact(said, case, minutes=minutes))


NOTICE = asking(notice="s")


@pytest.mark.parametrize(
    ("why", "case", "told"),
    [
        ("somebody told her", call(AT_N5), True),
        ("nobody did", AT_N5, False),
        ("a machine did", call(AT_N5, automated=True), False),
        ("she called", call(AT_N5, "inbound"), False),
        ("it was about something else", call(AT_N5, purpose="progress"), False),
        ("she was not reached", call(AT_N5, reached=False), False),
        ("it was at an earlier node", call(pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3", "n4"), purpose="info"), False),
        ("it was in an earlier visit",
         again(call(AT_N5).after(send_back, STANDARD, node="n5", to_node="n4", reason="words:1", at=AFTER)), False),
    ],
)  # fmt: skip
def test_a_node_with_a_notice_is_complete_when_somebody_has_told_the_customer(why, case, told):
    if not case.state.started:
        case = case.after(start, NOTICE, node="n5", agent="ann", at=AFTER)
    decided = case.when(complete, NOTICE, **DONE, at=AFTER)
    if told:
        assert decided.refusal is None, why
    else:
        assert decided.refused("node-incomplete").detail == "n5 still owes the notice s.", why


ASKING = asking(notice="s", asks_expectation=True)
WROTE = call(AT_N5)
ANSWERED = again(
    call(AT_N5, meets_expectation=True).after(send_back, STANDARD, node="n5", to_node="n4", reason="words:1", at=AFTER)
)


@pytest.mark.parametrize(
    ("why", "case", "owes"),
    [
        ("it does", call(AT_N5, meets_expectation=True), ""),
        ("it does not, and nothing follows", call(AT_N5, meets_expectation=False), ""),
        ("nobody asked her", WROTE, "expectation-missing"),
        ("she answers a letter later", call(WROTE, "inbound", "info", meets_expectation=False), ""),
        ("asked when nobody had told her", call(AT_N5, purpose="progress", meets_expectation=True), "notice-missing"),
        ("then she was told", call(call(AT_N5, purpose="progress", meets_expectation=True)), "expectation-missing"),
        ("a machine says so", call(WROTE, automated=True, meets_expectation=True), "expectation-missing"),
        ("she was not reached", call(WROTE, reached=False, meets_expectation=True), "expectation-missing"),
        ("it was in an earlier visit", ANSWERED, "notice-missing"),
        ("of an earlier visit's result", call(ANSWERED, minutes=11), "expectation-missing"),
    ],
)  # fmt: skip
def test_a_notice_that_asks_is_given_when_she_has_said_whether_it_meets_her_expectation(why, case, owes):
    if not case.state.started:
        case = case.after(start, ASKING, node="n5", agent="ann", at=AFTER)
    decided = case.when(complete, ASKING, **DONE, at=AFTER)
    if owes:
        [told] = decided.refused("node-incomplete").errors
        assert (told["name"], told["code"]) == ("s", owes), why
        assert "meets_expectation" in told["detail"], why
    else:
        assert decided.refusal is None, why


def test_that_the_result_does_not_meet_her_expectation_sends_no_case_back():
    case = call(AT_N5, meets_expectation=False)
    case.when(turned_to, case.facts[-1], SHELF).nothing()
    assert case.state.node == "n5"
