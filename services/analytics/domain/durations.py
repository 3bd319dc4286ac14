"""How long things took, in whole microseconds; None where an end is missing or lies before its start."""

from datetime import datetime, timedelta

from libs.events.catalogue.phases import is_met
from services.analytics.domain.case import Case, Step
from services.analytics.domain.happened import Visit

_MICROSECOND = timedelta(microseconds=1)
CUSTOMER_WAIT = "awaiting_customer"
"""The exception code under which a case waits for its customer."""


def micros(since: datetime | None, until: datetime | None) -> int | None:
    """Return the time between two instants; None unless both are known and in their order, as odd history may not have them."""
    return None if since is None or until is None or until < since else (until - since) // _MICROSECOND


def received_at(case: Case) -> datetime | None:
    """Return when the case came in."""
    return case.registration.at if case.registration else None


def resolution(case: Case) -> Step | None:
    """Return the last resolution, if the need was met by it."""
    last = case.resolutions[-1] if case.resolutions else None
    return last if last and is_met(last.outcome) else None


def first_resolution(case: Case) -> Step | None:
    """Return the first resolution by which the need was met; first contact resolution judges it."""
    for one in case.resolutions:
        if is_met(one.outcome):
            return one
    return None


def resolved_at(case: Case) -> datetime | None:
    """Return when the need was met, the last time if the case was resolved more than once."""
    last = resolution(case)
    return last.at if last else None


def closed_at(case: Case) -> datetime | None:
    """Return when the case was closed, the last time if it happened more than once."""
    return case.closings[-1].at if case.closings else None


def first_response_at(case: Case) -> datetime | None:
    """Return when a person first answered the customer. The same contacts stop sla's response clocks."""
    return next((contact.at for contact in case.contacts if contact.response), None)


def is_odd(case: Case) -> bool:
    """Test whether an end of the case, or of a visit, lies before its start; only imported history may be so."""
    start = received_at(case)
    ends = [first_response_at(case), case.cancelled_at, *(one.at for one in (*case.endings, *case.resolutions, *case.closings))]
    return any(_is_before(end, start) for end in ends) or any(is_odd_visit(visit) for visit in case.visits)


def is_odd_visit(visit: Visit) -> bool:
    """Test whether a visit was begun before it was entered, or done before it was begun."""
    return _is_before(visit.started_at, visit.entered_at) or _is_before(visit.completed_at, visit.started_at or visit.entered_at)


def _is_before(end: datetime | None, start: datetime | None) -> bool:
    return end is not None and start is not None and end < start


def customer_wait_us(case: Case) -> int | None:
    """Return how long the case waited for its customer between registration and its last resolution."""
    start, end = received_at(case), resolved_at(case)
    return None if start is None or end is None else waited_us(case, start, end)


def waited_us(case: Case, start: datetime, end: datetime) -> int:
    """Return how long the case waited for its customer between two instants."""
    waits = [wait for wait in case.waits if wait.code == CUSTOMER_WAIT]
    # Two waits of one code never overlap: an exception that is raised already is not raised again.
    spans = ((max(wait.since, start), min(wait.until or wait.ended or end, end)) for wait in waits)
    return sum((until - since) // _MICROSECOND for since, until in spans if until > since)
