"""Facts of one case, short to write: `at(minutes)` is an instant, `fact(event, minutes)` says it then."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.promise import CalendarRef, Target
from libs.events.catalogue.routing import (
    CaseClassified,
    CaseClosed,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeStarted,
)
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Label, Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.testing.spec import knowing
from libs.events.testing.told import Teller
from services.sla.books import CASES
from services.sla.domain.calendars import calendar_of
from services.sla.domain.terms import Terms
from services.sla.domain.working_time import working_time

KEY = "case-1"
START = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
OFFICE = calendar_of(
    {
        "id": "office",
        "version": 1,
        "timezone": "Asia/Shanghai",
        "years": [2025, 2026],
        "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
)
REGISTERED = CaseRegistered(channel="phone", customer_ref="c", process_id="p", process_version=1)
RESPONSE = ContactLogged(direction="outbound", channel="phone", purpose="response")
CLASSIFIED, GRADED = CaseClassified, CaseGraded
RESOLVED, REOPENED, CLOSED = CaseResolved(), CaseReopened(), CaseClosed()
CANCELLED = CaseCancelled(reason="withdrawn by the customer")
WITHDRAWN = CaseClosed(outcome="withdrawn")
WAITS, ANSWERED = ExceptionRaised(code="awaiting_customer"), ExceptionCleared(code="awaiting_customer")
ENTERED, STARTED, COMPLETED = NodeEntered, NodeStarted, NodeCompleted


TELL = Teller(KEY, START)
at = TELL.at
"""Returns the instant so many minutes after the case was registered."""


def withdrawn(minutes: float) -> list[tuple[Any, float]]:
    """Return a wish to withdraw the case, and routing's answer that it is so."""
    return [(CANCELLED, minutes), (WITHDRAWN, minutes)]


def fact(data: Any, minutes: float = 0, *, origin: str = "live", sequence: int = 0) -> Fact:
    """Return the event as said so many minutes after the case was registered."""
    return TELL.fact(minutes, data, origin=origin, sequence=sequence)


def facts(*events: tuple[Any, float]) -> list[Fact]:
    """Return the events with their minutes as facts, after the registration."""
    return TELL.facts([(0, REGISTERED), *((minutes, data) for data, minutes in events)], first=0)


def target(limit: str, stop: str = "first_response", **others: Any) -> Target:
    return Target(**{"clock": "response", "kind": "response", "start": "registered", **others}, limit=limit, stop=stop)


def standard(*targets: Target) -> Standard:
    label = Label(en="p", zh="p")
    ref = CalendarRef(id="office", version=1)
    return Standard(process_id="p", version=1, name=label, calendar=ref, nodes=(), targets=targets)


def terms(*targets: Target, calendars: Sequence[Calendar] = (OFFICE,)) -> Terms:
    """Return the terms by which these promises are counted."""
    return Terms(standard(*targets), tuple(map(working_time, calendars)))


def shelf(*targets: Target, calendars: Sequence[Calendar] = (OFFICE,)) -> Known:
    """Return a shelf with one process and the published versions of its calendar."""
    return knowing(standard(*targets), *calendars)


def state_of(told: Iterable[Fact]) -> Any:
    """Return the case's state after these facts, given in any order."""
    return CASES.of(KEY, told)


def story(said: Iterable[Fact]) -> list[tuple[str, float]]:
    """Return each event's kind and minute, in order."""
    ordered = sorted(said, key=lambda one: one.order)
    return [(one.kind.name.removeprefix("clock."), (one.time - START) / timedelta(minutes=1)) for one in ordered]
