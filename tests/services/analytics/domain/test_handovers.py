"""Who does the work of a visit: whom the log names for it, else those who answer for the case; and what a transfer is."""

import pytest

from libs.events.catalogue.routing import (
    GateDecided,
    GateRequested,
    NodeAssigned,
    NodeCompleted,
    NodeEntered,
    NodeProgressed,
    NodeSkipped,
    NodeStarted,
)
from services.analytics.domain.happened import Decision, Handover, Note, Skip
from tests.services.analytics.story import REGISTERED, assigned, at, case

OWNED, ARRIVED = (1, assigned("front", "ann")), (2, NodeEntered(node="n4"))
TO_QUALITY = NodeAssigned(node="n4", team="quality", rule="role")
TO_LAB = NodeAssigned(node="n4", team="lab", reason="words:1")
TO_QA1, TO_QA2 = NodeAssigned(node="n4", team="quality", agent="qa-1"), NodeAssigned(node="n4", team="quality", agent="qa-2")
BEGUN = NodeStarted(node="n4", agent="qa-1")


@pytest.mark.parametrize(
    ("why", "told", "team", "agent"),
    [
        ("nobody else is named", (), "front", "ann"),
        ("it waits for the team of its role", (TO_QUALITY,), "quality", ""),
        ("somebody of that team began", (TO_QUALITY, BEGUN), "quality", "qa-1"),
        ("it was given to one of them", (TO_QUALITY, TO_QA2), "quality", "qa-2"),
        ("it was given on", (TO_QUALITY, BEGUN, TO_QA2), "quality", "qa-2"),
        ("it went to a third team", (TO_QUALITY, BEGUN, TO_LAB), "lab", ""),
        ("the case got another owner", (TO_QUALITY, BEGUN, assigned("front", "bob")), "quality", "qa-1"),
        ("the case got another owner, and nobody else was named", (assigned("front", "bob"), NodeStarted(node="n4")),
         "front", "bob"),
        ("who completed it did it", (TO_QUALITY, NodeCompleted(node="n4", agent="qa-3")), "quality", "qa-3"),
    ],
)  # fmt: skip
def test_who_does_the_work(why, told, team, agent):
    story = case(REGISTERED, OWNED, ARRIVED, *((n, one) for n, one in enumerate(told, 3)))
    (visit,) = story.visits
    assert (visit.team, visit.agent) == (team, agent), why


@pytest.mark.parametrize(
    ("why", "told", "transfers"),
    [
        ("the way of the standard", (TO_QUALITY,), 0),
        ("nobody had it", (TO_QUALITY, TO_QA1), 0),
        ("to another team", (TO_QUALITY, TO_LAB), 1),
        ("from hand to hand", (TO_QUALITY, BEGUN, TO_QA2), 1),
        ("to the same again", (TO_QUALITY, BEGUN, TO_QA1), 0),
        ("back and forth", (TO_QUALITY, BEGUN, TO_LAB, TO_QA1), 2),
    ],
)
def test_a_transfer_takes_the_work_from_somebody(why, told, transfers):
    story = case(REGISTERED, OWNED, ARRIVED, *((n, one) for n, one in enumerate(told, 3)))
    assert len(story.transfers) == transfers, why


def test_a_hand_over_keeps_its_visit_and_its_reason():
    story = case(REGISTERED, OWNED, ARRIVED, (3, NodeCompleted(node="n4")), (4, NodeEntered(node="n4", occurrence=2)),
                 (5, NodeAssigned(node="n4", team="lab", reason="words:1", occurrence=2)))  # fmt: skip
    assert story.handovers == [Handover(at(5), 2, "n4", "lab", "", "", "words:1", True)]


def test_a_skipped_node_ends_its_visit_and_makes_none_where_the_case_never_stood():
    skipped, never = NodeSkipped(node="n4", reason="words:1"), NodeSkipped(node="n5")
    story = case(REGISTERED, OWNED, ARRIVED, (3, skipped), (3, never), (3, NodeEntered(node="n6")))
    assert [(one.node, one.is_open) for one in story.visits] == [("n4", False), ("n6", True)]
    assert story.skips == [Skip(at(3), "n4", 1, 1, "words:1", "front", "ann"), Skip(at(3), "n5", 1, 0, "", "front", "ann")]


def test_a_note_is_kept_with_its_visit_and_the_team_that_did_the_work():
    noted = NodeProgressed(node="n4", kind="help", note="words:1", agent="qa-1")
    story = case(REGISTERED, OWNED, ARRIVED, (3, TO_QUALITY), (4, noted))
    late = case(REGISTERED, OWNED, (4, noted))
    assert (late.visits, late.notes) == ([], [Note(at(4), 0, "n4", 1, "help", "words:1", "front", "qa-1")])
    assert story.notes == [Note(at(4), 1, "n4", 1, "help", "words:1", "quality", "qa-1")]


def test_a_decision_is_kept_from_asking_to_deciding():
    asked = GateRequested(node="n4", gate="plan", approver="lead", agent="qa-1")
    no = GateDecided(node="n4", gate="plan", decision="rejected", agent="max", reason="words:1")
    story = case(REGISTERED, OWNED, ARRIVED, (3, TO_QUALITY), (4, asked), (6, no), (7, asked))
    assert story.decisions == [
        Decision("plan", "n4", 1, "lead", at(4), "qa-1", "quality", at(6), "rejected", "max", "words:1"),
        Decision("plan", "n4", 1, "lead", at(7), "qa-1", "quality"),
    ]
    other = GateRequested(node="n4", gate="cost", approver="lead", agent="qa-1")
    two = case(REGISTERED, OWNED, ARRIVED, (4, asked), (5, other), (6, no))
    assert [(one.gate, one.decision) for one in two.decisions] == [("plan", "rejected"), ("cost", "")], "each has its own"
    late = case(REGISTERED, OWNED, (6, no))
    assert late.decisions == [Decision("plan", "n4", 1, "", at(6), "", "front", at(6), "rejected", "max", "words:1")]
