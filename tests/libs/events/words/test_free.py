"""Free text of people: a reference to it is on the log, the words are in the vault."""

from dataclasses import fields
from typing import get_type_hints

import pytest

from libs.events.catalogue import intake, routing
from libs.events.words.event import TYPES, Topic, free_fields
from libs.events.words.free import PREFIX, Spoken

WORDS = "Ottilie, +49 30 5550199"
REFERENCE = Spoken("c1", "pepper").text(WORDS)


def declared(name, value):
    return (name, value) == ("decided_by", "quality")


@pytest.mark.parametrize(
    ("why", "output", "said", "kept"),
    [
        ("a name", "solution_report", "solution_report", {}),
        ("a name and a declared value", "decided_by=quality", "decided_by=quality", {}),
        ("a name and any value", f"note={WORDS}", f"note={REFERENCE}", {REFERENCE: WORDS}),
        ("spaces around", f" note = {WORDS} ", f"note={REFERENCE}", {REFERENCE: WORDS}),
        ("a declared value under another name", "note=quality", None, ["quality"]),
        ("words instead of a name", WORDS, REFERENCE, {REFERENCE: WORDS}),
        ("words before the sign", "Ottilie=x", None, ["Ottilie=x"]),
        ("no value", "note=", "note=", {}),
    ],
)
def test_an_output_is_said_without_the_words_in_it(why, output, said, kept):
    spoken = Spoken("c1", "pepper")
    found = spoken.output(output, declared)
    if said is None:
        assert PREFIX in found and list(spoken.kept.values()) == kept, why
    else:
        assert (found, spoken.kept) == (said, kept), why


def test_the_same_words_of_one_case_have_one_reference_that_tells_nothing_of_them():
    assert Spoken("c1", "pepper").text(WORDS) == REFERENCE
    assert len({REFERENCE, Spoken("c2", "pepper").text(WORDS), Spoken("c1", "salt").text(WORDS)}) == 3
    assert Spoken("c1").text("") == ""


def test_an_event_says_references_and_the_rest_as_it_is():
    spoken = Spoken("c1", "pepper")
    said = spoken.event(routing.CaseAssigned(team="t", agent="bo", reason=WORDS))
    assert said == routing.CaseAssigned(team="t", agent="bo", reason=REFERENCE)
    assert [(row.table, row.key, row.values) for row in spoken.rows()] == [("words", ("c1", REFERENCE), (WORDS,))]
    untouched = intake.ContactLogged(direction="inbound", channel="web", purpose="info")
    assert spoken.event(untouched) is untouched


IN_CLEAR = {
    "case.registered": {
        "channel",
        "customer_ref",
        "kind",
        "process_id",
        "fields",
        "missing",
        "external_ref",
        "system",
        "follows",
    },
    "contact.logged": {"direction", "channel", "purpose", "agent"},
    "case.info_supplied": {"fields", "missing"},
    "attachment.added": {"hash", "media_type", "agent", "node"},
    "record.attached": {"form", "record", "hash", "missing", "agent"},
    "customer.confirmed": {"subject", "decision", "agent"},
    "case.due_changed": set(),
    "case.cancelled": set(),
    "import.fact_recorded": {"system", "fact", "data"},
    "import.figures_stated": {"system", "figures"},
    "case.classified": {"service_class", "category", "severity", "rule", "process_id", "initial_handling"},
    "case.graded": {"grade", "rule"},
    "case.assigned": {"team", "agent", "role", "rule"},
    "case.escalated": {"kind", "to_role", "agent"},
    "case.escalation_acknowledged": {"agent"},
    "node.entered": {"node"},
    "node.assigned": {"node", "team", "agent", "rule"},
    "node.progressed": {"node", "kind", "agent"},
    "gate.requested": {"node", "gate", "approver", "agent"},
    "gate.decided": {"node", "gate", "decision", "agent"},
    "node.skipped": {"node"},
    "node.started": {"node", "agent"},
    "node.completed": {"node", "agent"},
    "node.returned": {"node", "to_node"},
    "case.exception_raised": {"code"},
    "case.exception_cleared": {"code"},
    "case.resolved": {"outcome", "agent", "team", "repeats"},
    "case.reopened": set(),
    "case.closed": {"outcome", "repeats"},
    "survey.scheduled": {"survey_id"},
    "survey.sent": {"survey_id", "channel", "agent", "team"},
    "survey.answered": {"survey_id", "scores"},
    "survey.expired": {"survey_id", "reason"},
    "correction.opened": {"owner", "figure", "process_id"},
    "correction.started": {"agent"},
    "correction.done": set(),
    "correction.verified": set(),
    "correction.closed": set(),
    "risk.registered": {"owner", "kind", "level"},
    "risk.assessed": {"level"},
    "risk.checked": {"agent"},
    "risk.closed": set(),
}
"""Names, codes, ids and words of a standard. A new field that takes words is either free or is put here on purpose."""


@pytest.mark.parametrize(
    "kind", [one for one in TYPES.values() if one.topic is not Topic.STANDARDS and one.owner != "sla"], ids=str
)
def test_every_field_that_people_write_freely_is_marked(kind):
    hints = get_type_hints(kind.cls)
    texts = {one.name for one in fields(kind.cls) if "str" in str(hints[one.name]) or hints[one.name] is str}
    texts |= {name for name, hint in hints.items() if "dict" in str(hint)}
    assert texts - set(free_fields(kind.cls)) == IN_CLEAR[kind.name]
