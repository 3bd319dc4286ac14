"""The one row of a case."""

from collections.abc import Sequence
from typing import Any

from services.analytics.domain.case import Case, Handling, Registration
from services.analytics.domain.durations import (
    closed_at,
    customer_wait_us,
    first_resolution,
    first_response_at,
    is_odd,
    micros,
    resolved_at,
)
from services.analytics.domain.first_contact import final_at, reassignments_stated
from services.analytics.domain.incoming import Incoming
from services.analytics.domain.steps import path_of
from services.analytics.tables.cases import CaseRow


def case_row(key: str, case: Case, came: Registration, handling: Handling, contacts: Sequence[Incoming]) -> CaseRow:
    """Return what is known of a case. `contacts`: those that came in, the registration first."""
    first = first_resolution(case)
    return CaseRow(
        case_id=key,
        process_id=came.process_id,
        process_version=came.process_version,
        origin=came.origin,
        system=case.system,
        external_ref=came.external_ref,
        channel=came.channel,
        customer_ref=came.customer_ref,
        kind=came.kind,
        service_class=case.service_class,
        category=case.category,
        severity=case.severity,
        grade=case.grade,
        phase=case.phase,
        **_held(case),
        received_at=came.at,
        first_response_at=first_response_at(case),
        first_resolved_at=first.at if first else None,
        resolved_at=resolved_at(case),
        closed_at=closed_at(case),
        cancelled_at=case.cancelled_at,
        ended_at=case.ended_at,
        final_at=final_at(case),
        **_took(case, came),
        **_handled(case, handling),
        source_figures=case.figures,
        outcome=case.outcome,
        outcome_at=case.endings[-1].at if case.outcome else None,
        odd=is_odd(case),
        incoming_contacts=len(contacts),
        first_level_contacts=sum(one.is_first_level for one in contacts),
        resolved_by_first=contacts[0].resolves,
        attributes=came.attributes,
        missing=came.missing,
        follows=came.follows,
        path=path_of(case),
    )


def _held(case: Case) -> dict[str, Any]:
    """Return where the case stands and who holds it. A case that has ended is at no node and waits for nothing."""
    last = case.resolutions[-1] if case.resolutions else None
    here = (visit.node for visit in reversed(case.visits) if visit.is_open)
    held = (wait.code for wait in reversed(case.waits) if wait.until is None)
    is_open = case.ended_at is None
    return {
        "node": next(here, "") if is_open else "",
        "waiting_on": next(held, "") if is_open else "",
        "team": case.team,
        "agent": case.agent,
        "resolver_team": last.team if last else "",
        "resolver_agent": last.agent if last else "",
    }


def _took(case: Case, came: Registration) -> dict[str, Any]:
    took_us, waited_us = micros(came.at, resolved_at(case)), customer_wait_us(case)
    return {
        "resolution_us": took_us,
        "first_response_us": micros(came.at, first_response_at(case)),
        "close_us": micros(came.at, closed_at(case)),
        "customer_wait_us": waited_us,
        "net_resolution_us": None if took_us is None or waited_us is None else took_us - waited_us,
    }


def _handled(case: Case, handling: Handling) -> dict[str, Any]:
    return {
        "waits": handling.waits,
        "customer_waits": handling.customer_waits,
        "reassignments": handling.reassignments,
        "reassignments_observed": len(case.transfers),
        "reassignments_stated": reassignments_stated(case),
        "team_changes": sum(one.team_changed for one in case.assignments),
        "agent_changes": sum(one.agent_changed for one in case.assignments),
        "agents": handling.agents,
        "reopens": handling.reopens,
        "contacts": len(case.contacts),
        "escalations": len(case.escalations),
        "returns": case.returns,
    }
