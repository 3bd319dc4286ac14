"""What never enters an event: the case's words, the form's other fields, the customer's data, the notes of contacts.

Rows for the kept schema intake_core, written in the transaction of the events they belong to (tables.VAULT).
"""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from libs.events.catalogue.standard import Standard
from libs.events.words.row import Row
from services.intake.domain.customer import Customer
from services.intake.domain.need import Need


def vault_row(case_id: str, need: Need, standard: Standard) -> Row:
    """Return what the vault keeps of a case: everything the standard does not allow to be said in clear."""
    return Row(
        "vault",
        (case_id,),
        (need.subject, need.description, _json(kept_back(need.fields, standard)), _json(_known(need.customer))),
    )


def note_row(case_id: str, contact_id: UUID, note: str) -> Row:
    """Return what was said at a contact, beside the event that says that it took place."""
    return Row("contact_notes", (case_id, contact_id), (note,))


def kept_back(fields: Mapping[str, str], standard: Standard) -> dict[str, str]:
    """Return the fields that may not be said in clear."""
    return {name: fields[name] for name in sorted(fields) if name not in standard.attributes}


def _known(customer: Customer) -> dict[str, str]:
    return {name: value for name, value in msgspec.to_builtins(customer).items() if value}


def _json(words: dict[str, str]) -> str:
    return msgspec.json.encode(words).decode()
