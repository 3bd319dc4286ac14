"""routing's answers to facts of others: live cases are received, history is only repeated."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.intake import CaseCancelled, FactRecorded, RecordAttached
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseResolved,
    NodeEntered,
)
from libs.events.catalogue.sla import ClockBreached
from libs.events.engine.known import Known, NotYetKnown
from libs.events.log.envelope import Fact, draft
from libs.events.log.schema import check
from libs.events.testing.spec import given, happened, knowing
from libs.events.words.event import TYPES
from services.routing.books import CASES
from services.routing.domain.cases.decisions import raise_exception, reopen
from services.routing.domain.cases.folding import HEARD
from services.routing.reactions import REACTIONS, escalate_broken, receive, take_over, withdraw
from tests.services.routing.samples import COMPLAINT, LATER, NINE, SHELF, new_case, pass_nodes, registered

PIN = {"process_id": "complaint-quality", "process_version": 1, "initial_handling": ("n4",)}
NOBODY = given(CASES)


def recorded(fact: str, *, sequence: int = 5, **data: object) -> Fact:
    said = FactRecorded(system="old", fact=fact, data=data)
    return draft(said, "c1", NINE, sequence=sequence, origin="import")


def breached(clock: str = "response", *, origin: str = "live", at: object = LATER) -> Fact:
    return draft(ClockBreached(clock=clock, due_at=at), "c1", at, origin=origin)  # type: ignore[arg-type]


def cancelled(origin: str = "live") -> Fact:
    return draft(CaseCancelled(reason="solved itself"), "c1", LATER, sequence=9, origin=origin)


def test_a_registered_case_is_pinned_graded_assigned_and_arrives() -> None:
    heard = registered(affected="batch")
    said = NOBODY.when(receive, heard, SHELF).then(
        CaseClassified(category="product_quality", rule="whole-batch", **PIN),
        CaseGraded(grade="urgent", rule="whole-batch"),
        CaseAssigned(team="customer_service", role="cs_agent", rule="first-contact-owns"),
        NodeEntered(node="n1"),
    )
    assert [(fact.time, fact.sequence, fact.origin) for fact in said.facts] == [(NINE, n, "live") for n in (2, 3, 4, 5)]
    assert {fact.causation for fact in said.facts} == {str(heard.id)}
    for fact in said.facts:
        check(fact)


def test_the_version_is_pinned_even_where_no_rule_fits() -> None:
    bare = replace(COMPLAINT, classify=(), assign=())
    NOBODY.when(receive, registered(), knowing(bare)).then(CaseClassified(**PIN), NodeEntered(node="n1"))


def test_the_channel_and_the_kind_may_decide() -> None:
    rules = tuple(replace(rule, when={"channel": "email", "kind": "request"}) for rule in COMPLAINT.classify[:1])
    shelf = knowing(replace(COMPLAINT, classify=rules))
    assert NOBODY.after(receive, registered(channel="email"), shelf).state.grade == "urgent"
    assert NOBODY.after(receive, registered(channel="phone"), shelf).state.grade == ""


def test_a_registration_is_answered_once() -> None:
    new_case().when(receive, registered(), SHELF).nothing()
    assert new_case().state.answered == [str(registered().id)], "however much is said in answer, it is remembered once"


@pytest.mark.parametrize("origin", ["live", "import"])
def test_a_case_waits_for_a_standard_that_is_not_yet_known(origin: str) -> None:
    with pytest.raises(NotYetKnown):
        NOBODY.when(receive, registered(origin=origin), Known())


def test_an_imported_case_is_pinned_and_not_judged() -> None:
    said = NOBODY.when(receive, registered(origin="import", affected="batch"), SHELF).then(CaseClassified(**PIN))
    assert said.facts[0].imported and said.facts[0].time == NINE
    told = given(CASES, *said.facts, *happened("c1", NINE, CaseResolved()))
    assert told.state.answered == [], "history answers nothing"


@pytest.mark.parametrize(
    ("fact", "data", "event"),
    [
        ("case.assigned", {"team": "Group 70", "agent": "17"}, CaseAssigned(team="Group 70", agent="17")),
        ("case.graded", {"grade": "P2"}, CaseGraded(grade="P2")),
        ("case.resolved", {}, CaseResolved()),
        ("node.entered", {"node": "somewhere"}, NodeEntered(node="somewhere")),
    ],
)
def test_another_system_s_fact_becomes_ours_as_it_was(fact: str, data: dict[str, object], event: object) -> None:
    heard = recorded(fact, **data)
    said = NOBODY.when(take_over, heard, SHELF).then(event).facts[0]
    assert (said.time, said.sequence, said.origin, said.causation) == (NINE, 5, "import", str(heard.id))
    assert NOBODY.when(take_over, heard, SHELF).facts[0].id == said.id
    assert NOBODY.when(take_over, recorded(fact, sequence=0, **data), SHELF).facts[0].sequence == 0


@pytest.mark.parametrize(
    ("why", "fact", "data"),
    [
        ("intake's own", "contact.logged", {"direction": "inbound"}),
        ("unheard of", "case.adored", {}),
        ("a standard is no case", "process.published", {}),
        ("a word is missing", "node.entered", {}),
        ("a word is a number", "node.entered", {"node": 7}),
    ],
)
def test_what_is_not_ours_or_not_readable_is_left_alone(why: str, fact: str, data: dict[str, object]) -> None:
    NOBODY.when(take_over, recorded(fact, **data), SHELF).nothing()


def test_a_breach_calls_the_supervisor_once_per_clock() -> None:
    call = CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason="breached: response")
    case = new_case()
    case.when(escalate_broken, breached(), SHELF).then(call)
    once = case.after(escalate_broken, breached(), SHELF)
    once.when(escalate_broken, breached(at=LATER + timedelta(hours=1)), SHELF).nothing()
    once.when(escalate_broken, breached("cycle"), SHELF).then(replace(call, reason="breached: cycle"))


def test_an_open_exception_may_name_whom_to_call() -> None:
    owner = replace(COMPLAINT.exceptions[1], escalate_to="quality_manager")
    standard = replace(COMPLAINT, exceptions=(owner,))
    case = new_case().after(raise_exception, standard, code="awaiting_customer", at=LATER)
    said = case.when(escalate_broken, breached(), knowing(standard))
    assert [fact.data.to_role for fact in said.facts] == ["quality_manager"]


@pytest.mark.parametrize("why", ["history", "closed", "unknown"])
def test_a_breach_calls_nobody(why: str) -> None:
    closed = pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3", "n4", "n5", "n6", "n7")
    case = {"history": new_case(), "closed": closed, "unknown": NOBODY}[why]
    case.when(escalate_broken, breached(origin="import" if why == "history" else "live"), SHELF).nothing()


def test_a_withdrawn_case_is_closed_once() -> None:
    case = new_case()
    said = case.when(withdraw, cancelled(), SHELF).then(CaseClosed(outcome="withdrawn"))
    assert said.facts[0].order > case.facts[-1].order
    case.after(withdraw, cancelled(), SHELF).when(withdraw, cancelled(), SHELF).nothing()


def test_a_restored_database_that_hears_the_withdrawal_again_does_not_close_what_was_reopened() -> None:
    withdrawn = new_case().after(withdraw, cancelled(), SHELF)
    case = withdrawn.after(reopen, COMPLAINT, reason="back again", at=LATER + timedelta(hours=1))
    case.when(withdraw, cancelled(), SHELF).nothing()
    another = draft(CaseCancelled(reason="for good"), "c1", LATER + timedelta(hours=2), sequence=9)
    case.when(withdraw, another, SHELF).then(CaseClosed(outcome="withdrawn"))


def test_a_withdrawal_that_another_system_recorded_keeps_its_time() -> None:
    fact = new_case().when(withdraw, cancelled("import"), SHELF).then(CaseClosed(outcome="withdrawn")).facts[0]
    assert (fact.time, fact.sequence, fact.imported) == (LATER, 9, True)


def test_every_reaction_hears_somebody_else() -> None:
    assert "routing" not in {TYPES[cls].owner for cls in REACTIONS}
    assert REACTIONS.keys() & CASES.keeps == {*HEARD} - {RecordAttached}, "what was told is kept, for decisions that ask later"
