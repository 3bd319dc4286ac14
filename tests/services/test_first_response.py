"""One rule says what counts as an answer to the customer: it stops sla's response clock and is analytics' first response."""

from dataclasses import replace

import pytest

from libs.events.catalogue.intake import CaseRegistered, ContactLogged, is_response
from libs.events.log.envelope import draft
from services.analytics.books import CASES as ANALYTICS
from services.analytics.domain.durations import first_response_at
from services.sla.books import CASES as SLA
from tests.services.analytics.story import at

CAME = CaseRegistered(channel="phone", customer_ref="c1", process_id="p", process_version=1)
CALL = ContactLogged(direction="inbound", channel="phone", purpose="info")
ANSWER = ContactLogged(direction="outbound", channel="phone", purpose="response")


@pytest.mark.parametrize(
    ("why", "contact", "is_one"),
    [
        ("a response", ANSWER, True),
        ("a response of a named agent", replace(ANSWER, agent="ann"), True),
        ("a response of a machine", replace(ANSWER, automated=True), False),
        ("a response of a machine with a name", replace(ANSWER, automated=True, agent="bot"), False),
        ("an outbound contact for something else", replace(ANSWER, purpose="progress", agent="ann"), False),
        ("a call that a named agent took", replace(CALL, agent="ann"), True),
        ("a call of which nobody is named", CALL, False),
        ("the customer's machine", replace(CALL, automated=True, agent="bot"), False),
        ("what the customer says is no response by its purpose", replace(CALL, purpose="response"), False),
    ],
)
def test_a_person_who_answers_is_a_response_in_every_service(why: str, contact: ContactLogged, is_one: bool) -> None:
    told = [draft(CAME, "case-1", at(0)), draft(contact, "case-1", at(5))]
    answered = at(5) if is_one else None
    assert is_response(contact) is is_one, why
    assert first_response_at(ANALYTICS.of("case-1", told)) == answered
    assert next(iter(SLA.of("case-1", told).came("first_response")), None) == answered
