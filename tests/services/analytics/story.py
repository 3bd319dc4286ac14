"""How these tests tell a case's story: `(minute, event)` pairs become facts, in the order they are told."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged, FiguresStated
from libs.events.catalogue.phases import WITHDRAWN
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
)
from libs.events.engine.subject import Loaded
from libs.events.log.envelope import Fact, draft
from libs.events.testing.told import Teller
from services.analytics.books import CASES
from services.analytics.domain.case import Case
from services.analytics.domain.first_contact import FIELD_GROSS, FIELD_NET
from services.analytics.tables import TABLES

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE_US = 60_000_000
Story = Iterable[tuple[float, Any]]

REGISTERED = (
    0,
    CaseRegistered(channel="phone", customer_ref="cust-1", process_id="inbound-call", process_version=1, external_ref="X-1"),
)
RAISED = ExceptionRaised(code="awaiting_customer")
CLEARED = ExceptionCleared(code="awaiting_customer")
REOPENED = CaseReopened()


at = Teller("case-1", START).at


def assigned(team: str = "", agent: str = "") -> CaseAssigned:
    return CaseAssigned(team=team, agent=agent)


def resolved(agent: str = "", team: str = "", outcome: str = "resolved") -> CaseResolved:
    return CaseResolved(agent=agent, team=team, outcome=outcome)


def stated(**figures: int | bool | str) -> FiguresStated:
    return FiguresStated(system="other", figures=figures)


def inbound(resolves: bool = False, automated: bool = False, agent: str = "", channel: str = "phone") -> ContactLogged:
    words = {"direction": "inbound", "channel": channel, "purpose": "info", "agent": agent}
    return ContactLogged(**words, resolves_case=resolves, automated=automated)


def answer(**changes: Any) -> ContactLogged:
    words = {"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "ann"}
    return ContactLogged(**(words | changes))


def facts(story: Story, key: str = "case-1") -> list[Fact]:
    """Return the story as facts; a cancellation is answered as routing does."""
    return [answered for fact in Teller(key, START).facts(story) for answered in with_answer(fact)]


def with_answer(fact: Fact) -> list[Fact]:
    if not isinstance(fact.data, CaseCancelled):
        return [fact]
    return [fact, draft(CaseClosed(outcome=WITHDRAWN), fact.key, fact.time, because=fact)]


def case(*story: tuple[float, Any]) -> Case:
    return CASES.of("case-1", facts(story))


def table(name: str, state: Case, key: str = "case-1") -> list[dict[str, Any]]:
    """Return a table's rows by column name, what counts in one row added up."""
    return [named(row) for row in Loaded(CASES, key, 1, state, None).shown().rows.values() if row.table == name]


def judged(state: Case) -> list[dict[str, Any]]:
    """Return the case's part in first contact resolution as a resolved case; its incoming contacts count anyway."""
    return [row for row in table("first_contact_resolution", state) if row["rule"] not in (FIELD_GROSS.name, FIELD_NET.name)]


def named(row: Any) -> dict[str, Any]:
    return dict(zip((one.name for one in TABLES[row.table].stored), (*row.key, *row.values), strict=True))
