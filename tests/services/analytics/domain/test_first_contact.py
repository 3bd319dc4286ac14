from dataclasses import replace
from typing import Any

import pytest

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseEscalated, CaseReopened, ExceptionRaised, NodeReturned
from services.analytics.domain.first_contact import (
    FCR_RULES,
    FIELD_GROSS,
    FIELD_NET,
    NAMED,
    final_at,
    handling_of,
    is_first_contact,
    is_one_contact,
)
from services.analytics.domain.kpis.first_contact import fcr_measures
from tests.services.analytics.story import (
    RAISED,
    REGISTERED,
    REOPENED,
    answer,
    assigned,
    at,
    case,
    inbound,
    judged,
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
        ("nothing in the way", [(5, resolved())], "no_reassignment no_wait within_a_day one_agent one_contact gross"),
        (
            "resolved in exactly a day",
            [(DAY, resolved())],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        ("a microsecond more", [(DAY + 1 / 60_000_000, resolved())], "no_reassignment no_wait one_agent one_contact gross"),
        (
            "resolved twice: the first one counts",
            [(5, resolved()), (DAY + 1, resolved())],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        ("reopened", [(5, resolved()), (9, REOPENED), (10, resolved())], ""),
        ("reopened and still in work", [(5, resolved()), (9, CaseReopened())], ""),
        ("to another team", [(1, assigned("a")), (2, assigned("b")), (5, resolved())], "one_agent"),
        ("to another agent", [(1, assigned("a", "ann")), (2, assigned("a", "bob")), (5, resolved())], ""),
        (
            "a team, then its first agent",
            [(1, assigned("a")), (2, assigned("a", "ann")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        ("waiting for the customer", [(1, RAISED), (5, resolved())], "no_reassignment one_contact gross"),
        ("waiting for a vendor", [(1, VENDOR), (5, resolved())], "no_reassignment one_agent one_contact gross"),
        (
            "another exception",
            [(1, ExceptionRaised(code="parts_missing")), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        ("a wait after the resolution counts too", [(5, resolved()), (6, RAISED)], "no_reassignment one_contact gross"),
        (
            "the source counted what we did not see",
            [(1, assigned("a")), (5, resolved()), (6, stated(reassignments=1))],
            "one_agent",
        ),
        (
            "the source did not count what we saw",
            [(1, assigned("a")), (2, assigned("b")), (5, resolved()), (6, stated(reassignments=0))],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        (
            "a verdict is no counter",
            [(5, resolved()), (6, stated(reassignments=True))],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
        ),
        (
            "the customer had to call twice",
            [(0, inbound()), (3, inbound()), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent",
        ),
        (
            "called twice, but the first call solved it",
            [(0, inbound(resolves=True)), (3, inbound()), (5, resolved())],
            "no_reassignment no_wait within_a_day one_agent one_contact gross",
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
    expected = {name: name in counted.split() for name in RULES}
    # Without a customer and a category no other case can repeat the need.
    expected["no_repeat"] = expected["one_contact"]
    assert verdicts == expected
    sums = {row["rule"]: (row["num"], row["den"]) for row in judged(state)}
    assert sums == {name: (int(is_one), 1) for name, is_one in expected.items()}


PHONE = REGISTERED[1]
FORM = replace(PHONE, channel="web_form")
MAIL = replace(PHONE, channel="email")
CHASED = inbound(agent="bob")
CALLED_BACK = answer(purpose="info")


@pytest.mark.parametrize(
    ("why", "came", "story", "is_one"),
    [
        ("nobody wrote down who spoke", PHONE, [], True),
        ("the call by which it was registered", PHONE, [(0, inbound(agent="ann"))], True),
        ("the call, and its answer", PHONE, [(0, inbound()), (2, answer())], True),
        ("only the answer is written down", PHONE, [(2, answer())], True),
        ("the call was answered, then somebody rang back", PHONE, [(0, inbound(agent="ann")), (9, answer())], False),
        ("nobody called, and the desk rang for something", PHONE, [(9, CALLED_BACK)], False),
        ("a call answered by mail", PHONE, [(9, answer(channel="email"))], False),
        ("the customer called twice", PHONE, [(0, inbound()), (3, inbound())], False),
        ("she called twice, but the first call solved it", PHONE, [(0, inbound(resolves=True)), (3, inbound())], True),
        ("the second call solved it", PHONE, [(0, inbound()), (3, inbound(resolves=True))], False),
        ("a form, and nothing more", FORM, [], True),
        ("a form and its answer", FORM, [(9, answer())], True),
        ("a form and its answer, which solved it", FORM, [(9, answer(resolves_case=True)), (12, inbound())], True),
        ("a form, and a chasing call", FORM, [(9, CHASED)], False),
        ("a form, its answer, and a chasing call", FORM, [(5, answer()), (9, CHASED)], False),
        ("a form, and two answers", FORM, [(5, answer()), (9, answer())], False),
        ("a mail and a second mail", MAIL, [(5, inbound(channel="email"))], False),
        ("an automatic receipt in between", FORM, [(0, answer(automated=True)), (9, answer())], True),
        ("a receipt that claims to solve it", PHONE, [(0, answer(automated=True, resolves_case=True)), (1, inbound()),
         (3, inbound())], False),
        ("the customer's machine answers", FORM, [(0, answer()), (1, inbound(automated=True))], True),
        ("two machines of hers", PHONE, [(1, inbound(automated=True)), (2, inbound(automated=True, agent="bot"))], True),
        ("asked whether she is content, afterwards", PHONE, [(0, inbound(agent="ann")), (31, answer(purpose="followup"))], True),
        ("at the instant of the resolution", PHONE, [(0, inbound(agent="ann")), (30, CALLED_BACK)], False),
    ],
)  # fmt: skip
def test_one_contact_is_the_registration_and_what_follows_in_it(why: str, came: Any, story: list[Any], is_one: bool) -> None:
    state = case((0, came), *story, (30, resolved()))
    assert is_one_contact(state) is is_one, why
    assert {row["rule"]: row["counted"] for row in table("case_rules", state)}["one_contact"] is is_one


@pytest.mark.parametrize(
    ("why", "late", "changed"),
    [
        ("reopened", REOPENED, "no_reassignment no_wait within_a_day one_agent one_contact gross"),
        ("handed over", assigned("b", "bob"), "no_reassignment no_wait within_a_day one_agent one_contact gross"),
        ("escalated", CaseEscalated(kind="functional", to_role="expert", reason=""), "one_contact gross"),
        ("waiting", RAISED, "no_wait within_a_day one_agent"),
        ("cancelled", CaseCancelled(reason="registered twice"), None),
    ],
)
def test_what_happens_after_seven_days_changes_no_verdict(why: str, late: Any, changed: str | None) -> None:
    def counted(minute: float) -> set[str]:
        state = case(REGISTERED, (1, assigned("a", "ann")), (5, resolved()), (minute, late))
        return {row["rule"] for row in table("case_rules", state) if row["counted"]} - {"no_repeat"}

    assert counted(5 + 7 * DAY + 1 / 60_000_000) == set(RULES), why
    assert counted(5 + 7 * DAY) == set(RULES) - set(RULES if changed is None else changed.split()), why


def test_a_source_may_state_its_counter_whenever_it_likes() -> None:
    state = case(REGISTERED, (5, resolved()), (30 * DAY, stated(reassignments=1)))
    assert not {row["rule"]: row["counted"] for row in table("case_rules", state)}["no_reassignment"]


@pytest.mark.parametrize(
    ("why", "story"),
    [
        ("never resolved", []),
        ("resolved and then cancelled", [(5, resolved()), (6, CaseCancelled(reason="registered twice"))]),
    ],
)
def test_no_denominator_when(why: str, story: list[Any]) -> None:
    state = case(REGISTERED, *story)
    assert table("case_rules", state) == judged(state) == [], why


def test_a_figure_is_final_seven_days_after_the_last_resolution() -> None:
    assert final_at(case(REGISTERED, (5, resolved()), (10, resolved()))) == at(10 + 7 * DAY)
    assert final_at(case(REGISTERED)) is None


def test_the_resolver_counts_whoever_has_the_case_later() -> None:
    state = case(REGISTERED, (1, assigned("a", "ann")), (5, resolved(agent="bob")), (6, assigned("c", "cyd")))
    [row] = [row for row in table("first_contact_resolution", state) if row["rule"] == "no_wait"]
    assert (row["team"], row["agent"]) == ("a", "bob")


def test_the_field_rules_count_contacts_and_all_others_cases() -> None:
    assert {m.name.split(".")[1] for m in fcr_measures() if m.counts == "contact"} == {FIELD_GROSS.name, FIELD_NET.name}
    assert {m.counts for m in fcr_measures()} == {"contact", "case"}


def test_every_rule_is_defined_in_both_languages() -> None:
    assert {m.name.split(".")[1] for m in fcr_measures()} == {rule.name for rule in NAMED}
    assert all(m.definition.en and m.definition.zh for m in fcr_measures())
