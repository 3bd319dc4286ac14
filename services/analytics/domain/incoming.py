"""What the field calls first contact resolution: a part of all incoming contacts, not of the resolved cases.

Gross divides by all incoming contacts; net leaves out those that the first level cannot resolve. These are the
contacts of a case in which the desk calls in more skill (a functional escalation) within seven days of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from libs.events.words.now import moved
from services.analytics.domain.case import Case, Registration
from services.analytics.domain.contacts import further_contacts
from services.analytics.domain.durations import first_resolution
from services.analytics.domain.first_contact import FINAL_AFTER, ONE_CONTACT

RESOLVED_WITHIN = timedelta(days=7)
"""A need that takes longer was not met at the first contact. So a day's figures become final, twice seven days after it."""


class Incoming(NamedTuple):
    """A contact that came from the customer, and what is said of it; `team` and `agent` had the case then."""

    at: datetime
    team: str
    agent: str
    is_first_level: bool
    resolves: bool


def incoming(case: Case, came: Registration, verdicts: Mapping[str, bool]) -> Iterable[Incoming]:
    """Yield the registration, which is the first contact, and then every further one of the customer with a person."""
    yield Incoming(came.at, "", "", _is_first_level(case, came.at), _is_resolved_at_first(case, came, verdicts))
    for contact in further_contacts(case, came):
        yield Incoming(contact.at, contact.team, contact.agent, _is_first_level(case, contact.at), resolves=False)


def _is_first_level(case: Case, at: datetime) -> bool:
    """Test whether the case had called in no more skill seven days after the contact."""
    called_at = next((one.at for one in case.escalations if one.kind == "functional"), None)
    return called_at is None or called_at > moved(at, FINAL_AFTER)


def _is_resolved_at_first(case: Case, came: Registration, verdicts: Mapping[str, bool]) -> bool:
    first = first_resolution(case)
    return first is not None and first.at <= moved(came.at, RESOLVED_WITHIN) and verdicts.get(ONE_CONTACT.name, False)
