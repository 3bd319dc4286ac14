"""A node is complete when all it owes is there: records of its forms, decisions, the case's words, its other outputs."""

from dataclasses import replace

import pytest

from libs.events.catalogue.forms import bounded
from libs.events.catalogue.intake import RecordAttached
from libs.events.catalogue.routing import NodeCompleted
from libs.events.catalogue.standard import Form, Gate, Label
from libs.events.log.envelope import draft
from libs.events.testing.spec import given
from services.routing.books import CASES
from services.routing.domain.cases.decisions import complete, decide, reopen, request, send_back, start
from services.routing.domain.cases.possible import offers
from tests.services.routing.samples import COMPLAINT, LATER, new_case, pass_nodes

SCHEMA = bounded({"type": "object", "properties": {"cause": {"type": "string"}}})
FORMS = {id: Form(en=id, zh=id, schema=SCHEMA) for id in ("solution_report", "handling_result")}
N4 = {"outputs": ("solution_report", "responsible_department")}
WORDS = replace(COMPLAINT, nodes=tuple(replace(one, **N4) if one.id == "n4" else one for one in COMPLAINT.nodes))
STANDARD = replace(WORDS, forms=FORMS)
GATE = Gate(id="plan_approval", name=Label(en="Plan", zh="方案"), approver="quality_manager")
GATED = replace(STANDARD, nodes=tuple(replace(one, gates=(GATE,)) if one.id == "n4" else one for one in STANDARD.nodes))
AT_N4 = pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3").after(start, STANDARD, node="n4", agent="eva", at=LATER)
WHO = "responsible_department=production"
DONE = {"node": "n4", "agent": "eva", "outputs": [WHO], "at": LATER}


def record(case, record="r1", form="solution_report", missing=()):
    """Return the case after a record was attached to it."""
    at, sequence = LATER, case.state.last_sequence + 1
    said = draft(RecordAttached(form=form, record=record, hash="h", missing=missing), "c1", at, sequence=sequence)
    return given(CASES, *case.facts, said)


def test_a_form_is_there_when_a_record_of_it_is_and_the_outputs_name_it():
    completed = record(AT_N4).when(complete, STANDARD, **DONE).facts[0].data
    assert completed == NodeCompleted(node="n4", agent="eva", outputs=(WHO, "solution_report=r1"))


def test_of_several_records_the_newest_that_lacks_nothing_counts():
    case = record(record(record(AT_N4, "r1"), "r2"), "r3", missing=("cause",))
    assert "solution_report=r2" in case.when(complete, STANDARD, **DONE).facts[0].data.outputs


@pytest.mark.parametrize(
    ("why", "case", "outputs", "owes"),
    [
        ("no record", AT_N4, [WHO], "a record of solution_report"),
        ("of another form", record(AT_N4, form="handling_result"), [WHO], "a record of solution_report"),
        ("one that lacks something", record(AT_N4, missing=("cause", "parts/0")), [WHO], "solution_report with cause, parts/0"),
        ("the newest of those says what", record(record(AT_N4, missing=("a",)), "r2", missing=("b",)), [WHO],
         "solution_report with b"),
        ("all of it at once", AT_N4, [], "a record of solution_report, responsible_department"),
        ("all of it at once, with a value", AT_N4, ["responsible_department"],
         "a record of solution_report, responsible_department=<who>"),
    ],
)  # fmt: skip
def test_without_one_it_is_not_complete(why, case, outputs, owes):
    refusal = case.when(complete, STANDARD, **{**DONE, "outputs": outputs}).refused("node-incomplete")
    assert (refusal.status, refusal.detail) == (409, f"n4 still owes {owes}."), why


def test_everything_that_is_missing_is_listed_for_programs():
    case = record(AT_N4, missing=("cause",))
    refusal = case.when(complete, GATED, node="n4", agent="eva", outputs=[], at=LATER).refused("node-incomplete")
    assert [(one["name"], one["code"]) for one in refusal.errors] == [
        ("responsible_department", "output-missing"),
        ("solution_report", "record-incomplete"),
        ("plan_approval", "decision-missing"),
    ]


def test_where_only_words_are_missing_they_may_still_be_written():
    refusal = record(AT_N4).when(complete, STANDARD, **{**DONE, "outputs": []}).refused("output-missing")
    assert (refusal.status, refusal.detail) == (422, "n4 still owes responsible_department.")


@pytest.mark.parametrize("word", ["solution_report", "solution_report=r1", " solution_report = yes"])
@pytest.mark.parametrize("case", [AT_N4, record(AT_N4)])
def test_no_word_stands_for_a_form(case, word):
    assert case.when(complete, STANDARD, **{**DONE, "outputs": [WHO, word]}).refused("form-output").status == 422


@pytest.mark.parametrize(("case", "offered"), [(AT_N4, False), (record(AT_N4, missing=("a",)), False), (record(AT_N4), True)])
def test_it_is_offered_when_nothing_has_to_happen_first(case, offered):
    assert ("complete" in offers(case.state, STANDARD, at=LATER)) is offered


ON = record(AT_N4).after(complete, STANDARD, **DONE)
AT_N5 = ON.after(start, STANDARD, node="n5", agent="ann", at=LATER)
BACK = AT_N5.after(send_back, STANDARD, node="n5", to_node="n4", reason="words:1", at=LATER)


def begun(case, standard=STANDARD):
    return case.after(start, standard, node="n4", agent="eva", at=LATER)


def test_after_a_return_the_record_counts_no_longer_and_a_new_one_does():
    case = begun(BACK)
    case.when(complete, STANDARD, **DONE).refused("node-incomplete")
    assert "solution_report=r2" in record(case, "r2").when(complete, STANDARD, **DONE).facts[0].data.outputs


def test_after_a_return_to_an_earlier_node_too_and_what_lies_further_on_stays():
    early = record(AT_N5, "r9", form="handling_result")  # of n6, where the case has never been
    case = early.after(send_back, STANDARD, node="n5", to_node="n3", reason="words:1", at=LATER)
    case = begun(pass_nodes(case, COMPLAINT, "n3"))
    case.when(complete, STANDARD, **DONE).refused("node-incomplete")
    case = record(case, "r2").after(complete, STANDARD, **DONE)
    case = pass_nodes(case, COMPLAINT, "n5").after(start, STANDARD, node="n6", agent="ann", at=LATER)
    (resolving, *_) = case.when(complete, STANDARD, node="n6", agent="ann", at=LATER).facts
    assert "handling_result=r9" in resolving.data.outputs


def test_after_a_return_from_where_a_record_was_made_it_counts_no_longer_either():
    case = record(AT_N4).after(send_back, STANDARD, node="n4", to_node="n3", reason="words:1", at=LATER)
    begun(pass_nodes(case, COMPLAINT, "n3")).when(complete, STANDARD, **DONE).refused("node-incomplete")


def test_a_no_at_a_gate_asks_for_another_record():
    asked = record(AT_N4).after(request, GATED, node="n4", gate="plan_approval", agent="eva", at=LATER)
    no = {"decision": "rejected", "reason": "words:1", "agent": "max"}
    case = begun(asked.after(decide, GATED, node="n4", gate="plan_approval", **no, at=LATER), GATED)
    refusal = case.when(complete, GATED, **DONE).refused("node-incomplete")
    assert refusal.detail == "n4 still owes a record of solution_report, the decision plan_approval."


def test_after_a_reopening_the_node_that_resolves_is_recorded_again():
    case = pass_nodes(ON, COMPLAINT, "n5").after(start, STANDARD, node="n6", agent="ann", at=LATER)
    case = record(case, "r3", form="handling_result").after(complete, STANDARD, node="n6", agent="ann", at=LATER)
    again = case.after(reopen, STANDARD, reason="words:2", at=LATER).after(start, STANDARD, node="n6", agent="ann", at=LATER)
    again.when(complete, STANDARD, node="n6", agent="ann", at=LATER).refused("node-incomplete")


def test_a_standard_without_forms_goes_on_by_words():
    words = {**DONE, "outputs": ["solution_report", WHO]}
    completed = record(AT_N4).when(complete, WORDS, **words).facts[0].data
    assert completed.outputs == ("solution_report", WHO)
