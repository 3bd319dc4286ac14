"""How long things took, in whole microseconds; None where an end is missing."""

from datetime import datetime, timedelta

from services.analytics.domain.case import Case, Contact

_MICROSECOND = timedelta(microseconds=1)
CUSTOMER_WAIT = "awaiting_customer"
"""The exception code under which a case waits for its customer."""


def micros(since: datetime | None, until: datetime | None) -> int | None:
    """Return the time between two instants, if both are known; negative where history is odd."""
    return None if since is None or until is None else (until - since) // _MICROSECOND


def received_at(case: Case) -> datetime | None:
    """Return when the case came in."""
    return case.registration.at if case.registration else None


def resolved_at(case: Case) -> datetime | None:
    """Return when the case was resolved, the last time if it happened more than once."""
    return case.resolutions[-1].at if case.resolutions else None


def closed_at(case: Case) -> datetime | None:
    """Return when the case was closed, the last time if it happened more than once."""
    return case.closings[-1].at if case.closings else None


def first_response_at(case: Case) -> datetime | None:
    """Return when a human first answered the customer."""
    return next((contact.at for contact in case.contacts if is_answer(contact)), None)


def is_answer(contact: Contact) -> bool:
    """Test whether a human answered the customer. The same contacts stop sla's response clocks."""
    return contact.direction == "outbound" and contact.purpose == "response" and not contact.automated


def customer_wait_us(case: Case) -> int | None:
    """Return how long the case waited for its customer between registration and its last resolution."""
    start, end = received_at(case), resolved_at(case)
    if start is None or end is None:
        return None
    waits = [wait for wait in case.waits if wait.code == CUSTOMER_WAIT]
    # Two waits of one code never overlap: an exception that is raised already is not raised again.
    spans = ((max(wait.since, start), min(wait.until or end, end)) for wait in waits)
    return sum((until - since) // _MICROSECOND for since, until in spans if until > since)
