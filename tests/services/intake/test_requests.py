"""What HTTP clients may send: bounded, closed."""

import pytest
from pydantic import ValidationError

from libs.events.log.envelope import draft
from libs.events.log.schema import check
from services.intake.domain.instants import EARLIEST
from services.intake.requests import FIELDS_MAX, CancelBody, CaseBody, ContactBody

CASE = {"channel": "phone", "process_id": "p"}
CONTACT = {"direction": "inbound", "channel": "phone", "purpose": "info"}


def test_the_smallest_case():
    need = CaseBody.model_validate(CASE).need()
    assert (need.channel, need.process_id, need.process_version, need.kind) == ("phone", "p", None, "request")


def test_a_full_case_keeps_every_word():
    body = CASE | {
        "kind": "complaint",
        "process_version": 2,
        "subject": "s",
        "description": "d",
        "fields": {"impact": "one"},
        "customer": {"id": "1", "name": "李娜", "email": "a@b.c", "phone": "+86 10", "language": "zh-CN"},
        "external_ref": "X",
    }
    need = CaseBody.model_validate(body).need()
    assert (need.subject, need.description, need.fields, need.external_ref) == ("s", "d", {"impact": "one"}, "X")
    assert (need.customer.name, need.customer.language, need.process_version) == ("李娜", "zh-CN", 2)


@pytest.mark.parametrize(
    ("why", "model", "body"),
    [
        ("a misspelt name", CaseBody, CASE | {"proces": "x"}),
        ("a misspelt name in the customer", CaseBody, CASE | {"customer": {"mail": "a@b.c"}}),
        ("no process", CaseBody, {"channel": "phone"}),
        ("a channel that is a sentence", CaseBody, CASE | {"channel": "by phone!"}),
        ("version zero", CaseBody, CASE | {"process_version": 0}),
        ("a version beyond the column", CaseBody, CASE | {"process_version": 2**31}),
        ("a time without a zone", CaseBody, CASE | {"occurred_at": "2025-07-15T10:00:00"}),
        ("an address without a host", CaseBody, CASE | {"customer": {"email": "li.na"}}),
        ("a number with letters", CaseBody, CASE | {"customer": {"phone": "call me"}}),
        ("a NUL", CaseBody, CASE | {"description": "a\0b"}),
        ("a NUL in a field's name", CaseBody, CASE | {"fields": {"a\0": "b"}}),
        ("a field without a name", CaseBody, CASE | {"fields": {" ": "b"}}),
        ("too many fields", CaseBody, CASE | {"fields": {f"f{n}": "" for n in range(FIELDS_MAX + 1)}}),
        ("a field as long as a book", CaseBody, CASE | {"fields": {"f": "x" * 5001}}),
        ("a subject as long as a text", CaseBody, CASE | {"subject": "x" * 201}),
        ("a direction there is not", ContactBody, CONTACT | {"direction": "sideways"}),
        ("a purpose there is not", ContactBody, CONTACT | {"purpose": "chat"}),
        ("a note as long as a book", ContactBody, CONTACT | {"note": "x" * 5001}),
        ("no reason", CancelBody, {"reason": " "}),
    ],
)  # fmt: skip
def test_refused(why, model, body):
    with pytest.raises(ValidationError):
        model.model_validate(body)


def test_a_contact_says_everything_but_its_note():
    contact = ContactBody.model_validate(CONTACT | {"agent": "a", "automated": True, "note": "private"}).contact()
    check(draft(contact, "c1", EARLIEST))
    assert (contact.agent, contact.automated) == ("a", True)
    assert "private" not in repr(contact)
