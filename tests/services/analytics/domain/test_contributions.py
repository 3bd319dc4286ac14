from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.events.catalogue import routing, sla, survey
from libs.events.catalogue.intake import CaseCancelled
from services.analytics.domain.contributions import is_satisfied
from services.analytics.domain.days import day_of
from tests.services.analytics.story import (
    REGISTERED,
    REOPENED,
    answer,
    assigned,
    at,
    case,
    inbound,
    resolved,
    table,
)


def sent(survey_id: str = "s1") -> survey.SurveySent:
    return survey.SurveySent(survey_id=survey_id, channel="email", agent="ann", team="a", expires_at=at(900))


def answered(overall: int, survey_id: str = "s1") -> survey.SurveyAnswered:
    return survey.SurveyAnswered(survey_id=survey_id, overall=overall)


@pytest.mark.parametrize(
    ("why", "story", "sums"),
    [
        ("asked only", [(1, sent())], None),
        ("not satisfied at 3", [(1, sent()), (2, answered(3))], ("a", "ann", 1, 0, 3)),
        ("satisfied from 4", [(1, sent()), (2, answered(4))], ("a", "ann", 1, 1, 4)),
        ("a later answer replaces the first", [(1, sent()), (2, answered(5)), (3, answered(1))], ("a", "ann", 1, 0, 1)),
        (
            "of two surveys the latest answer counts",
            [(1, sent()), (2, answered(5)), (3, sent("s2")), (4, answered(2, "s2"))],
            ("a", "ann", 1, 0, 2),
        ),
        ("the invitation is not known", [(2, answered(5))], ("", "", 1, 1, 5)),
        ("expired", [(1, sent()), (9, survey.SurveyExpired(survey_id="s1"))], None),
    ],
)
def test_satisfaction(why: str, story: list[Any], sums: tuple[Any, ...] | None) -> None:
    columns = ("team", "agent", "answers", "satisfied", "score_sum")
    found = [tuple(row[name] for name in columns) for row in table("satisfaction", case(REGISTERED, *story))]
    assert found == ([sums] if sums else []), why


@pytest.mark.parametrize(("overall", "satisfied"), [(1, False), (3, False), (4, True), (5, True)])
def test_satisfied(overall: int, satisfied: bool) -> None:
    assert is_satisfied(overall) is satisfied


def clock(name: str, what: str, minute: float) -> tuple[float, Any]:
    event: Any = {
        "started": sla.ClockStarted(clock=name, kind=name, limit="1h", due_at=at(60), process_version=1),
        "met": sla.ClockMet(clock=name, due_at=at(60), used_us=1, paused_us=0),
        "breached": sla.ClockBreached(clock=name, due_at=at(60)),
        "cancelled": sla.ClockCancelled(clock=name, reason="cancelled"),
    }[what]
    return minute, event


DECIDED = [
    *(clock(name, "started", 0) for name in ("response", "cycle", "n1", "resolution")),
    clock("response", "met", 30),
    clock("cycle", "breached", 60),
    clock("n1", "breached", 60),
    (70, sent()),
    (71, answered(4)),
]
CANCELLED = CaseCancelled(reason="the customer withdrew")


@pytest.mark.parametrize(
    ("why", "end"),
    [
        ("still open", []),
        ("cancelled", [(80, CANCELLED), (80, routing.CaseClosed(outcome="withdrawn")), clock("resolution", "cancelled", 80)]),
        ("closed as withdrawn", [(80, routing.CaseClosed(outcome="withdrawn")), clock("resolution", "cancelled", 80)]),
        ("closed as rejected", [(80, routing.CaseClosed(outcome="rejected")), clock("resolution", "cancelled", 80)]),
        ("closed, and cancelled too late", [(80, routing.CaseClosed()), clock("resolution", "cancelled", 80), (90, CANCELLED)]),
        ("cancelled, reopened, cancelled", [(80, CANCELLED), (85, REOPENED), (90, CANCELLED)]),
    ],
)
def test_no_end_erases_what_was_decided_before_it(why: str, end: list[Any]) -> None:
    state = case(REGISTERED, *DECIDED, *end)
    found = sorted((row["kind"], row["met"], row["breached"]) for row in table("timeliness", state))
    assert found == [("cycle", 0, 1), ("n1", 0, 1), ("response", 1, 0)], why
    assert [(row["answers"], row["satisfied"]) for row in table("satisfaction", state)] == [(1, 1)], why


def test_workload_counts_each_thing_for_who_held_the_case_then() -> None:
    story = [(1, assigned("a", "ann")), (2, answer()), (5, resolved()), (6, REOPENED)]
    story += [(7, assigned("b", "bob")), (9, resolved()), (9, routing.CaseClosed())]
    names = ("team", "agent", "registered", "assigned", "resolved", "closed", "reopened", "contacts")
    rows = {tuple(row[name] for name in names) for row in table("workload", case(REGISTERED, *story))}
    assert rows == {("a", "ann", 1, 1, 1, 0, 1, 1), ("b", "bob", 0, 1, 1, 1, 0, 0)}


@pytest.mark.parametrize(
    ("why", "said", "agent"),
    [
        ("who spoke", answer(agent="bob"), "bob"),
        ("nobody is named: who holds the case", answer(agent=""), "ann"),
        ("nobody spoke", answer(agent="", automated=True), None),
        ("a machine with a name is nobody", answer(agent="bot", automated=True), None),
        ("a machine of the customer's", inbound(automated=True, agent="bot"), None),
    ],
)
def test_a_contact_counts_for_a_person(why: str, said: Any, agent: str | None) -> None:
    state = case(REGISTERED, (1, assigned("a", "ann")), (2, said))
    assert [row["agent"] for row in table("workload", state) if row["contacts"]] == ([] if agent is None else [agent]), why
    assert [row["agent"] for row in table("contacts", state)] == [agent or ""]


@pytest.mark.parametrize(
    ("why", "at", "day"),
    [
        ("the last microsecond", datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC), date(2026, 3, 2)),
        ("midnight", datetime(2026, 3, 3, tzinfo=UTC), date(2026, 3, 3)),
        ("Shanghai's morning is UTC's eve", datetime(2026, 3, 3, 7, tzinfo=timezone(timedelta(hours=8))), date(2026, 3, 2)),
    ],
)
def test_days_of_a_desk_in_no_zone_are_utc(why: str, at: datetime, day: date) -> None:
    assert day_of(at, ZoneInfo("UTC")) == day, why


@pytest.mark.parametrize(
    ("why", "zone", "at", "day"),
    [
        ("the evening in Greenwich is the next day there", "Asia/Shanghai", "2026-08-01T17:00:00Z", "2026-08-02"),
        ("the last microsecond before midnight there", "Asia/Shanghai", "2026-08-01T15:59:59.999999Z", "2026-08-01"),
        ("midnight there", "Asia/Shanghai", "2026-08-01T16:00:00Z", "2026-08-02"),
        ("a date without an hour, as an import reads it there", "Asia/Shanghai", "2026-08-01T00:00:00+08:00", "2026-08-01"),
        ("the morning in Greenwich is the day before there", "America/New_York", "2026-08-01T03:59:59Z", "2026-07-31"),
        ("winter: midnight is at 23:00", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"),
        ("the short day ends at 22:00", "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"),
        ("and no earlier", "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29"),
        ("the long day begins at 22:00", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25"),
        ("and ends at 23:00", "Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25"),
        ("with its second 02:30", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25"),
        ("no calendar has the day after the last", "Asia/Shanghai", "9999-12-31T20:00:00Z", "9999-12-31"),
        ("nor the day before the first", "America/New_York", "0001-01-01T01:00:00Z", "0001-01-01"),
    ],
)
def test_a_day_is_a_date_in_the_desks_zone(why: str, zone: str, at: str, day: str) -> None:
    assert day_of(datetime.fromisoformat(at), ZoneInfo(zone)).isoformat() == day, why


def test_node_durations_count_completed_visits_and_what_is_known_of_them() -> None:
    n1 = {"node": "n1"}
    story = [(1, routing.NodeEntered(**n1)), (3, routing.NodeStarted(**n1)), (9, routing.NodeCompleted(**n1))]
    story += [(20, routing.NodeCompleted(**n1)), (30, routing.NodeEntered(**n1))]
    [row] = table("node_durations", case(REGISTERED, *story))
    assert [row[name] for name in ("visits", "waits", "worked", "wait_us", "work_elapsed_us")] == [
        2,
        1,
        1,
        120_000_000,
        360_000_000,
    ]
