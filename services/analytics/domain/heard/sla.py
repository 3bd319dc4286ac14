"""What sla said: the clock events that nobody withdrew, and that a case has other terms."""

from typing import Any

from libs.events.catalogue import sla
from libs.events.log.envelope import Fact
from services.analytics.domain.case import Case, Step
from services.analytics.domain.clocks import ClockFact
from services.analytics.domain.heard.handlers import Handlers


def _clock(case: Case, fact: Fact) -> None:
    if fact.id not in case.withdrawn:
        case.clock_facts.append(_clock_fact(case, fact))


def _clock_fact(case: Case, fact: Fact) -> ClockFact:
    data: Any = fact.data
    said: dict[str, Any] = {name: getattr(data, name, None) for name in ("due_at", "used_us", "paused_us", "occurrence")}
    match data:
        case sla.ClockStarted() | sla.ClockWaiting():
            said |= {"kind": data.kind, "word": data.limit, "node": data.node, "process_version": data.process_version}
            said |= {"calendar": data.calendar, "calendar_version": data.calendar_version, "because": getattr(data, "reason", "")}
            said["done"] = getattr(data, "done", False)
        case sla.ClockPaused() | sla.ClockCancelled():
            said["word"] = data.reason
    what = fact.kind.name.removeprefix("clock.")
    return ClockFact(fact.id, fact.time, what, data.clock, case.team, case.agent, **said)


def _withdrawn(case: Case, fact: Fact) -> None:
    gone = fact.data.withdrawn_id
    case.withdrawn.append(gone)
    case.clock_facts = [said for said in case.clock_facts if said.id != gone]


def _restated(case: Case, fact: Fact) -> None:
    case.restated.append(Step(fact.time, case.team, case.agent))


HANDLERS: Handlers = {
    sla.ClockStarted: _clock,
    sla.ClockPaused: _clock,
    sla.ClockReminded: _clock,
    sla.ClockResumed: _clock,
    sla.ClockWarned: _clock,
    sla.ClockMet: _clock,
    sla.ClockBreached: _clock,
    sla.ClockEnded: _clock,
    sla.ClockCancelled: _clock,
    sla.ClockWaiting: _clock,
    sla.ClockWithdrawn: _withdrawn,
    sla.TermsRestated: _restated,
}
