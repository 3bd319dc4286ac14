"""The borders of the key figures: what a case adds to each, by day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.events.catalogue import intake, routing, sla
from services.analytics.domain.figure import LISTED
from services.analytics.domain.figures import FIGURES
from services.analytics.domain.kpis.efficiency import class_mix
from services.analytics.domain.kpis.quality import closure
from services.analytics.projections import rows
from tests.services.analytics.story import (
    CLEARED,
    RAISED,
    REGISTERED,
    REOPENED,
    answer,
    assigned,
    at,
    case,
    inbound,
    named,
    resolved,
)

HOUR, DAY = 60, 24 * 60
TICK = 1 / 60_000_000
"""A microsecond, in the minutes in which these stories are told."""

WITHDRAWN = routing.CaseClosed(outcome="withdrawn")
CLOSED = routing.CaseClosed()
FOLLOWED_UP = answer(purpose="followup")
Added = list[tuple[str, int, int]]


def added(figure: str, *story: tuple[float, Any], zone: str = "UTC") -> Added:
    """Return day and month, numerator and denominator of what a case adds, in order; nothing where both are zero."""
    state = case(REGISTERED, *story)
    found = [named(row) for row in rows("case-1", state, ZoneInfo(zone)) if row.table == LISTED]
    told = [(row["day"], row["known_on"], row[f"{figure}_num"], row[f"{figure}_den"]) for row in found]
    return [
        (f"{day:%d}" if day == known else f"{day:%d} on {known:%d}", num, den)
        for day, known, num, den in sorted(told)
        if (num, den) != (0, 0)
    ]


def values(figure: str, *story: tuple[float, Any]) -> list[int]:
    """Return the values that a case adds, in minutes."""
    found = [named(row) for row in rows("case-1", case(REGISTERED, *story)) if row.table == "figure_values"]
    return [row["value"] // 60_000_000 for row in found if row["figure"] == figure]


@pytest.mark.parametrize(
    ("why", "story", "minutes"),
    [
        ("nobody answered", [], []),
        ("the first answer of a person", [(30, answer()), (40, answer())], [30]),
        ("a machine's is none", [(10, answer(automated=True)), (30, answer())], [30]),
        ("at once", [(0, answer())], [0]),
        ("before it came, as odd history has it", [(-1, answer())], []),
        ("cancelled before", [(29, WITHDRAWN), (30, answer())], []),
        ("cancelled at that instant", [(30, answer()), (30, WITHDRAWN)], []),
        ("cancelled after: what counted stays", [(30, answer()), (31, WITHDRAWN)], [30]),
        ("cancelled, and reopened before", [(10, WITHDRAWN), (20, REOPENED), (30, answer())], [30]),
        ("waiting for the customer", [(5, RAISED), (15, CLEARED), (30, answer())], [20]),
        ("still waiting", [(5, RAISED), (30, answer()), (40, CLEARED)], [5]),
        ("from before it came", [(-5, RAISED), (10, CLEARED), (30, answer())], [20]),
        ("waiting until the case ended", [(5, RAISED), (15, CLOSED), (20, REOPENED), (30, answer())], [20]),
        ("ended and not reopened yet", [(5, RAISED), (15, CLOSED), (30, answer())], [20]),
        ("for somebody else", [(5, routing.ExceptionRaised(code="awaiting_vendor")), (30, answer())], [30]),
    ],
)
def test_first_answer(why: str, story: list[Any], minutes: list[int]) -> None:
    assert values("first_answer", *story) == minutes, why
    assert added("first_answer", *story) == [("02", one * 60_000_000, 1) for one in minutes], why


def test_a_count_takes_grade_class_and_holder_of_its_instant_and_the_day_of_the_desk() -> None:
    story = [(1, routing.CaseGraded(grade="low")), (2, assigned("a", "ann")), (30, answer(agent="")), (40, assigned("b"))]
    story += [(50, routing.CaseGraded(grade="high"))]
    [row] = [named(row) for row in rows("case-1", case(REGISTERED, *story)) if row.table == "figure_values"]
    assert [row[name] for name in ("grade", "team", "agent")] == ["low", "a", "ann"]
    late = (15 * HOUR - TICK, answer()), (15 * HOUR, answer())
    assert [added("first_answer", one)[0][0] for one in late] == ["02", "03"]
    assert [added("first_answer", (7 * HOUR - shift, answer()), zone="Asia/Shanghai")[0][0] for shift in (TICK, 0)] == [
        "02",
        "03",
    ]


def run(clock: str, kind: str, *ends: tuple[float, Any], node: str = "", limit: str = "5wd") -> list[tuple[float, Any]]:
    """Return a promise's facts, begun when the case came and due five hours later."""
    words = {"clock": clock, "due_at": at(5 * HOUR)}
    return [(0, sla.ClockStarted(**words, kind=kind, limit=limit, process_version=1, node=node)), *ends]


def ended(clock: str, hours: float, *, met: bool) -> tuple[float, Any]:
    said = sla.ClockMet if met else sla.ClockEnded
    return hours * HOUR, said(clock=clock, due_at=at(5 * HOUR), used_us=int(hours * HOUR) * 60_000_000, paused_us=0)


BROKE = (5 * HOUR, sla.ClockBreached(clock="cycle", due_at=at(5 * HOUR)))


@pytest.mark.parametrize(
    ("why", "story", "minutes", "in_time"),
    [
        ("it goes on", run("cycle", "cycle"), [], []),
        ("in time", run("cycle", "cycle", ended("cycle", 5, met=True)), [300], [("02", 1, 1)]),
        ("broken, and not ended", run("cycle", "cycle", BROKE), [], []),
        ("ended late, the next day", run("cycle", "cycle", BROKE, ended("cycle", 16, met=False)), [960], [("03", 0, 1)]),
        ("lapsed", run("cycle", "cycle", (9, sla.ClockCancelled(clock="cycle", reason="closed"))), [], []),
        ("another kind", run("cycle", "resolution", ended("cycle", 5, met=True)), [], []),
        ("promised in days", run("cycle", "cycle", ended("cycle", 5, met=True), limit="5d"), [], []),
        ("promised in working hours", run("cycle", "cycle", ended("cycle", 5, met=True), limit="40wh"), [], []),
        ("cancelled before", run("cycle", "cycle", (9, WITHDRAWN), ended("cycle", 4, met=True)), [], []),
        ("cancelled after", run("cycle", "cycle", ended("cycle", 4, met=True), (250, WITHDRAWN)), [240], [("02", 1, 1)]),
    ],
)
def test_handling_cycle(why: str, story: list[Any], minutes: list[int], in_time: Added) -> None:
    assert values("handling_cycle", *story) == minutes, why
    assert added("handling_cycle_in_time", *story) == in_time, why


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("nothing happened", [], [("02", 1, 1)]),
        ("a microsecond before the limit", [(DAY - TICK, resolved())], [("02", 0, 1)]),
        ("at the limit", [(DAY, resolved())], [("02", 0, 1)]),
        ("a microsecond after it", [(DAY + TICK, resolved())], [("02", 1, 1)]),
        ("with any outcome", [(DAY, resolved(outcome="unreachable"))], [("02", 0, 1)]),
        ("reopened: the first one counts", [(HOUR, resolved()), (2 * HOUR, REOPENED)], [("02", 0, 1)]),
        ("cancelled at the limit", [(DAY, WITHDRAWN)], []),
        ("cancelled a microsecond after it", [(DAY + TICK, WITHDRAWN)], [("02", 1, 1)]),
        ("cancelled, and reopened before it", [(1, WITHDRAWN), (2, REOPENED)], [("02", 1, 1)]),
    ],
)
def test_unhandled_after_24h(why: str, story: list[Any], adds: Added) -> None:
    assert added("unhandled_after_24h", *story) == adds, why


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("resolved is not closed", [(HOUR, resolved())], [("02", 1, 1)]),
        ("at the limit", [(3 * DAY, CLOSED)], [("02", 0, 1)]),
        ("a microsecond after it", [(3 * DAY + TICK, CLOSED)], [("02", 1, 1)]),
        ("reopened: the first one counts", [(HOUR, CLOSED), (2 * HOUR, REOPENED)], [("02", 0, 1)]),
        ("a withdrawal closes nothing", [(1, WITHDRAWN), (2, REOPENED)], [("02", 1, 1)]),
        ("cancelled at the limit", [(3 * DAY, WITHDRAWN)], []),
    ],
)
def test_open_after_72h(why: str, story: list[Any], adds: Added) -> None:
    assert added("open_after_72h", *story) == adds, why


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("nobody answered", [], [("04", 0, 1)]),
        ("at the limit", [(DAY, answer())], [("04", 1, 1)]),
        ("a microsecond after it", [(DAY + TICK, answer())], [("04", 0, 1)]),
        ("a machine's is none", [(1, answer(automated=True))], [("04", 0, 1)]),
        ("cancelled at 48 hours", [(1, answer()), (2 * DAY, WITHDRAWN)], []),
        ("cancelled a microsecond after", [(1, answer()), (2 * DAY + TICK, WITHDRAWN)], [("04", 1, 1)]),
    ],
)
def test_answered_within_24h(why: str, story: list[Any], adds: Added) -> None:
    assert added("answered_within_24h", *story) == adds, why


HANDLES_AT_N4 = routing.CaseClassified(initial_handling=("n4",))
DONE = routing.NodeCompleted(node="n4")


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("no node is named", [(1, DONE)], []),
        ("not done", [(1, HANDLES_AT_N4)], [("04", 0, 1)]),
        ("named too late", [(2 * DAY + TICK, HANDLES_AT_N4)], []),
        ("another node is", [(1, HANDLES_AT_N4), (2, routing.NodeCompleted(node="n5"))], [("04", 0, 1)]),
        ("at the limit", [(1, HANDLES_AT_N4), (2 * DAY, DONE)], [("04", 1, 1)]),
        ("a microsecond after it", [(1, HANDLES_AT_N4), (2 * DAY + TICK, DONE)], [("04", 0, 1)]),
        ("done twice", [(1, HANDLES_AT_N4), (2, DONE), (3 * DAY, DONE)], [("04", 1, 1)]),
        ("cancelled at 48 hours", [(1, HANDLES_AT_N4), (2, DONE), (2 * DAY, WITHDRAWN)], []),
    ],
)
def test_handled_within_48h(why: str, story: list[Any], adds: Added) -> None:
    assert added("handled_within_48h", *story) == adds, why


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("it came", [], [("02", 0, 1)]),
        ("closed without a follow-up", [(HOUR, CLOSED)], [("02", 0, 1)]),
        ("closed after one", [(1, FOLLOWED_UP), (HOUR, CLOSED)], [("02", 1, 1)]),
        ("a machine's is none", [(1, answer(purpose="followup", automated=True)), (HOUR, CLOSED)], [("02", 0, 1)]),
        ("followed up days later", [(HOUR, CLOSED), (2 * DAY, FOLLOWED_UP)], [("02", 0, 1), ("02 on 04", 1, 0)]),
        ("reopened", [(1, FOLLOWED_UP), (2, CLOSED), (DAY, REOPENED)], [("02", 1, 1), ("02 on 03", -1, 0)]),
        ("cancelled", [(DAY, WITHDRAWN)], [("02", 0, 1), ("02 on 03", 0, -1)]),
        ("cancelled, and reopened", [(1, WITHDRAWN), (DAY, REOPENED)], [("02 on 03", 0, 1)]),
    ],
)
def test_closure(why: str, story: list[Any], adds: Added) -> None:
    assert added("closure", *story) == adds, why


@pytest.mark.parametrize(
    ("why", "story", "adds"),
    [
        ("it came", [], [("02", 0, 1)]),
        ("resolved", [(1, resolved())], [("02", 1, 1)]),
        ("without its need being met", [(1, resolved(outcome="unreachable"))], [("02", 0, 1)]),
        ("reopened after 7 days", [(1, resolved()), (1 + 7 * DAY, REOPENED)], [("02", 1, 1), ("02 on 09", -1, 0)]),
        ("reopened a microsecond later", [(1, resolved()), (1 + 7 * DAY + TICK, REOPENED)], [("02", 1, 1)]),
        (
            "reopened and resolved again",
            [(1, resolved()), (DAY, REOPENED), (2 * DAY, resolved())],
            [("02", 1, 1), ("02 on 03", -1, 0), ("02 on 04", 1, 0)],
        ),
        ("cancelled later", [(DAY, WITHDRAWN)], [("02", 0, 1), ("02 on 03", 0, -1)]),
    ],
)
def test_resolution(why: str, story: list[Any], adds: Added) -> None:
    assert added("resolution", *story) == adds, why


CAME = {"channel": "phone", "customer_ref": "c", "process_id": "p", "process_version": 1}


@pytest.mark.parametrize(
    ("why", "figure", "story", "adds"),
    [
        ("closed, once", "complaints", [(DAY, CLOSED), (DAY + 1, REOPENED), (2 * DAY, CLOSED)], [("03", 0, 1)]),
        ("withdrawn", "complaints", [(DAY, WITHDRAWN)], []),
        ("every contact", "contacts_per_case", [(0, inbound()), (1, inbound()), (DAY, inbound())], [("02", 2, 1), ("03", 1, 0)]),
        ("no machine's", "contacts_per_case", [(0, inbound()), (1, inbound(automated=True))], [("02", 1, 1)]),
        ("what goes out", "contacts_per_case", [(1, answer())], [("02", 1, 1)]),
        ("cancelled on its day", "contacts_per_case", [(1, WITHDRAWN), (2, inbound()), (3, inbound())], []),
        ("cancelled the day after", "contacts_per_case", [(DAY, WITHDRAWN)], [("02", 1, 1)]),
        ("the first assignment", "transfers_per_case", [(1, assigned("a"))], [("02", 0, 1)]),
        ("a hand-over", "transfers_per_case", [(1, assigned("a")), (DAY, assigned("b"))], [("02", 0, 1), ("03", 1, 0)]),
        ("of what was resolved", "reopening", [(1, resolved()), (2, REOPENED)], [("02", 1, 0)]),
        ("each time", "reopening", [(1, CLOSED), (2, REOPENED), (DAY, CLOSED)], [("02", 1, 1), ("03", 0, 1)]),
        ("a withdrawn case was not closed", "reopening", [(1, WITHDRAWN), (2, REOPENED)], [("02", 1, 0)]),
        ("nothing was answered", "automated_answers", [(1, inbound())], []),
        ("by a machine", "automated_answers", [(1, answer(automated=True)), (2, answer())], [("02", 1, 1)]),
        ("by a person", "automated_answers", [(1, answer()), (2, answer(automated=True))], [("02", 0, 1)]),
        ("a machine's news", "automated_answers", [(1, answer(automated=True, purpose="info")), (2, answer())], [("02", 0, 1)]),
        ("one of three", "online_share", [(1, inbound()), (2, inbound(channel="chat")), (3, inbound())], [("02", 1, 3)]),
    ],
)  # fmt: skip
def test_what_counts_each_on_its_own_day(why: str, figure: str, story: list[Any], adds: Added) -> None:
    assert added(figure, *story) == adds, why


def test_a_complaint_counts_when_it_comes_unless_it_is_cancelled_on_that_day() -> None:
    complaint = (-1, intake.CaseRegistered(**CAME, kind="complaint"))
    assert added("complaints", complaint) == [("02", 1, 0)]
    assert added("complaints", complaint, (1, WITHDRAWN)) == []
    assert added("complaints", complaint, (DAY, WITHDRAWN)) == [("02", 1, 0)]


@pytest.mark.parametrize(
    ("why", "word", "share", "of", "drifts"),
    [
        ("as expected", "routine", 0.7, 10, False),
        ("5 points above", "routine", 0.75, 100, False),
        ("more than 5 points above", "routine", 0.750001, 100, True),
        ("5 points below", "urgent", 0.15, 100, False),
        ("more than 5 points below", "urgent", 0.149999, 100, True),
        ("too few cases", "complex", 1.0, 9, None),
        ("a class that nothing is expected of", "other", 1.0, 100, None),
    ],
)
def test_a_class_mix_drifts(why: str, word: str, share: float, of: int, drifts: bool | None) -> None:
    assert class_mix.drifts(word, share, of) is drifts, why


def test_a_nodes_time_is_what_its_own_clock_used_of_each_visit() -> None:
    story = run("node:n4", "node", ended("node:n4", 4, met=True), node="n4")
    assert values("node_duration", *story) == [240]
    [row] = [named(row) for row in rows("case-1", case(REGISTERED, *story)) if row.table == "figure_values"]
    assert (row["part"], row["figure"]) == ("n4", "node_duration")


ASKED = routing.GateRequested(node="n4", gate="plan_approval", approver="quality_manager", agent="a")
NO = routing.GateDecided(node="n4", gate="plan_approval", decision="rejected", agent="b", reason="r")
YES = replace(NO, decision="approved")
ASKED_AGAIN, YES_THEN = replace(ASKED, occurrence=2), replace(YES, occurrence=2)


@pytest.mark.parametrize(
    ("why", "story", "minutes"),
    [
        ("not made yet", [(10, ASKED)], []),
        ("approved", [(10, ASKED), (40, YES)], [30]),
        ("at once", [(10, ASKED), (10, YES)], [0]),
        ("rejected, and asked for again after the return", [(10, ASKED), (40, NO), (50, ASKED_AGAIN), (55, YES_THEN)], [30, 5]),
        ("cancelled while it was open", [(10, ASKED), (20, WITHDRAWN), (40, YES)], []),
        ("cancelled after", [(10, ASKED), (40, YES), (41, WITHDRAWN)], [30]),
    ],
)
def test_an_approval_takes_from_asking_to_deciding(why: str, story: list[tuple[float, Any]], minutes: list[int]) -> None:
    assert values("approval", *story) == minutes, why


def test_an_approval_counts_by_its_gate() -> None:
    [row] = [named(row) for row in rows("case-1", case(REGISTERED, (1, ASKED), (2, YES))) if row.table == "figure_values"]
    assert (row["part"], row["figure"]) == ("plan_approval", "approval")


PARTS = routing.ExceptionRaised(code="parts_missing")
PARTS_HERE = routing.ExceptionCleared(code="parts_missing")


@pytest.mark.parametrize(
    ("why", "story", "waits"),
    [
        ("it lasts", [(10, RAISED)], []),
        ("it is over", [(10, RAISED), (40, CLEARED)], [("awaiting_customer", 30)]),
        (
            "twice",
            [(10, RAISED), (40, CLEARED), (50, RAISED), (55, CLEARED)],
            [("awaiting_customer", 5), ("awaiting_customer", 30)],
        ),
        (
            "two at once: each its own time",
            [(10, RAISED), (20, PARTS), (40, CLEARED), (60, PARTS_HERE)],
            [("awaiting_customer", 30), ("parts_missing", 40)],
        ),
        (
            "one inside another",
            [(10, RAISED), (20, PARTS), (30, PARTS_HERE), (60, CLEARED)],
            [("awaiting_customer", 50), ("parts_missing", 10)],
        ),
        ("the case ends with it", [(10, RAISED), (30, CLOSED)], [("awaiting_customer", 20)]),
    ],
)
def test_each_reason_to_wait_has_its_own_time(why: str, story: list[tuple[float, Any]], waits: list[tuple[str, int]]) -> None:
    found = [named(row) for row in rows("case-1", case(REGISTERED, *story)) if row.table == "figure_values"]
    mine = [(row["part"], row["value"] // 60_000_000) for row in found if row["figure"] == "waiting"]
    assert sorted(mine) == waits, why


def test_the_mixes_count_under_the_class_of_the_day_and_the_channel_of_the_contact() -> None:
    story = [(HOUR, routing.CaseClassified(service_class="urgent")), (DAY, routing.CaseClassified(service_class="complex"))]
    found = [named(row) for row in rows("case-1", case(REGISTERED, *story, (1, inbound(channel="chat")))) if row.table == LISTED]
    assert {row["service_class"] for row in found if row["class_mix_num"]} == {"urgent"}
    assert {row["part"] for row in found if row["channel_mix_num"]} == {"phone", "chat"}


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("first_answer", timedelta()),
        ("unhandled_after_24h", timedelta(hours=24)),
        ("open_after_72h", timedelta(hours=72)),
        ("first_contact_resolution.no_repeat", timedelta(days=7)),
        ("first_contact_resolution.field_gross", timedelta(days=14)),
    ],
)
def test_a_day_is_final_when_nothing_may_change_it_any_more(name: str, waits: timedelta) -> None:
    over = datetime(2026, 3, 3, tzinfo=UTC)
    assert FIGURES[name].final_at(over) == over + waits


def test_a_day_of_cases_that_may_reopen_is_never_final() -> None:
    assert closure.final_at(datetime(2026, 3, 3, tzinfo=UTC)) is None
