"""How what intake tells makes a case: what rules may ask for, and the evidence that nodes wait for."""

from collections.abc import Callable, Mapping
from typing import Any

from libs.events.catalogue.intake import (
    CaseRegistered,
    ContactLogged,
    CustomerConfirmed,
    InfoSupplied,
    RecordAttached,
    is_attempt,
    says_expectation,
    tells_result,
)
from libs.events.log.envelope import Fact
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.visit import Held


def _registered(case: RoutingCase, said: CaseRegistered, fact: Fact) -> None:
    case.told = {"channel": said.channel, "kind": said.kind, **said.fields, **case.told}


def _supplied(case: RoutingCase, said: InfoSupplied, fact: Fact) -> None:
    case.told |= said.fields


ATTEMPTS_MAX = 100
"""How many attempts to reach the customer are remembered."""


def _talked(case: RoutingCase, said: ContactLogged, fact: Fact) -> None:
    if is_attempt(said):
        case.attempts = [*case.attempts, fact.time][-ATTEMPTS_MAX:]
    elif not said.automated:  # she can be reached
        case.attempts = []
    if case.node and (tells_result(said) or says_expectation(said)):
        case.told_result = case.told_result or tells_result(said)
        # Who read the result in a letter answers later.
        case.heard_expectation = case.heard_expectation or (case.told_result and says_expectation(said))
        _go_by(case, fact)


def _answered(case: RoutingCase, said: CustomerConfirmed, fact: Fact) -> None:
    if case.node:
        case.confirmed[said.subject] = said.decision
        _go_by(case, fact)


def _go_by(case: RoutingCase, evidence: Fact) -> None:
    """Let decisions that go by this evidence come after it."""
    case.last_at, case.last_sequence = evidence.time, evidence.sequence


def _attached(case: RoutingCase, said: RecordAttached, fact: Fact) -> None:
    number = case.records[-1].number + 1 if case.records else 1
    others = [one for one in case.records if (one.form, not one.missing) != (said.form, not said.missing)]
    case.records = [*others, Held(number, said.form, said.record, said.missing)]
    _go_by(case, fact)


HEARD: Mapping[type[Any], Callable[[RoutingCase, Any, Fact], None]] = {
    CaseRegistered: _registered,
    InfoSupplied: _supplied,
    ContactLogged: _talked,
    RecordAttached: _attached,
    CustomerConfirmed: _answered,
}
"""What intake tells of a case that decisions may ask for."""
