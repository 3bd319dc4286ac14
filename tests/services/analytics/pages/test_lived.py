"""What a case's pictures draw is what its rows and facts say."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.pictures.clock_bars import Stretch
from services.analytics.pages.lived import Named, clocks_of, happenings_of, way
from services.analytics.queries.timeline import Moment
from tests.services.analytics.story import at

WORDS = {f"status {one}": one for one in ("running", "met", "breached", "late")}
WORDS |= {f"service {one}": one.title() for one in ("intake", "routing", "survey")} | {"kind response": "First response"}
NAMED = Named(WORDS, {"n1": "First"}, "http://sla")


def clock(**changes: Any) -> dict[str, Any]:
    row = {
        "case_id": "c/1", "clock": "cycle", "kind": "cycle", "node": "", "occurrence": 1, "status": "running",
        "started_at": at(0), "due_at": at(60), "ended_at": None,
    }  # fmt: skip
    return row | changes


def fact(minute: float, kind: str, **data: Any) -> Moment:
    told = {"clock": "cycle"} | data
    return Moment(UUID(int=1), at(minute), at(minute), f"{kind}.v1", "sla", "", "live", "", told)


WHY = "awaiting_customer"
PAUSED, RESUMED = fact(10, "clock.paused", reason=WHY), fact(25, "clock.resumed")


@pytest.mark.parametrize(
    ("why", "row", "facts", "stretches"),
    [
        ("it runs", {}, [], [("counted", 0, 40, "")]),
        ("it ended", {"ended_at": at(30)}, [], [("counted", 0, 30, "")]),
        (
            "a pause",
            {},
            [PAUSED, RESUMED],
            [("counted", 0, 10, ""), ("paused", 10, 25, WHY), ("counted", 25, 40, "")],
        ),
        ("a pause that lasts", {}, [PAUSED], [("counted", 0, 10, ""), ("paused", 10, 40, WHY)]),
        ("paused from the start", {"started_at": at(10)}, [PAUSED], [("paused", 10, 40, WHY)]),
        ("another clock's pause", {}, [fact(10, "clock.paused", clock="other")], [("counted", 0, 40, "")]),
        ("its second life's pause", {}, [fact(10, "clock.paused", occurrence=2)], [("counted", 0, 40, "")]),
        ("a fact that is no pause", {}, [fact(10, "clock.met")], [("counted", 0, 40, "")]),
        ("a pause behind its end", {"ended_at": at(5)}, [PAUSED], [("counted", 0, 5, "")]),
        ("it ended where it began", {"ended_at": at(0)}, [], []),
    ],
)
def test_a_clock_counts_between_its_pauses(
    why: str, row: dict[str, Any], facts: list[Moment], stretches: list[tuple[Any, float, float, str]]
) -> None:
    (drawn,) = clocks_of([clock(**row)], facts, at(40), NAMED)
    assert list(drawn.stretches) == [Stretch(what, at(since), at(until), reason) for what, since, until, reason in stretches]
    assert sum((one.until - one.since for one in drawn.stretches), timedelta()) == drawn.until - drawn.since


def test_a_clock_is_called_by_its_node_or_its_kind_and_leads_to_its_explanation() -> None:
    rows = [
        clock(clock="node:n1", kind="node", node="n1", occurrence=2),
        clock(status="breached", ended_at=at(90)),
        clock(clock="response", occurrence=3),
        clock(started_at=None),
    ]
    first, second, third = clocks_of(rows, [], at(100), NAMED)
    assert (first.label, first.href) == ("First/2", "http://sla/clocks/c%2F1/node%3An1/2/explain")
    assert (second.label, second.outcome) == ("cycle", "late")
    assert third.label == "First response/3"


def node(n: int) -> dict[str, Any]:
    return {"node": f"n{n}", "name_en": f"Node {n}", "name_zh": f"节点{n}", "key_node": n == 2}


def visit(n: int, done: float | None = None, returned: bool = False) -> dict[str, Any]:
    return {"node": f"n{n}", "completed_at": None if done is None else at(done), "returned": returned}


@pytest.mark.parametrize(
    ("why", "visits", "here", "states"),
    [
        ("nothing yet", [], "", ["ahead", "ahead", "ahead"]),
        ("at the first", [visit(1)], "n1", ["here", "ahead", "ahead"]),
        ("the second was passed", [visit(1, 1), visit(3)], "n3", ["done", "skipped", "here"]),
        ("sent back", [visit(1, 1), visit(2, returned=True), visit(1)], "n1", ["here", "ahead", "ahead"]),
        ("all done", [visit(1, 1), visit(2, 2), visit(3, 3)], "", ["done", "done", "done"]),
        ("at a node that the standard does not have", [visit(9)], "n9", ["ahead", "ahead", "ahead"]),
    ],
)
def test_each_node_of_the_standard_says_what_was_made_of_it(why: str, visits: Any, here: str, states: list[str]) -> None:
    steps = way([node(1), node(2), node(3)], visits, here, "zh")
    assert [one.state for one in steps] == states
    assert [one.name for one in steps] == ["节点1", "节点2", "节点3"]


@pytest.mark.parametrize(
    ("kind", "service", "looks"),
    [
        ("registered", "intake", "done"),
        ("contact_response", "intake", "done"),
        ("node", "routing", "done"),
        ("survey_sent", "survey", "done"),
        ("closed", "routing", "good"),
        ("of a later release", "routing", "done"),
    ],
)
def test_what_happened_stands_in_the_lane_of_who_did_it(kind: str, service: str, looks: str) -> None:
    row = {"kind": kind, "agent": "", "team": "a", "activity_en": "Done", "at": at(1), "until": at(1)}
    (one,) = happenings_of([row], "en", WORDS)
    assert (one.service.lower(), one.person, one.label, one.until, one.kind) == (service, "a", "Done", None, looks)
