"""The vault keeps what is not said, all of it, and nothing that is."""

from dataclasses import replace

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec import Raw

from libs.events.testing.sample_standard import STANDARD
from libs.events.words.now import derived_id
from services.intake.domain.customer import Customer
from services.intake.domain.need import Need, in_clear
from services.intake.domain.vault import kept_back, note_row, vault_row
from services.intake.tables import VAULT

NEED = Need(channel="web", process_id=STANDARD.process_id, subject="s", description="d", customer=Customer(name="李娜"))


@pytest.mark.slow
@forall(st.dictionaries(st.sampled_from([*STANDARD.attributes, *STANDARD.required, "serial", "x"]), st.text(max_size=20)))
def test_every_field_is_either_said_or_kept(fields):
    said, kept = in_clear(fields, STANDARD), kept_back(fields, STANDARD)
    assert said | kept == fields
    assert not said.keys() & kept.keys()


def test_the_row_is_what_the_table_has():
    row = vault_row("c1", replace(NEED, fields={"impact": "batch", "serial": "SN"}), STANDARD)
    columns = [column.name for column in VAULT[row.table].stored]
    assert dict(zip(columns, row.key + row.values, strict=True)) == {
        "case_id": "c1",
        "subject": "s",
        "description": "d",
        "fields": Raw(b'{"serial":"SN"}'),
        "customer": Raw('{"name":"李娜"}'.encode()),
    }


def test_a_note_stands_beside_its_contact():
    contact = derived_id("contact", "x")
    row = note_row("c1", contact, "called back")
    assert (row.key, row.values) == (("c1", contact), ("called back",))
    assert len(row.key + row.values) == len(VAULT[row.table].stored)
