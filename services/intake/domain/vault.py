"""Data that never enters an event: the case's words, the form's other fields, the customer's data, notes of contacts.

Rows for the kept schema intake_core, written in the transaction of the events they belong to (tables.VAULT).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from libs.events.catalogue.forms import filled
from libs.events.catalogue.standard import Standard
from libs.events.words.column import column, json, key
from libs.events.words.row import Row, TableRow, columns
from services.intake.domain.customer import Customer
from services.intake.domain.need import Need


@columns("vault")
class VaultRow(TableRow):
    """Personal data of a case. Nothing here is on the log; erasing a person deletes rows here and nothing else."""

    case_id: str = key("The case.")
    subject: str = column("The need in one line, in the customer's words.")
    description: str = column("The need in the customer's words.")
    fields: dict[str, str] = json("Form fields that the standard does not allow to be said in clear.")
    customer: dict[str, str] = json("id, name, email, phone, language; only what is known.")


@columns("contact_notes")
class NoteRow(TableRow):
    """What was said at a contact; personal data like the vault."""

    case_id: str = key("The case.")
    contact_id: UUID = key("The id of the contact.logged event.")
    note: str = column("What was said.")


@columns("supplied")
class SuppliedRow(TableRow):
    """A field that came in after the registration and may not be said in clear; personal data like the vault."""

    case_id: str = key("The case.")
    name: str = key("The field.")
    value: str = column("What was said last.")


@columns("records")
class RecordRow(TableRow):
    """What a filled form says; personal data like the vault."""

    case_id: str = key("The case.")
    record: str = key("The record's id.")
    data: dict[str, Any] = json("Its fields, without the empty ones.")


@columns("attachments")
class AttachmentRow(TableRow):
    """What a file of a case is called; personal data like the vault, as is the file, which the storage has."""

    case_id: str = key("The case.")
    sha256: str = key("The SHA-256 of the file's content, by which the storage has it.")
    name: str = column("Its name, as who sent it last called it.")
    media_type: str = column("What its content shows it to be.")


def record_row(case_id: str, record: str, data: Mapping[str, Any]) -> Row:
    """Return what a filled form says."""
    return RecordRow(case_id=case_id, record=record, data=filled(data)).row


def supplied_rows(case_id: str, fields: Mapping[str, str], standard: Standard) -> list[Row]:
    """Return the fields that came in later and may not be said in clear."""
    return [SuppliedRow(case_id=case_id, name=name, value=value).row for name, value in kept_back(fields, standard).items()]


def vault_row(case_id: str, need: Need, standard: Standard) -> Row:
    """Return a case's personal data: everything that the standard does not allow in clear."""
    return VaultRow(
        case_id=case_id,
        subject=need.subject,
        description=need.description,
        fields=kept_back(need.fields, standard),
        customer=_known(need.customer),
    ).row


def note_row(case_id: str, contact_id: UUID, note: str) -> Row:
    """Return the note of a contact; the event says only that it took place."""
    return NoteRow(case_id=case_id, contact_id=contact_id, note=note).row


def kept_back(fields: Mapping[str, str], standard: Standard) -> dict[str, str]:
    """Return the fields that may not be said in clear."""
    return {name: fields[name] for name in sorted(fields) if name not in standard.attributes}


def _known(customer: Customer) -> dict[str, str]:
    return {name: value for name, value in msgspec.to_builtins(customer).items() if value}
