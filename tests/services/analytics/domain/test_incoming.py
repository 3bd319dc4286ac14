"""What the field calls gross and net: a part of all incoming contacts, whatever became of their cases."""

from dataclasses import replace
from typing import Any

import pytest

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseClosed, CaseEscalated
from tests.services.analytics.story import REGISTERED, REOPENED, answer, assigned, at, case, inbound, resolved, table

DAY, TICK = 24 * 60, 1 / 60_000_000
WEEK = 7 * DAY
PHONE = REGISTERED[1]
FORM = replace(PHONE, channel="web_form")
EXPERT = CaseEscalated(kind="functional", to_role="expert", reason="")
BOSS = CaseEscalated(kind="hierarchical", to_role="boss", reason="")


def sums(state: Any, rule: str) -> tuple[int, int]:
    rows = [row for row in table("first_contact_resolution", state) if row["rule"] == rule]
    return sum(row["num"] for row in rows), sum(row["den"] for row in rows)


@pytest.mark.parametrize(
    ("why", "came", "story", "gross", "net"),
    [
        ("nothing happened yet: it came, and is not resolved", PHONE, [], (0, 1), (0, 1)),
        ("resolved at once", PHONE, [(0, inbound(agent="ann")), (5, resolved())], (1, 1), (1, 1)),
        ("a form is a contact of its own", FORM, [(5, resolved())], (1, 1), (1, 1)),
        ("she called twice", PHONE, [(0, inbound()), (3, inbound()), (5, resolved())], (0, 2), (0, 2)),
        ("a form and a chasing call", FORM, [(3, inbound()), (5, resolved())], (0, 2), (0, 2)),
        ("she called again after it was resolved", PHONE, [(0, inbound()), (5, resolved()), (9, inbound())], (1, 2), (1, 2)),
        ("the second call, too, by mail", PHONE, [(3, inbound(channel="email"))], (0, 2), (0, 2)),
        ("machines are nobody", PHONE, [(0, inbound(automated=True)), (5, resolved())], (1, 1), (1, 1)),
        ("what the desk says is no incoming contact", PHONE, [(3, answer()), (4, answer())], (0, 1), (0, 1)),
        ("rejected", PHONE, [(5, resolved(outcome="rejected"))], (0, 1), (0, 1)),
        ("closed without being resolved", PHONE, [(5, CaseClosed(outcome="unreachable"))], (0, 1), (0, 1)),
        ("cancelled: she came all the same", PHONE, [(5, CaseCancelled(reason="twice"))], (0, 1), (0, 1)),
        ("resolved, and cancelled within the week", PHONE, [(5, resolved()), (9, CaseCancelled(reason="x"))], (0, 1), (0, 1)),
        ("reopened within the week", PHONE, [(5, resolved()), (5 + WEEK, REOPENED)], (0, 1), (0, 1)),
        ("reopened later", PHONE, [(5, resolved()), (5 + WEEK + TICK, REOPENED)], (1, 1), (1, 1)),
        ("handed over", PHONE, [(1, assigned("a")), (2, assigned("b")), (5, resolved())], (0, 1), (0, 1)),
        ("resolved in exactly seven days", PHONE, [(WEEK, resolved())], (1, 1), (1, 1)),
        ("a microsecond more", PHONE, [(WEEK + TICK, resolved())], (0, 1), (0, 1)),
        ("more skill was called in", PHONE, [(3, EXPERT), (5, resolved())], (0, 1), (0, 0)),
        ("on the seventh day", PHONE, [(WEEK, EXPERT)], (0, 1), (0, 0)),
        ("after it", PHONE, [(WEEK + TICK, EXPERT)], (0, 1), (0, 1)),
        ("after it, but the second call is within a week of it", PHONE, [(0, inbound()), (DAY, inbound()), (WEEK + DAY, EXPERT)],
         (0, 2), (0, 1)),
        ("a call after more skill was called in", PHONE, [(0, inbound()), (3, EXPERT), (9, inbound())], (0, 2), (0, 0)),
        ("the boss was called in, which is no skill", PHONE, [(3, BOSS)], (0, 1), (0, 1)),
        ("resolved before it came", PHONE, [(-1, resolved())], (0, 1), (0, 1)),
    ],
)  # fmt: skip
def test_the_fields_figures_divide_by_all_incoming_contacts(
    why: str, came: Any, story: list[Any], gross: tuple[int, int], net: tuple[int, int]
) -> None:
    state = case((0, came), *story)
    assert (sums(state, "field_gross"), sums(state, "field_net")) == (gross, net), why
    [row] = table("cases", state)
    assert (row["resolved_by_first"], row["incoming_contacts"], row["first_level_contacts"]) == (bool(gross[0]), gross[1], net[1])


def test_each_contact_counts_on_its_own_day_for_who_had_the_case() -> None:
    story = [(0, assigned("a", "ann")), (DAY, assigned("b", "bob")), (2 * DAY, inbound(channel="email"))]
    rows = [row for row in table("first_contact_resolution", case(REGISTERED, *story)) if row["rule"] == "field_gross"]
    shown = [(row["day"], row["team"], row["agent"], row["den"]) for row in rows]
    assert shown == [(at(0).date(), "a", "ann", 1), (at(2 * DAY).date(), "b", "bob", 1)]


def test_who_resolves_at_first_is_in_the_denominator_of_the_same_row() -> None:
    state = case(REGISTERED, (1, assigned("a", "ann")), (2 * DAY, resolved(agent="bob", team="b")))
    for rule in ("field_gross", "field_net"):
        [row] = [row for row in table("first_contact_resolution", state) if row["rule"] == rule]
        assert (row["day"], row["team"], row["agent"], row["num"], row["den"]) == (at(0).date(), "a", "ann", 1, 1)
