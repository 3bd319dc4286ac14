"""What routing said of the case as a whole: class, grade, holder, exceptions, resolution, reopening, closing."""

from libs.events.catalogue import phases, routing
from libs.events.log.envelope import Fact
from services.analytics.domain.case import Assignment, Case, Classification, Escalation, Pin, Step, Wait
from services.analytics.domain.heard.handlers import Handlers


def _classified(case: Case, fact: Fact) -> None:
    # An empty word says nothing about its attribute; it does not take back what was said before.
    data: routing.CaseClassified = fact.data
    case.service_class = data.service_class or case.service_class
    case.category = data.category or case.category
    case.severity = data.severity or case.severity
    if data.initial_handling and case.pinned is None:
        case.pinned = Pin(fact.time, data.initial_handling)
    if data.service_class or data.category or data.severity:
        _put_class(case, fact, "class", "")


def _graded(case: Case, fact: Fact) -> None:
    case.grade = fact.data.grade
    _put_class(case, fact, "grade", fact.data.reason)


def _put_class(case: Case, fact: Fact, by: str, reason: str) -> None:
    words = (case.service_class, case.category, case.severity, case.grade)
    case.classifications.append(Classification(fact.time, by, *words, fact.data.rule, reason))


def _assigned(case: Case, fact: Fact) -> None:
    data: routing.CaseAssigned = fact.data
    moved = bool(data.team and case.team and data.team != case.team)
    handed = bool(data.agent and case.agent and data.agent != case.agent)
    changed = bool(data.agent and case.known_agent and data.agent != case.known_agent)
    case.team = data.team or case.team
    # A case that moves to another team has no agent until somebody there takes it.
    case.agent = data.agent or ("" if moved else case.agent)
    case.known_agent = data.agent or case.known_agent
    who = (case.team, case.agent, data.role, data.reason, data.rule)
    case.assignments.append(Assignment(fact.time, *who, moved, changed, moved or handed))


def _escalated(case: Case, fact: Fact) -> None:
    data: routing.CaseEscalated = fact.data
    by = data.agent or fact.actor
    case.escalations.append(Escalation(fact.time, data.kind, data.to_role, data.reason, case.team, case.agent, by))


def _acknowledged(case: Case, fact: Fact) -> None:
    place, by = fact.data.escalation - 1, fact.data.agent or fact.actor
    if place >= len(case.escalations):  # a history that is silent about the call
        place = len(case.escalations)
        case.escalations.append(Escalation(fact.time, "", "", "", case.team, case.agent))
    case.escalations[place] = case.escalations[place]._replace(acknowledged_at=fact.time, acknowledged_by=by)


def _raised(case: Case, fact: Fact) -> None:
    if _open_wait(case, fact.data.code) is None:
        ended = fact.time if case.phase in phases.ENDED else None
        case.waits.append(Wait(fact.data.code, fact.time, team=case.team, agent=case.agent, ended=ended))


def _cleared(case: Case, fact: Fact) -> None:
    n = _open_wait(case, fact.data.code)
    if n is not None:
        case.waits[n] = case.waits[n]._replace(until=fact.time)


def _open_wait(case: Case, code: str) -> int | None:
    for n in range(len(case.waits) - 1, -1, -1):
        if case.waits[n].code == code:
            return n if case.waits[n].until is None else None
    return None


def _resolved(case: Case, fact: Fact) -> None:
    data: routing.CaseResolved = fact.data
    said = Step(fact.time, data.team or case.team, data.agent or case.agent, data.outcome, data.reason, data.repeats)
    case.resolutions.append(said)
    if case.phase not in phases.ENDED:
        case.outcome = said.outcome
        case.endings.append(said)
    case.phase = phases.phase_after(case.phase, data)


def _reopened(case: Case, fact: Fact) -> None:
    case.reopenings.append(Step(fact.time, case.team, case.agent, reason=fact.data.reason))
    # A wait ends with its case, because nobody could clear it afterwards.
    if ended := case.ended_at:
        case.waits = [wait if wait.until else wait._replace(until=max(wait.since, ended)) for wait in case.waits]
    case.phase = phases.phase_after(case.phase, fact.data)
    case.outcome, case.ended_at, case.cancelled_at = "", None, None


def _closed(case: Case, fact: Fact) -> None:
    before, outcome = case.phase, phases.outcome_after(case.outcome, fact.data)
    case.phase = phases.phase_after(before, fact.data)
    if before in phases.ENDED and fact.data.outcome == phases.WITHDRAWN:
        return  # a wish to withdraw comes too late when the case has ended
    said = Step(fact.time, case.team, case.agent, fact.data.outcome, fact.data.reason, fact.data.repeats)
    case.closings.append(said)
    if before not in phases.ENDED:
        case.waits = [wait if wait.until else wait._replace(ended=fact.time) for wait in case.waits]
    if before != phases.CANCELLED:
        case.ended_at = fact.time
        case.cancelled_at = fact.time if case.phase == phases.CANCELLED else None
    if outcome != case.outcome:
        case.outcome = outcome
        case.endings.append(said)


HANDLERS: Handlers = {
    routing.CaseClassified: _classified,
    routing.CaseGraded: _graded,
    routing.CaseAssigned: _assigned,
    routing.CaseEscalated: _escalated,
    routing.EscalationAcknowledged: _acknowledged,
    routing.ExceptionRaised: _raised,
    routing.ExceptionCleared: _cleared,
    routing.CaseResolved: _resolved,
    routing.CaseReopened: _reopened,
    routing.CaseClosed: _closed,
}
