"""Abnormal situations as the standard lists them, and calls for help."""

from typing import Any

import pytest

from libs.events.catalogue.routing import CaseEscalated, ExceptionCleared, ExceptionRaised
from services.routing.domain.cases.decisions import clear_exception, escalate, raise_exception
from tests.services.routing.samples import COMPLAINT, LATER, new_case, pass_nodes

HELP = {"to_role": "quality_manager", "reason": "a safety risk", "kind": "functional"}


@pytest.mark.parametrize(
    ("why", "decision", "named", "said"),
    [
        ("listed, anywhere", raise_exception, {"code": "awaiting_customer"}, [ExceptionRaised(code="awaiting_customer")]),
        ("listed, here", raise_exception, {"code": "info_incomplete"}, [ExceptionRaised(code="info_incomplete")]),
        ("never raised", clear_exception, {"code": "awaiting_customer"}, []),
        ("help", escalate, HELP, [CaseEscalated(**HELP)]),
    ],
)
def test_said_once(why: str, decision: Any, named: dict[str, str], said: list[Any]) -> None:
    case = new_case()
    case.when(decision, COMPLAINT, **named, at=LATER).then(*said)
    case.after(decision, COMPLAINT, **named, at=LATER).when(decision, COMPLAINT, **named, at=LATER).nothing()


def test_an_exception_ends() -> None:
    raised = new_case().after(raise_exception, COMPLAINT, code="awaiting_customer", at=LATER)
    assert raised.state.exceptions == ["awaiting_customer"]
    raised.when(clear_exception, COMPLAINT, code="awaiting_customer", at=LATER).then(ExceptionCleared(code="awaiting_customer"))
    cleared = raised.after(clear_exception, COMPLAINT, code="awaiting_customer", at=LATER)
    assert cleared.state.exceptions == []
    cleared.when(raise_exception, COMPLAINT, code="awaiting_customer", at=LATER).then(ExceptionRaised(code="awaiting_customer"))


@pytest.mark.parametrize(
    ("why", "decision", "named", "code"),
    [
        ("not listed", raise_exception, {"code": "bad_mood"}, "unknown-exception"),
        ("listed for another node", raise_exception, {"code": "solution_rejected"}, "exception-elsewhere"),
        ("to an unknown role", escalate, HELP | {"to_role": "wizard"}, "unknown-role"),
        ("of an unknown kind", escalate, HELP | {"kind": "loud"}, "unknown-kind"),
        ("without a reason", escalate, HELP | {"reason": ""}, "reason-missing"),
    ],
)
def test_refused(why: str, decision: Any, named: dict[str, str], code: str) -> None:
    new_case().when(decision, COMPLAINT, **named, at=LATER).refused(code)


def test_a_closed_case_has_no_trouble() -> None:
    closed = pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3", "n4", "n5", "n6", "n7")
    closed.when(raise_exception, COMPLAINT, code="awaiting_customer", at=LATER).refused("case-closed")
    closed.when(escalate, COMPLAINT, **HELP, at=LATER).refused("case-closed")
