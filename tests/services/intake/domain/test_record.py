"""A filled form is judged by the version of its case; what is missing is named, and its words stay out of the event."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from msgspec.json import encode

from libs.events.catalogue.intake import CaseRegistered, RecordAttached
from libs.events.log.schema import check
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import given, happened, knowing
from libs.events.words.now import derived_id
from services.intake.books import CASES
from services.intake.domain.case import cancel
from services.intake.domain.record import RECORDS_MAX, attach, hash_of
from tests.services.intake.domain.test_case import AT, LATER, NEW

OTHER = replace(STANDARD, version=2, forms={})
SHELF = knowing(STANDARD, OTHER)
ID = derived_id("record", "a")
WHOLE = {"cause": "a short circuit", "remedy": "replace"}
TOLD = {"at": LATER, "actor": "desk", "agent": "ann", "id": ID, "pepper": "p"}


def registered(version: int = 1) -> Any:
    said = CaseRegistered(channel="web", customer_ref="k", process_id=STANDARD.process_id, process_version=version)
    return given(CASES, *happened("c1", AT, said))


CASE = registered()


def proof(data: dict[str, Any], case_id: str = "c1", record: UUID = ID, pepper: str = "p") -> str:
    return hash_of(data, case_id=case_id, record=str(record), pepper=pepper)


@pytest.mark.parametrize(
    ("why", "data", "kept", "lacks"),
    [
        ("all is there", WHOLE, WHOLE, ()),
        ("more than is mandatory", WHOLE | {"cost": 7.5}, WHOLE | {"cost": 7.5}, ()),
        ("something is missing", {"cause": "heat"}, {"cause": "heat"}, ("remedy",)),
        ("blanks are nothing", {"cause": " ", "remedy": None}, {}, ("cause", "remedy")),
    ],
)
def test_a_record_is_kept_and_what_it_lacks_is_named(why, data, kept, lacks):
    said = CASE.when(attach, "solution_report", data, SHELF, **TOLD)
    said.then(RecordAttached(form="solution_report", record=str(ID), hash=proof(kept), missing=lacks, agent="ann"))
    (fact,) = said.facts
    check(fact)
    assert (fact.id, fact.time, fact.actor) == (ID, LATER, "desk"), why
    assert not any(word in encode(fact.data).decode() for word in ("circuit", "heat"))
    assert CASE.after(attach, "solution_report", data, SHELF, **TOLD).state.records == {str(ID): "solution_report"}


def test_what_does_not_fit_is_refused_with_every_place():
    data = {"cause": 7, "remedy": "burn", "cost": -1, "colour": "red", "a/b~c": 1}
    refusal = CASE.when(attach, "solution_report", data, SHELF, **TOLD).refused("record-wrong")
    assert refusal.status == 422 and refusal.detail.startswith("5 fields do not fit solution_report")
    assert [(one["pointer"], one["code"]) for one in refusal.errors] == [
        ("#/data/a~1b~0c", "unknown-field"),
        ("#/data/cause", "type"),
        ("#/data/colour", "unknown-field"),
        ("#/data/cost", "minimum"),
        ("#/data/remedy", "enum"),
    ]


@pytest.mark.parametrize(
    ("why", "case", "form", "code"),
    [
        ("a form that is none", CASE, "solution", "unknown-form"),
        ("a version that has no forms", registered(2), "solution_report", "unknown-form"),
        ("no case", NEW, "solution_report", "unknown-case"),
    ],
)
def test_refused(why, case, form, code):
    refusal = case.when(attach, form, WHOLE, SHELF, **TOLD).refused(code)
    assert refusal.status == (404 if code == "unknown-case" else 422), why


def test_it_is_attached_also_when_the_case_is_over_because_it_is_there():
    over = CASE.after(cancel, "words:1", at=LATER, actor="a")
    assert len(over.when(attach, "solution_report", WHOLE, SHELF, **TOLD).facts) == 1


@pytest.mark.parametrize(("there", "code"), [(RECORDS_MAX - 1, None), (RECORDS_MAX, "too-many-records")])
def test_a_case_has_so_many_records(there, code):
    said = [RecordAttached(form="solution_report", record=str(n), hash="h") for n in range(there)]
    full = given(CASES, *CASE.facts, *happened("c1", LATER, *said))
    decided = full.when(attach, "solution_report", WHOLE, SHELF, **TOLD)
    assert decided.refusal is None if code is None else decided.refused(code).status == 409
    again = {**TOLD, "id": UUID(int=0)}
    known = given(CASES, *full.facts, *happened("c1", LATER, RecordAttached(form="f", record=str(UUID(int=0)), hash="h")))
    known.when(attach, "solution_report", WHOLE, SHELF, **again).then(
        RecordAttached(form="solution_report", record=str(UUID(int=0)), hash=proof(WHOLE, record=UUID(int=0)), agent="ann")
    )


def test_the_hash_is_of_the_words_whatever_their_order_and_of_nothing_else():
    assert proof(WHOLE) == proof(dict(reversed(WHOLE.items())))
    others = [proof({**WHOLE, "cost": 1}), proof(WHOLE, case_id="c2"), proof(WHOLE, record=UUID(int=1)), proof(WHOLE, pepper="q")]
    assert len({proof(WHOLE), *others}) == 5
