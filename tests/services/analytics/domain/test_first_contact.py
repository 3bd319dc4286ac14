from typing import Any

import pytest

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseEscalated, CaseReopened, ExceptionRaised, NodeReturned
from services.analytics.domain.first_contact import (
    FCR_RULES,
    NO_REPEAT,
    fcr_measures,
    final_at,
    handling_of,
    is_first_contact,
)
from tests.services.analytics.story import (
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

RULES = {rule.name: rule for rule in FCR_RULES}
DAY = 24 * 60
VENDOR = ExceptionRaised(code="awaiting_vendor")


@pytest.mark.parametrize(
    ("why", "story", "counted"),
    [
        ("nothing in the way", [(5, resolved())], "no_reassignment no_wait within_a_day one_agent gross"),
        (
            "resolved in exactly a day",
            [(DAY, resolved())],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        ("a microsecond more", [(DAY + 1 / 60_000_000, resolved())], "no_reassignment no_wait one_agent gross"),
        (
            "resolved twice: the last one counts",
            [(5, resolved()), (DAY + 1, resolved())],
            "no_reassignment no_wait one_agent gross",
        ),
        ("reopened", [(5, resolved()), (9, REOPENED), (10, resolved())], ""),
        ("reopened and still in work", [(5, resolved()), (9, CaseReopened())], ""),
        ("to another team", [(1, assigned("a")), (2, assigned("b")), (5, resolved())], "one_agent"),
        ("to another agent", [(1, assigned("a", "ann")), (2, assigned("a", "bob")), (5, resolved())], ""),
        (
            "a team, then its first agent",
            [(1, assigned("a")), (2, assigned("a", "ann")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        ("waiting for the customer", [(1, RAISED), (5, resolved())], "no_reassignment gross"),
        ("waiting for a vendor", [(1, VENDOR), (5, resolved())], "no_reassignment one_agent gross"),
        (
            "another exception",
            [(1, ExceptionRaised(code="parts_missing")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        ("a wait after the resolution counts too", [(5, resolved()), (6, RAISED)], "no_reassignment gross"),
        (
            "the source counted what we did not see",
            [(1, assigned("a")), (5, resolved()), (6, stated(reassignments=1))],
            "one_agent",
        ),
        (
            "the source did not count what we saw",
            [(1, assigned("a")), (2, assigned("b")), (5, resolved()), (6, stated(reassignments=0))],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        (
            "a verdict is no counter",
            [(5, resolved()), (6, stated(reassignments=True))],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        (
            "the customer had to call twice",
            [(0, inbound()), (3, inbound()), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent",
        ),
        (
            "called twice, but the first call solved it",
            [(0, inbound(resolves=True)), (3, inbound()), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent gross",
        ),
        (
            "escalated",
            [(1, CaseEscalated(kind="functional", to_role="expert", reason="")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent",
        ),
        (
            "returned",
            [(1, NodeReturned(node="n3", to_node="n2", reason="")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent",
        ),
    ],
)
def test_which_rules_count_a_resolved_case(why: str, story: list[Any], counted: str) -> None:
    state = case(REGISTERED, *story)
    handling = handling_of(state)
    assert {name for name, rule in RULES.items() if is_first_contact(rule, handling)} == set(counted.split()), why
    verdicts = {row["rule"]: row["counted"] for row in table("case_rules", state)}
    assert verdicts == {name: name in counted.split() for name in RULES}
    sums = {row["rule"]: (row["num"], row["den"]) for row in table("first_contact_resolution", state)}
    assert sums == {name: (int(name in counted.split()), 1) for name in RULES}


@pytest.mark.parametrize(
    ("why", "story"),
    [
        ("never resolved", []),
        ("resolved and then cancelled", [(5, resolved()), (6, CaseCancelled(reason="registered twice"))]),
    ],
)
def test_no_denominator_when(why: str, story: list[Any]) -> None:
    state = case(REGISTERED, *story)
    assert table("case_rules", state) == table("first_contact_resolution", state) == [], why


def test_a_figure_is_final_seven_days_after_the_last_resolution() -> None:
    assert final_at(case(REGISTERED, (5, resolved()), (10, resolved()))) == at(10 + 7 * DAY)
    assert final_at(case(REGISTERED)) is None


def test_the_resolver_counts_whoever_has_the_case_later() -> None:
    state = case(REGISTERED, (1, assigned("a", "ann")), (5, resolved(agent="bob")), (6, assigned("c", "cyd")))
    [row] = [row for row in table("first_contact_resolution", state) if row["rule"] == "no_wait"]
    assert (row["team"], row["agent"]) == ("a", "bob")


def test_every_rule_is_defined_in_both_languages() -> None:
    assert {m.name.split(".")[1] for m in fcr_measures()} == {*RULES, NO_REPEAT.name}
    assert all(m.definition.en and m.definition.zh for m in fcr_measures())
