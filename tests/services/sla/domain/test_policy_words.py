"""A policy as a person writes it: what it means, and what is refused with what to write instead."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.events.catalogue.promise import CalendarRef, Target
from libs.events.catalogue.standard import Rule
from libs.events.testing.spec import knowing
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.policies import CONDITIONS_MAX, RULES_MAX, policy_of
from tests.services.sla.samples import OFFICE, START, standard, target

STANDARD = replace(
    standard(target("3wd"), target("2d", clock="cycle", kind="cycle", when={"grade": "urgent"})),
    attributes=("tier", "model"),
    values={"tier": ("gold", "silver"), "model": ()},
    classify=(Rule(id="r", then={"service_class": "routine", "grade": "normal"}),),
)
KNOWN = knowing(STANDARD, OFFICE)


def rule(then: Any = None, **others: Any) -> dict[str, Any]:
    return {"id": "a", "then": {"clock": "response", "limit": "4wh"} if then is None else then, **others}


def policy(*rules: Any, **others: Any) -> dict[str, Any]:
    return {"process": "p", "version": 1, "rules": list(rules), **others}


def test_a_rule_changes_the_limit_and_the_calendar_of_a_promise() -> None:
    written = policy(
        rule({"clock": "response", "limit": "4wh", "calendar": {"id": "office", "version": 1}}, when={"tier": "gold"})
    )
    found = policy_of(written, KNOWN, START)
    (first,) = found.policy.rules
    assert (first.when, first.then.limit, first.then.calendar) == ({"tier": "gold"}, "4wh", CalendarRef(id="office", version=1))
    assert (found.policy.valid_from, found.is_dated, first.then.adds) == (START, False, None)


@pytest.mark.parametrize("written", ["2027-01-01T00:00:00+08:00", datetime(2026, 12, 31, 16, tzinfo=UTC)])
def test_an_instant_is_taken_as_json_and_as_yaml_have_it(written: Any) -> None:
    found = policy_of(policy(rule(), valid_from=written), KNOWN, START)
    assert (found.policy.valid_from, found.is_dated) == (datetime(2026, 12, 31, 16, tzinfo=UTC), True)


OWN: dict[str, Any] = {"clock": "own", "limit": "4h"}


@pytest.mark.parametrize(
    ("words", "kind", "start", "stop", "others"),
    [
        ({"until": "resolved"}, "own", "registered", "resolved", {}),
        ({"from": "entered:n1", "until": "closed", "reopened": "new", "kind": "x"}, "x", "entered:n1", "closed",
         {"reopened": "new"}),
        ({"until": "first_response"}, "own", "registered", "first_response", {"owed": True}),
        ({"node": "n4", "pauses": ["awaiting_customer"]}, "node", "entered:n4", "completed:n4",
         {"node": "n4", "per_visit": True, "pauses": ("awaiting_customer",)}),
        ({"gate": "g", "warn": {"80%": "agent", "2h": "supervisor"}}, "gate", "requested", "decided",
         {"gate": "g", "warn": {"80%": "agent", "2h": "supervisor"}}),
        ({"exception": "e"}, "exception", "raised", "turned_to", {"exception": "e"}),
        ({"each": "message"}, "own", "message", "spoken", {"each": "message"}),
        ({"each": "update", "from": "entered:n1"}, "own", "entered:n1", "spoken", {"each": "update"}),
    ],
)  # fmt: skip
def test_a_promise_of_its_own_means_what_it_means_in_a_standard(
    words: dict[str, Any], kind: str, start: str, stop: str, others: dict[str, Any]
) -> None:
    (first,) = policy_of(policy(rule(OWN | words)), KNOWN, START).policy.rules
    assert first.then.adds == Target(clock="own", kind=kind, limit="4h", start=start, stop=stop, **others)


SAME = rule(OWN | {"node": "n4"})


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (policy(rule(), urgent=True), "it may have process, rules, valid_from, version"),
        (policy(), "rules must be a list and not empty"),
        (policy(*[rule(id=str(n), when={"model": str(n)}) for n in range(RULES_MAX + 1)]), f"at most {RULES_MAX}"),
        (policy(rule(when={f"x{n}": "y" for n in range(CONDITIONS_MAX + 1)})), f"at most {CONDITIONS_MAX}"),
        (policy(rule(), valid_from="2027-01-01"), "an instant with its zone"),
        (policy(rule(), valid_from="0001-01-01T00:00:00+14:00"), "an instant with its zone"),
        (policy(rule(), version=0), "version must be"),
        (policy(rule(), process="q"), "is not published here"),
        (policy(rule(then={"clock": "respnse", "limit": "1h"})), "Did you mean response?"),
        (policy(rule(then={"clock": "response"})), "changes nothing of response"),
        (policy(rule(then={"clock": "response", "limit": "soon"})), "is no limit"),
        (
            policy(rule(then={"clock": "response", "limit": "4h", "calendar": {"id": "office", "version": 1}})),
            "no calendar counts",
        ),
        (policy(rule(then={"clock": "response", "calendar": {"id": "office"}})), "calendar must be like"),
        (policy(rule(then={"clock": "response", "calendar": {"id": "office", "version": 7}})), "is not published"),
        (policy(rule(then={"clock": "response", "limit": "4h", "until": "resolved"})), "the standard promises response itself"),
        (policy(rule(then={"clock": "own", "until": "resolved"})), "changes nothing of own"),
        (policy(rule(OWN | {"node": "n1", "gate": "g"})), "about one of them"),
        (policy(rule(OWN | {"node": "n1", "until": "closed"})), "until says nothing beside node"),
        (policy(rule(OWN | {"each": "message", "from": "registered"})), "from says nothing beside each: message"),
        (policy(rule(OWN | {"each": "often"})), "one of message, update"),
        (policy(rule(OWN | {"until": "some day"})), "there is no moment"),
        (policy(rule(OWN | {"owed": True})), "does not say `until` when"),
        (policy(rule(OWN | {"until": "closed", "owed": "yes"})), "true or false"),
        (policy(rule(OWN | {"node": "n1", "pauses": ["a", "a"]})), "more than once"),
        (policy(rule(OWN | {"node": "n1", "warn": {"80": "agent"}})), "is no mark; write how much is used, such as 80%"),
        (policy(rule(OWN | {"node": "n1", "warn": {80: "agent"}})), "80 is no mark"),
        (policy(rule(OWN | {"node": "n1", "warn": {"4h": "agent"}})), "4h never warns, because no more is promised than 4h"),
        (policy(rule(OWN | {"node": "n1", "warn": {"80%": "boss"}})), "write one of agent, owner, supervisor"),
        (policy(rule(OWN | {"node": "n1", "warn": {"80%": ["agent"]}})), "write one of agent, owner, supervisor"),
        (policy(rule(OWN | {"node": "n1", "warn": {f"{n}%": "agent" for n in range(1, 7)}})), "write at most 5"),
        (policy(rule(OWN | {"node": "n1", "warn": ["80%"]})), "warn must be entries"),
        (policy(rule({"clock": "response", "limit": "4h", "warn": {"80%": "agent"}})), "only limit and calendar can be changed"),
        (policy(rule(OWN | {"limit": "agreed_due_at", "node": "n1", "pauses": ["a"]})), "no wait moves"),
        (policy(rule(OWN | {"limit": "legal_due_at", "until": "closed", "reopened": "continue"})), "no cycle goes on with"),
        (policy(rule({"clock": "response", "limit": "due_at"})), "or agreed_due_at or legal_due_at"),
        (policy(rule(when={"colour": "red"})), "no case has a colour"),
        (policy(rule(when={"tier": "Gold"})), "Did you mean gold?"),
        (policy(rule(when={"grade": "urgnt"})), "Did you mean urgent?"),
        (policy(rule(), rule()), "more than once"),
        (policy(rule(), rule(id="b", when={"tier": "gold"})), "b is never asked: a stands before it"),
        (policy(SAME, rule(OWN | {"node": "n1"}, id="b", when={"tier": "gold"})), "only limit and calendar may differ"),
        (policy({"id": "a", "then": "fast"}), "a: then must be entries"),
        (policy({"id": "x" * 101, "then": {}}), "1 to 100 characters"),
        (policy({"id": "a\0", "then": {}}), "1 to 100 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(written: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        policy_of(written, KNOWN, START)
    assert says in str(refused.value)


def test_working_time_needs_a_calendar_somewhere() -> None:
    known = knowing(replace(STANDARD, calendar=None), OFFICE)
    with pytest.raises(BadCalendar, match="names no calendar"):
        policy_of(policy(rule()), known, START)
    assert policy_of(
        policy(rule({"clock": "response", "limit": "4wh", "calendar": {"id": "office", "version": 1}})), known, START
    )


def test_a_change_may_be_about_a_promise_that_another_rule_adds() -> None:
    written = policy(rule({"clock": "own", "limit": "1h"}, id="gold", when={"tier": "gold"}), SAME)
    first, second = policy_of(written, KNOWN, START).policy.rules
    assert (first.then.adds, second.then.adds and second.then.adds.node) == (None, "n4")
