"""Each visit is one step, and what it took is the time of the node's own clock of that visit, else elapsed."""

from typing import Any

import pytest

from libs.events.catalogue.routing import CaseClosed, CaseReopened, NodeCompleted, NodeEntered, NodeReturned
from libs.events.catalogue.sla import ClockBreached, ClockCancelled, ClockEnded, ClockMet, ClockStarted
from services.analytics.domain.steps import END, HERE, START, path_word
from tests.services.analytics.story import MINUTE_US, REGISTERED, at, case, table


def entered(node: str, visit: int = 1) -> NodeEntered:
    return NodeEntered(node=node, occurrence=visit)


def done(node: str, visit: int = 1) -> NodeCompleted:
    return NodeCompleted(node=node, occurrence=visit)


def clock(node: str, visit: int = 1) -> ClockStarted:
    return ClockStarted(
        clock=f"node:{node}", kind="node", limit="1h", due_at=at(60), process_version=1, node=node, occurrence=visit
    )


def met(node: str, used: int, visit: int = 1) -> ClockMet:
    return ClockMet(clock=f"node:{node}", due_at=at(60), used_us=used, paused_us=0, occurrence=visit)


BROKEN = ClockBreached(clock="node:n1", due_at=at(60))
LATE = ClockEnded(clock="node:n1", due_at=at(60), used_us=7, paused_us=0)
LAPSED = ClockCancelled(clock="node:n1", reason="closed")
OVER = CaseClosed()

STORIES: list[tuple[str, list[Any], list[Any]]] = [
    ("a case that went nowhere stands", [], [(START, HERE, 1, 0, 0, 0, 0)]),
    ("a case that went nowhere is over", [(9, OVER)], [(START, END, 1, 0, 0, 0, 0)]),
    ("it stands at a node", [(1, entered("n1"))], [(START, "n1", 1, 0, 0, 0, 0), ("n1", HERE, 1, 0, 0, 0, 0)]),
    ("elapsed", [(1, entered("n1")), (3, done("n1")), (9, OVER)], [(START, "n1", 1, 0, 0, 0, 0), ("n1", END, 1, 1, 0, 0, 0)]),
    (
        "over, and going on again",
        [(1, entered("n1")), (3, done("n1")), (9, OVER), (10, CaseReopened())],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", HERE, 1, 1, 0, 0, 0)],
    ),
    (
        "by its clock",
        [(1, entered("n1")), (1, clock("n1")), (3, done("n1")), (3, met("n1", 5)), (3, entered("n2"))],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", "n2", 1, 1, 1, 0, 1), ("n2", HERE, 1, 0, 0, 0, 0)],
    ),
    (
        "broken and not done",
        [(1, entered("n1")), (1, clock("n1")), (60, BROKEN)],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", HERE, 1, 0, 0, 1, 1)],
    ),
    (
        "done late",
        [(1, entered("n1")), (1, clock("n1")), (60, BROKEN), (70, done("n1")), (70, LATE)],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", HERE, 1, 1, 1, 1, 1)],
    ),
    (
        "a clock that lapsed decides nothing",
        [(1, entered("n1")), (1, clock("n1")), (9, OVER), (9, LAPSED)],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", END, 1, 0, 0, 0, 0)],
    ),
    (
        "back and forth, and the same step twice",
        [
            (1, entered("n1")),
            (2, done("n1")),
            (2, entered("n2")),
            (3, NodeReturned(node="n2", to_node="n1", reason="r")),
            (3, entered("n1", 2)),
            (4, done("n1", 2)),
            (4, entered("n2", 2)),
        ],
        [(START, "n1", 1, 0, 0, 0, 0), ("n1", "n2", 2, 2, 0, 0, 0), ("n2", "n1", 1, 0, 0, 0, 0), ("n2", HERE, 1, 0, 0, 0, 0)],
    ),
]


@pytest.mark.parametrize(("why", "story", "steps"), STORIES, ids=[why for why, *_ in STORIES])
def test_steps_are_summed_by_where_they_lead(why: str, story: list[Any], steps: list[Any]) -> None:
    found = [tuple(row.values()) for row in table("steps", case(REGISTERED, *story))]
    assert sorted(found) == sorted((at(0).date(), "inbound-call", 1, *one) for one in steps), why


def test_a_visit_says_where_it_led_and_what_it_took_and_the_case_by_which_way_it_went() -> None:
    story = [
        (1, entered("n1")),
        (1, clock("n1")),
        (3, done("n1")),
        (3, met("n1", 5)),
        (3, entered("n2")),
        (4, done("n2")),
        (4, entered("n1", 2)),
        (4, clock("n1", 2)),
        (9, done("n1", 2)),
        (9, met("n1", 6, 2)),
        (9, entered('"> n3')),
    ]
    told = case(REGISTERED, *story)
    assert [(row["node"], row["next_node"], row["took_us"]) for row in table("node_visits", told)] == [
        ("n1", "n2", 5),
        ("n2", "n1", MINUTE_US),
        ("n1", '"> n3', 6),
        ('"> n3', HERE, None),
    ]
    (row,) = table("cases", told)
    assert row["path"] == path_word(["n1", "n2", "n1", '"> n3']) == '["n1","n2","n1","\\"> n3"]'
    assert {(one["process_id"], one["process_version"], one["received_at"]) for one in table("node_visits", told)} == {
        ("inbound-call", 1, at(0))
    }


def test_a_visit_without_a_beginning_took_no_time_that_is_known() -> None:
    rows = table("node_visits", case(REGISTERED, (3, done("n1")), (5, entered("n1"))))
    assert [row["took_us"] for row in rows] == [None, None]
