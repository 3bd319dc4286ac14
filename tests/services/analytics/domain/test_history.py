from dataclasses import replace
from typing import Any

import pytest
from msgspec import Raw

from libs.events.catalogue import intake, phases, routing, survey
from libs.events.words.event import TYPES, Topic
from services.analytics.domain.history import HANDLERS
from tests.services.analytics.story import (
    CLEARED,
    RAISED,
    REGISTERED,
    REOPENED,
    assigned,
    at,
    case,
    inbound,
    resolved,
    stated,
    table,
)

CLOSED = routing.CaseClosed()
WITHDRAWN = routing.CaseClosed(outcome=phases.WITHDRAWN)
CANCELLED = intake.CaseCancelled(reason="withdrawn")
SENT = survey.SurveySent(survey_id="s1", channel="email", agent="ann", team="a", expires_at=at(900))


def test_every_event_of_a_case_is_heard() -> None:
    assert set(HANDLERS) == {cls for cls, kind in TYPES.items() if kind.topic is Topic.CASES}


@pytest.mark.parametrize(
    ("why", "story", "phase", "ended"),
    [
        ("registered", [], "open", None),
        ("resolved", [(5, resolved())], "resolved", None),
        ("closed", [(5, resolved()), (9, CLOSED)], "closed", 9),
        ("closed twice", [(9, CLOSED), (12, CLOSED)], "closed", 12),
        ("closed without resolution", [(9, CLOSED)], "closed", 9),
        ("resolved after it was closed", [(9, CLOSED), (12, resolved())], "closed", 9),
        ("reopened after closing", [(9, CLOSED), (12, REOPENED)], "open", None),
        ("reopened and resolved", [(9, CLOSED), (12, REOPENED), (15, resolved())], "resolved", None),
        ("cancelled", [(9, CANCELLED)], "cancelled", 9),
        ("cancelled, and closed for it", [(9, CANCELLED), (9, CLOSED)], "cancelled", 9),
        ("cancelled, and closed for it, as older logs have it", [(9, WITHDRAWN), (9, CANCELLED)], "cancelled", 9),
        ("cancelled when it had ended", [(5, CLOSED), (9, CANCELLED)], "closed", 5),
        ("cancelled when it had ended, and reopened", [(5, CLOSED), (9, CANCELLED), (12, REOPENED)], "open", None),
        ("cancelled, reopened, cancelled", [(5, CANCELLED), (9, REOPENED), (12, CANCELLED)], "cancelled", 12),
        ("closed because the customer withdrew", [(9, WITHDRAWN)], "cancelled", 9),
        ("cancelled, then reopened", [(9, CANCELLED), (12, REOPENED)], "open", None),
        ("everything before the registration", [(-9, resolved()), (-5, CLOSED)], "closed", -5),
    ],
)
def test_phase(why: str, story: list[Any], phase: str, ended: int | None) -> None:
    [row] = table("cases", case(REGISTERED, *story))
    assert (row["phase"], row["ended_at"]) == (phase, None if ended is None else at(ended)), why


def test_there_are_no_rows_before_the_registration_is_known() -> None:
    story = [(1, assigned("a")), (2, inbound()), (5, resolved()), (6, SENT), (7, stated(reassignments=1))]
    assert not any(table(name, case(*story)) for name in ("cases", "assignments", "contacts", "workload", "surveys"))


def test_the_first_registration_counts() -> None:
    again = intake.CaseRegistered(channel="web", customer_ref="other", process_id="p", process_version=2)
    [row] = table("cases", case(REGISTERED, (5, again)))
    assert (row["channel"], row["received_at"]) == ("phone", at(0))


@pytest.mark.parametrize(
    ("why", "story", "counts"),
    [
        ("the first", [assigned("a", "ann")], (0, 0, 0, 1)),
        ("the same again", [assigned("a", "ann"), assigned("a", "ann")], (0, 0, 0, 1)),
        ("another team", [assigned("a"), assigned("b")], (1, 0, 1, 0)),
        ("a team that is not said is the same", [assigned("a"), assigned("", "ann")], (0, 0, 0, 1)),
        ("another agent", [assigned("", "ann"), assigned("", "bob")], (0, 1, 1, 2)),
        ("back and forth", [assigned("", "ann"), assigned("", "bob"), assigned("", "ann")], (0, 2, 2, 2)),
        ("another team and agent at once", [assigned("a", "ann"), assigned("b", "bob")], (1, 1, 1, 2)),
        (
            "picked up in the new team is no second hand-over",
            [assigned("a", "ann"), assigned("b"), assigned("b", "bob")],
            (1, 1, 1, 2),
        ),
    ],
)
def test_hand_overs(why: str, story: list[Any], counts: tuple[int, ...]) -> None:
    [row] = table("cases", case(REGISTERED, *((n, said) for n, said in enumerate(story))))
    columns = ("team_changes", "agent_changes", "reassignments_observed", "agents")
    assert tuple(row[name] for name in columns) == counts, why


def test_who_holds_the_case_after_it_moved_on() -> None:
    [row] = table("cases", case(REGISTERED, (1, assigned("a", "ann")), (2, assigned("b"))))
    assert (row["team"], row["agent"]) == ("b", "")


def test_the_sources_figures_are_kept_and_its_counter_leads() -> None:
    story = [(1, assigned("a")), (2, assigned("b")), (3, stated(reassignments=4)), (4, stated(on_time=True))]
    [row] = table("cases", case(REGISTERED, *story))
    assert (row["reassignments"], row["reassignments_stated"], row["reassignments_observed"]) == (4, 4, 1)
    assert row["source_figures"] == Raw(b'{"on_time":true,"reassignments":4}')
    assert row["system"] == "other"


def test_a_case_of_another_system_says_which_with_its_registration_alone() -> None:
    came = intake.CaseRegistered(channel="web", customer_ref="c", process_id="p", process_version=1, system="other")
    [row] = table("cases", case((0, came)))
    assert row["system"] == "other"


TOLD = survey.SurveyAnswered(survey_id="s1", overall=4)
NAMELESS = survey.SurveySent(survey_id="s1", channel="email", expires_at=at(900))


@pytest.mark.parametrize(
    ("why", "story", "who"),
    [
        ("the invitation says it", [(1, assigned("b", "bob")), (5, resolved()), (6, SENT), (7, TOLD)], ("a", "ann")),
        ("who resolved it", [(1, assigned("b", "bob")), (5, resolved()), (6, assigned("c", "cid")), (7, TOLD)], ("b", "bob")),
        ("the last before the answer", [(1, assigned("b", "bob")), (5, resolved()), (6, REOPENED), (7, assigned("c", "cid")),
            (8, resolved()), (9, TOLD)], ("c", "cid")),
        ("not resolved yet: who holds it", [(1, assigned("b", "bob")), (2, TOLD), (3, assigned("c", "cid")), (5, resolved())],
            ("b", "bob")),
        ("an invitation that names nobody", [(1, assigned("b", "bob")), (5, resolved()), (6, NAMELESS), (7, TOLD)], ("b", "bob")),
        ("nobody holds it", [(7, TOLD)], ("", "")),
    ],
)  # fmt: skip
def test_an_answer_without_an_invitation_is_about_who_resolved_the_case(why: str, story: list[Any], who: tuple[str, str]) -> None:
    told = case(REGISTERED, *story)
    [row] = table("surveys", told)
    assert (row["team"], row["agent"]) == who, why
    for part in table("satisfaction", told):
        assert (part["team"], part["agent"]) == who


def test_a_case_about_which_a_customer_is_asked_twice_has_two_surveys() -> None:
    again = replace(SENT, survey_id="s2")
    told = case(REGISTERED, (5, resolved()), (6, SENT), (7, REOPENED), (8, resolved()), (9, again), (10, TOLD))
    assert {row["survey_id"]: row["overall"] for row in table("surveys", told)} == {"s1": 4, "s2": None}


@pytest.mark.parametrize(("team", "agent"), [("a", "ann"), ("b", "")])
def test_an_agent_stays_while_the_team_stays(team: str, agent: str) -> None:
    [row] = table("cases", case(REGISTERED, (1, assigned("a", "ann")), (2, assigned(team, ""))))
    assert (row["team"], row["agent"]) == (team, agent)


def test_an_empty_word_takes_nothing_back() -> None:
    story = [
        (1, routing.CaseClassified(service_class="gold", category="billing")),
        (2, routing.CaseClassified(category="refund", severity="major")),
    ]
    [row] = table("cases", case(REGISTERED, *story))
    assert (row["service_class"], row["category"], row["severity"]) == ("gold", "refund", "major")


@pytest.mark.parametrize(
    ("why", "story", "visits"),
    [
        ("entered", [(1, routing.NodeEntered(node="n1"))], [("n1", None, None, False)]),
        (
            "done",
            [(1, routing.NodeEntered(node="n1")), (3, routing.NodeStarted(node="n1")), (9, "n1")],
            [("n1", 2, 6, False)],
        ),
        ("only its end is known", [(9, "n1")], [("n1", None, None, False)]),
        ("never started", [(1, routing.NodeEntered(node="n1")), (9, "n1")], [("n1", None, None, False)]),
        (
            "started twice: the first counts",
            [
                (1, routing.NodeEntered(node="n1")),
                (3, routing.NodeStarted(node="n1")),
                (4, routing.NodeStarted(node="n1")),
                (9, "n1"),
            ],
            [("n1", 2, 6, False)],
        ),
        (
            "sent back and entered again",
            [
                (1, routing.NodeEntered(node="n2")),
                (2, routing.NodeReturned(node="n2", to_node="n1", reason="")),
                (2, routing.NodeEntered(node="n1")),
                (4, "n1"),
                (4, routing.NodeEntered(node="n2")),
            ],
            [("n2", None, None, True), ("n1", None, None, False), ("n2", None, None, False)],
        ),
    ],
)
def test_node_visits(why: str, story: list[Any], visits: list[Any]) -> None:
    told = [(minute, routing.NodeCompleted(node=said) if isinstance(said, str) else said) for minute, said in story]
    minutes = {None: None} | {n * 60_000_000: n for n in range(100)}
    found = table("node_visits", case(REGISTERED, *told))
    rows = [(row["node"], minutes[row["wait_us"]], minutes[row["work_elapsed_us"]], row["returned"]) for row in found]
    assert rows == visits, why


@pytest.mark.parametrize("numbers", [(1, 1, 2), (1, 1, 1)], ids=["as they are said", "as they were said before there were any"])
def test_every_visit_of_a_node_has_its_number(numbers: tuple[int, int, int]) -> None:
    n2, n1, again = numbers
    story = [
        (1, routing.NodeEntered(node="n2", occurrence=n2)),
        (2, routing.NodeReturned(node="n2", to_node="n1", reason="", occurrence=n2)),
        (2, routing.NodeEntered(node="n1", occurrence=n1)),
        (4, routing.NodeCompleted(node="n1", occurrence=n1)),
        (4, routing.NodeEntered(node="n2", occurrence=again)),
        (5, routing.NodeStarted(node="n2", occurrence=again)),
        (6, routing.NodeCompleted(node="n2", occurrence=again)),
    ]
    rows = table("node_visits", case(REGISTERED, *story))
    assert [(row["node"], row["occurrence"], row["completed_at"]) for row in rows] == [
        ("n2", 1, None),
        ("n1", 1, at(4)),
        ("n2", 2, at(6)),
    ]


def test_where_the_case_stands() -> None:
    story = [(1, routing.NodeEntered(node="n1")), (2, routing.NodeCompleted(node="n1"))]
    story += [(2, routing.NodeEntered(node="n2")), (3, RAISED)]
    [row] = table("cases", case(REGISTERED, *story))
    assert (row["node"], row["waiting_on"]) == ("n2", "awaiting_customer")
    [row] = table("cases", case(REGISTERED, *story, (4, CLEARED)))
    assert (row["node"], row["waiting_on"]) == ("n2", "")
    [row] = table("cases", case(REGISTERED, *story, (4, CLOSED)))
    assert (row["node"], row["waiting_on"]) == ("", "")


def test_a_stretch_says_the_grade_and_class_as_they_were_then() -> None:
    story = [(1, routing.CaseGraded(grade="low")), (2, routing.CaseClassified(service_class="gold")), (2, RAISED)]
    rows = table("stretches", case(REGISTERED, *story, (3, routing.CaseGraded(grade="high"))))
    words = [(row["grade"], row["service_class"], row["until_at"]) for row in rows]
    assert words == [("", "", at(1)), ("low", "", at(2)), ("low", "gold", at(3)), ("high", "gold", None)]


def test_what_lasts_no_time_is_no_stretch() -> None:
    story = [(1, routing.CaseGraded(grade="low")), (1, routing.CaseGraded(grade="high")), (1, assigned("north"))]
    rows = table("stretches", case(REGISTERED, *story))
    assert [(row["grade"], row["team"], row["since_at"], row["until_at"]) for row in rows] == [
        ("", "", at(0), at(1)),
        ("high", "north", at(1), None),
    ]
