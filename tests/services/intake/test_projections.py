"""The case's row fits its table, and the state survives being kept."""

from datetime import UTC, datetime, timedelta

from msgspec import Raw

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.routing import CaseClosed
from libs.events.engine.book import encode_state
from libs.events.testing.spec import given, happened
from services.intake.books import CASES
from services.intake.tables import TABLES

AT = datetime(2025, 7, 15, tzinfo=UTC)
CONTACT = ContactLogged(direction="inbound", channel="phone", purpose="info")
FACTS = [
    *happened(
        "c1",
        AT,
        CaseRegistered(
            channel="web", customer_ref="r", process_id="p", process_version=2, missing=("a", "b"), external_ref="X-1"
        ),
        CONTACT,
        origin="import",
    ),
    *happened("c1", AT + timedelta(hours=1), CONTACT, CaseCancelled(reason="x"), CaseClosed(outcome="withdrawn")),
]


def test_the_row_is_what_the_table_has():
    (row,) = CASES.rows("c1", given(CASES, *FACTS).state)
    columns = [column.name for column in TABLES[row.table].stored]
    assert dict(zip(columns, row.key + row.values, strict=True)) == {
        "case_id": "c1",
        "external_ref": "X-1",
        "channel": "web",
        "customer_ref": "r",
        "process_id": "p",
        "process_version": 2,
        "kind": "request",
        "missing": Raw(b'["a","b"]'),
        "contacts": 2,
        "received_at": AT,
        "cancelled_at": AT + timedelta(hours=1),
        "origin": "import",
        "follows": "",
        "cancel_asked_at": AT + timedelta(hours=1),
        "cancellation": "granted",
        "agreed_due_at": None,
        "legal_due_at": None,
    }


def test_a_contact_alone_is_no_case():
    assert list(CASES.rows("c1", given(CASES, *happened("c1", AT, CONTACT)).state)) == []


def test_the_state_survives_being_kept():
    state = given(CASES, *FACTS).state
    assert CASES.decode(encode_state(state)) == state
