"""The cases of all HTTP loads: the same body, another customer, reference and Idempotency-Key each time."""

import itertools
import json
from collections.abc import Iterator

from benchmarks import load
from libs.events.words.now import real_now
from libs.web.keys import LOCAL
from services.intake.domain.case import case_id_of
from services.intake.domain.need import Need

CUSTOMERS = 5_000
_numbers = itertools.count(int(real_now().timestamp()) * 1_000_000)

ANY_NEED = Need(channel="phone", process_id="")
"""Its reference is not said to be unique, so the case is known by client and key."""


def body(number: int) -> bytes:
    """Return a case as a telephone system would post it."""
    return json.dumps(
        {
            "channel": "phone",
            "process_id": "inbound-call",
            "process_version": 1,  # numbers of earlier runs are of it
            "subject": "Invoice 4711 is wrong",
            "description": "The amount on the invoice does not match the order; the customer asks for a corrected one.",
            "fields": {"urgency": "high", "impact": "one customer", "topic": "billing", "contract": "C-10442"},
            "customer": {
                "id": f"customer-{number % CUSTOMERS}",
                "name": "Erika Mustermann",
                "email": "erika@example.org",
                "phone": "+49 30 1234567",
            },
            "external_ref": f"T-{number}",
        }
    ).encode()


def posts(url: str) -> Iterator[bytes]:
    """Yield requests without end, a new case each."""
    for _, request in known(url):
        yield request


def known(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield the id that each case will have, and its request."""
    for number in _numbers:
        yield case_id_of(LOCAL.name, str(number), ANY_NEED), load.post(url, body(number), f"Idempotency-Key: {number}")


def tickets(url: str, token: str, queue: int) -> Iterator[bytes]:
    """Yield the same need as django-helpdesk takes it."""
    for number in _numbers:
        ticket = {
            "queue": queue,
            "title": f"T-{number} Invoice 4711 is wrong",
            "description": "The amount on the invoice does not match the order; the customer asks for a corrected one.",
            "submitter_email": "erika@example.org",
            "priority": 3,
        }
        yield load.post(url, json.dumps(ticket).encode(), f"Authorization: Token {token}")
