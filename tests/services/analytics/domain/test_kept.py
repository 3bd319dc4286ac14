"""What a case remembers of its class, its escalations, its exceptions, what its nodes left behind, and the reasons given."""

from dataclasses import replace
from typing import Any

import pytest

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered
from libs.events.catalogue.routing import (
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    EscalationAcknowledged,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
)
from services.analytics.domain.case import Classification, Escalation
from services.analytics.domain.happened import Output
from tests.services.analytics.story import CLEARED, RAISED, REGISTERED, REOPENED, assigned, at, case, resolved

REASON = "words:4f"
CLOSED = CaseClosed()
VENDOR = ExceptionRaised(code="awaiting_vendor")


def test_a_registration_keeps_what_was_said_in_clear_and_what_was_missing() -> None:
    came = CaseRegistered(
        channel="web", customer_ref="c", process_id="p", process_version=1, fields={"affected": "batch"}, missing=("lot",)
    )
    kept = case((0, came)).registration
    assert kept is not None and (kept.attributes, kept.missing) == ({"affected": "batch"}, ("lot",))


def test_every_class_and_grade_stays_with_its_instant() -> None:
    story = case(
        REGISTERED,
        (0, CaseClassified(process_id="p", process_version=1)),
        (1, CaseClassified(category="billing", rule="by-word")),
        (2, CaseGraded(grade="normal", rule="otherwise")),
        (3, CaseClassified(service_class="urgent")),
        (4, CaseGraded(grade="urgent", reason=REASON)),
    )
    assert story.classifications == [
        Classification(at(1), "class", "", "billing", "", "", "by-word", ""),
        Classification(at(2), "grade", "", "billing", "", "normal", "otherwise", ""),
        Classification(at(3), "class", "urgent", "billing", "", "normal", "", ""),
        Classification(at(4), "grade", "urgent", "billing", "", "urgent", "", REASON),
    ], "a classification without a word is the pin of the version"


def test_an_escalation_keeps_who_was_called_why_and_who_had_the_case() -> None:
    called = CaseEscalated(kind="functional", to_role="expert", reason=REASON)
    story = case(REGISTERED, (1, assigned("a", "ann")), (2, called), (3, assigned("b")))
    assert story.escalations == [Escalation(at(2), "functional", "expert", REASON, "a", "ann")]


def test_an_escalation_keeps_who_took_notice_and_when() -> None:
    called = CaseEscalated(kind="functional", to_role="expert", reason=REASON, agent="ann")
    noticed = EscalationAcknowledged(escalation=2, agent="eve")
    first, second = case(REGISTERED, (1, called), (2, replace(called, to_role="lead")), (4, noticed)).escalations
    assert (first.by, first.acknowledged_at, second.acknowledged_at, second.acknowledged_by) == ("ann", None, at(4), "eve")
    (silent,) = case(REGISTERED, (1, noticed)).escalations
    assert (silent.kind, silent.acknowledged_by) == ("", "eve")


@pytest.mark.parametrize(
    ("why", "told", "waits"),
    [
        ("lasts", [(1, RAISED)], [(1, None, None)]),
        ("somebody said that it is over", [(1, RAISED), (5, CLEARED)], [(1, 5, None)]),
        ("raised twice is one", [(1, RAISED), (2, RAISED), (5, CLEARED)], [(1, 5, None)]),
        ("the case ended with it", [(1, RAISED), (5, CLOSED)], [(1, None, 5)]),
        ("the first end counts", [(1, RAISED), (5, CLOSED), (6, CLOSED)], [(1, None, 5)]),
        ("over before the end", [(1, RAISED), (4, CLEARED), (5, CLOSED)], [(1, 4, None)]),
        ("two of them, one is over", [(1, RAISED), (2, VENDOR), (3, CLEARED), (5, CLOSED)], [(1, 3, None), (2, None, 5)]),
        ("raised after the end", [(5, CLOSED), (6, RAISED)], [(6, None, 6)]),
        ("a resolution is no end of it", [(1, RAISED), (5, resolved())], [(1, None, None)]),
        ("reopened: it ended with the first end", [(1, RAISED), (5, CLOSED), (9, REOPENED)], [(1, 5, 5)]),
        ("it comes again after that", [(1, RAISED), (5, CLOSED), (9, REOPENED), (9, RAISED)], [(1, 5, 5), (9, None, None)]),
    ],
)  # fmt: skip
def test_an_exception_ends_when_it_is_cleared_or_with_its_case(why: str, told: list[Any], waits: list[Any]) -> None:
    found = case(REGISTERED, (0, assigned("a", "ann")), *told).waits
    minutes = [tuple(None if end is None else at(end) for end in wait) for wait in waits]
    assert [(wait.since, wait.until, wait.ended) for wait in found] == minutes, why
    assert {(wait.team, wait.agent) for wait in found} == {("a", "ann")}


def test_outputs_stay_with_the_stay_that_left_them() -> None:
    story = case(
        REGISTERED,
        (1, assigned("a", "ann")),
        (1, NodeEntered(node="n1")),
        (2, NodeCompleted(node="n1", outputs=("register", "department=quality"))),
        (3, NodeEntered(node="n1")),
        (4, NodeCompleted(node="n1", agent="bob", outputs=("contact_name=words:7",))),
    )
    assert story.outputs == [
        Output(at(2), 1, "n1", "register", "", "a", "ann"),
        Output(at(2), 1, "n1", "department", "quality", "a", "ann"),
        Output(at(4), 2, "n1", "contact_name", "words:7", "a", "bob"),
    ]


def test_reasons_stay_as_references() -> None:
    story = case(
        REGISTERED,
        (1, NodeEntered(node="n2")),
        (2, NodeReturned(node="n2", to_node="n1", reason="words:back")),
        (3, CLOSED),
        (4, CaseReopened(reason="words:again")),
        (5, CaseCancelled(reason="words:twice")),
    )
    said = (story.visits[0].return_reason, story.reopenings[0].reason, story.wishes[0].reason)
    assert said == ("words:back", "words:again", "words:twice")
    assert story.wishes[0].at == at(5)
