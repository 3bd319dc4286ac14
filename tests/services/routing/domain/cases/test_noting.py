"""Notes about the work at a node: they are of the visit where the case stands, and help that is asked for is seen."""

import pytest

from libs.events.catalogue.routing import NodeProgressed
from libs.events.log.envelope import draft
from libs.events.testing.spec import given
from services.routing.books import CASES
from services.routing.domain.cases.decisions import complete, note, send_back, start
from services.routing.domain.cases.visit import Note
from tests.services.routing.samples import COMPLAINT, LATER, new_case, owes, pass_nodes

AT_N2 = pass_nodes(new_case(), COMPLAINT, "n1")


def noted(case, kind="progress", text="words:1", node="n2", **by):
    return case.after(note, COMPLAINT, node=node, kind=kind, note=text, at=LATER, **by)


@pytest.mark.parametrize("kind", ["progress", "problem", "help"])
def test_a_note_is_said_of_the_visit_and_changes_nothing_else(kind):
    AT_N2.when(note, COMPLAINT, node="n2", kind=kind, note="words:1", agent="ann", at=LATER).then(
        NodeProgressed(node="n2", kind=kind, note="words:1", agent="ann")
    )
    after = noted(AT_N2, kind, agent="ann")
    assert after.state.notes == [Note(LATER, "n2", 1, kind, "words:1", "ann")]
    assert (after.state.node, after.state.started, after.state.worker) == ("n2", False, AT_N2.state.worker)


def test_who_has_not_got_the_work_may_note_too():
    begun = AT_N2.after(start, COMPLAINT, node="n2", agent="ann", at=LATER)
    assert noted(begun, agent="bob").state.worker.name == "ann"
    assert noted(begun, actor="desk").state.notes[-1].agent == "desk"


def test_help_is_asked_for_until_the_visit_ends():
    asked = noted(noted(AT_N2.after(start, COMPLAINT, node="n2", at=LATER), "help"), "progress")
    assert asked.state.asks_help and not noted(AT_N2, "problem").state.asks_help
    on = asked.after(complete, COMPLAINT, node="n2", outputs=owes(COMPLAINT, "n2"), at=LATER)
    assert not on.state.asks_help and len(on.state.notes) == 2
    back = on.after(send_back, COMPLAINT, node="n3", to_node="n2", reason="r", at=LATER)
    assert noted(back).state.notes[-1].visit == 2


def test_a_note_that_is_heard_of_a_node_where_the_case_is_not_is_kept():
    said = draft(NodeProgressed(node="n5", kind="help", note="words:9", agent="ann", occurrence=3), "c1", LATER, sequence=99)
    late = given(CASES, *AT_N2.facts, said).state
    assert late.notes == [Note(LATER, "n5", 3, "help", "words:9", "ann")] and not late.asks_help


def test_a_case_shows_the_newest_notes(monkeypatch):
    monkeypatch.setattr("services.routing.domain.cases.folding.NOTES_MAX", 2)
    case = noted(noted(noted(AT_N2, text="words:1"), text="words:2"), text="words:3")
    assert [one.note for one in case.state.notes] == ["words:2", "words:3"]


@pytest.mark.parametrize(
    ("why", "named", "code"),
    [
        ("where the case is not", {"node": "n5", "note": "words:1"}, "not-at-node"),
        ("at what is not there", {"node": "n99", "note": "words:1"}, "unknown-node"),
        ("of a kind that is not there", {"node": "n2", "note": "words:1", "kind": "joke"}, "unknown-kind"),
        ("nothing", {"node": "n2"}, "note-missing"),
    ],
)
def test_refused(why, named, code):
    AT_N2.when(note, COMPLAINT, **named, at=LATER).refused(code)
