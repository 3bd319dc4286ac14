"""Calls for more authority or more skill: who was called in and why, and who has taken notice."""

from datetime import datetime

from libs.events.catalogue.routing import CaseEscalated, EscalationAcknowledged
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact
from libs.events.words.event import Occurrence
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import OPEN, must_allow
from services.routing.domain.cases.saying import say
from services.routing.domain.cases.visit import BROKEN, Worker

KINDS = ("functional", "hierarchical")


def escalate(
    case: RoutingCase,
    standard: Standard,
    *,
    to_role: str,
    reason: str,
    kind: str = "hierarchical",
    agent: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Call in more authority or more skill; the owner stays. The same call is made once in a cycle."""
    must_allow(case.phase, CaseEscalated)
    if kind not in KINDS:
        raise Refused("unknown-kind", none_such("kind of escalation", kind, KINDS), 422)
    if to_role not in standard.roles:
        raise Refused("unknown-role", none_such("role", to_role, standard.roles), 422)
    if not reason:
        raise Refused("reason-missing", "Say what is wrong: the person called in must know.", 422)
    if any((one.kind, one.to_role, one.reason) == (kind, to_role, reason) for one in case.escalations):
        return []
    return say(case, [CaseEscalated(kind=kind, to_role=to_role, reason=reason, agent=agent)], at=at, actor=actor)


def acknowledge(
    case: RoutingCase, standard: Standard, *, number: str, agent: str = "", at: datetime, actor: str = ""
) -> list[Fact]:
    """Take notice of a call; the owner stays. Who called does not answer, and a call is answered once."""
    called = next((one for one in case.escalations if str(one.number) == number), None)
    if called is None:
        known = [str(one.number) for one in case.escalations]
        none = none_such("escalation", number, known) if known else "Nobody was called in since the case was last taken up."
        raise Refused("unknown-escalation", none, 404)
    must_allow(case.phase, EscalationAcknowledged)
    who, by = Worker(agent, actor), called.acknowledged_by
    if by is not None:
        if by.name != who.name:
            raise Refused("escalation-acknowledged", f"{by.name} has acknowledged it already.")
        return []
    if who.name == called.by.name:
        raise Refused("four-eyes", f"{who.name} has called for help. Let who was called in say that they know.", 403)
    return say(case, [EscalationAcknowledged(escalation=called.number, agent=agent)], at=at, actor=actor)


def escalate_breach(case: RoutingCase, standard: Standard, clock: Occurrence, because: Fact) -> list[Fact]:
    """Call in who answers for broken promises, once for each clock in a cycle; an open exception may name somebody else."""
    reason = f"{BROKEN}{clock}"
    if case.phase not in OPEN or any(one.reason == reason for one in case.escalations):
        return []
    named = [one.escalate_to for one in standard.exceptions if one.code in case.exceptions and one.escalate_to]
    to_role = named[0] if named else standard.escalate_to
    event = CaseEscalated(kind="hierarchical", to_role=to_role, reason=reason)
    return say(case, [event], at=because.time, because=because)
