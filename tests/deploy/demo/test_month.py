"""The demo's month: the same seed says the same, the shares are exact, and intake would accept every fact of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import msgspec
import pytest

from deploy.demo.month import ANSWERS, CLASSES, DAYS, PROCESSES, Month, deck, facts_of, plans
from deploy.demo.shipped import FIRST, can_promise, standards
from deploy.demo.walk import walked
from libs.events.testing.spec import knowing
from libs.events.words.event import TYPES
from services.intake.domain.history import Recorded, judge

pytestmark = pytest.mark.slow

UNTIL = datetime(2026, 6, 16, tzinfo=UTC)
MONTH = Month(seed=7, cases=600, until=UNTIL)


@cache
def month(seed=7, cases=600):
    return list(facts_of(Month(seed, cases, UNTIL), standards(FIRST), can_promise))


def facts(*types):
    return [fact for case in month() for fact in case if fact.type in types]


def by_class():
    return Counter(fact.data["service_class"] for fact in facts("case.classified") if fact.data["service_class"])


def test_the_same_seed_makes_the_same_facts():
    again = list(facts_of(MONTH, standards(FIRST), can_promise))
    assert msgspec.json.encode(again) == msgspec.json.encode(month())


def test_another_seed_makes_another_month_under_other_names():
    mine, other = ({fact.case for case in month(seed) for fact in case} for seed in (7, 8))
    assert not mine & other


def test_calls_have_the_handbooks_mix():
    found, calls = by_class(), by_class().total()
    assert calls == sum(case[0].data["process_id"] == "inbound-call" for case in month())
    assert set(found) == set(CLASSES)
    assert all(abs(found[name] - share * calls) <= 1 for name, share in CLASSES.items()), found


def test_all_five_standards_have_their_share_of_the_cases():
    found = Counter(case[0].data["process_id"] for case in month())
    # A process too long for its calendar gives its cases to the most frequent one; here none is.
    assert all(abs(found[process] - share * 600) <= 1 for process, share in PROCESSES.items()), found


def test_a_third_answers_and_nine_in_ten_are_satisfied():
    answers = deck_of(ANSWERS)
    assert (answers[None], answers[True], answers[False]) == (650, 315, 35)
    said = [fact.data["overall"] >= 4 for fact in facts("survey.answered")]
    assert 0.25 < len(said) / len(month()) < 0.36
    assert 0.88 <= sum(said) / len(said) <= 0.92


def deck_of(shares):
    return Counter(deck(Random(1), 1000, shares))


def test_intake_accepts_every_fact():
    known = knowing(*standards(FIRST).values())
    encoded = (msgspec.Raw(msgspec.json.encode(fact)) for case in month() for fact in case)
    verdicts = [judge(row, known, at=UNTIL) for row in encoded]
    assert [one for one in verdicts if not isinstance(one, Recorded)] == []
    assert len({one.fact.id for one in verdicts}) == len(verdicts) > 10_000


def test_every_node_is_one_of_its_standard():
    for case in month():
        nodes = {node.id for node in standards(FIRST)[case[0].data["process_id"]].nodes}
        assert {fact.data["node"] for fact in case if "node" in fact.data} <= nodes


def test_a_case_is_told_in_order_and_within_the_month():
    for case in month():
        assert case[0].type == "case.registered"
        assert [fact.sequence for fact in case] == list(range(1, len(case) + 1))
        times = [fact.time for fact in case]
        assert times == sorted(times)
        assert MONTH.since <= times[0] <= times[-1] < UNTIL


def test_what_is_needed_to_see_every_figure_happens():
    found = Counter(fact.type for case in month() for fact in case)
    wanted = {kind.name for kind in TYPES.values() if kind.owner == "routing" and kind.topic == "cases"}
    wanted |= {"survey.sent", "survey.answered", "survey.expired", "contact.logged", "case.cancelled"}
    nobody = {"case.escalated", "node.returned", "node.assigned", "node.skipped", "node.progressed"}
    nobody |= {"gate.requested", "gate.decided", "case.escalation_acknowledged"}
    assert wanted - found.keys() == nobody  # those are played by nobody
    assert 0.01 < found["case.reopened"] / 600 < 0.05
    assert found["case.closed"] < 600, "some cases are still open at the end"


@pytest.mark.parametrize("process", PROCESSES)
def test_a_case_walks_every_node_in_order(process):
    plan = next(one for one in plans(MONTH, standards(FIRST), can_promise) if one.process_id == process)
    said = [event for _, event in sorted(walked(plan, standards(FIRST)[process], Random(3)), key=lambda one: one[0])]
    done = [event.node for event in said if type(event).__name__ == "NodeCompleted"]
    assert list(dict.fromkeys(done)) == [node.id for node in standards(FIRST)[process].nodes]


@pytest.mark.parametrize(
    ("why", "process", "at", "suits"),
    [
        ("the calendar covers forty working days", "service-delivery", datetime(2026, 6, 1, tzinfo=UTC), True),
        ("the calendar ends before they do", "service-delivery", datetime(2027, 11, 20, tzinfo=UTC), False),
        ("a call is soon over", "inbound-call", datetime(2027, 11, 20, tzinfo=UTC), True),
        ("nothing is promised after the calendar", "inbound-call", datetime(2028, 1, 2, tzinfo=UTC), False),
        ("no calendar is asked", "feedback-handling", datetime(2028, 1, 2, tzinfo=UTC), True),
    ],
)
def test_a_standard_suits_when_its_promises_can_be_dated(why, process, at, suits):
    assert can_promise(standards(FIRST)[process], at) is suits, why


def test_where_no_calendar_reaches_the_month_is_of_what_needs_none():
    late = Month(7, 50, datetime(2028, 3, 1, tzinfo=UTC))
    found = {case[0].data["process_id"] for case in facts_of(late, standards(FIRST), can_promise)}
    assert found == {"feedback-handling"}


def test_weekends_are_quiet():
    days = Counter(case[0].time.weekday() >= 5 for case in month())
    assert days[True] < days[False] / 4
    assert timedelta(days=DAYS) == UNTIL - MONTH.since
