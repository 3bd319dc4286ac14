"""Changed terms lie over what is published: the rules find them there, and what is published stays as it is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from libs.events.catalogue.promise import Change, Policy, PolicyRule
from libs.events.catalogue.references import CALENDAR, POLICY, PROCESS
from services.sla.domain.changed_terms import Asked, BadTerms, Scope, changed_terms, refuse_bad_terms
from tests.services.sla.samples import OFFICE, at, facts, shelf, standard, state_of, target

KNOWN = shelf(target("60m"), target("2wd", "resolved", clock="whole", kind="resolution"))
OTHER = replace(OFFICE, holidays=(date(2025, 6, 3),))


def limits(known: Any, version: int = 1) -> dict[str, str]:
    return {one.clock: one.limit for one in known.version(PROCESS, "p", version).targets}


def test_without_changes_it_is_what_is_known() -> None:
    assert changed_terms(KNOWN, Asked(as_of=at(5))) is KNOWN


def test_what_is_changed_stands_in_place_and_what_is_published_stays() -> None:
    told = changed_terms(KNOWN, Asked(calendars=(OTHER,), limits={"response": "30m"}))
    assert told.version(CALENDAR, "office", 1) == OTHER and limits(told) == {"response": "30m", "whole": "2wd"}
    assert KNOWN.version(CALENDAR, "office", 1) == OFFICE and limits(KNOWN) == {"response": "60m", "whole": "2wd"}
    assert (told.words, told.published, told.read_to) == (KNOWN.words, KNOWN.published, KNOWN.read_to)


def test_a_limit_holds_for_a_standard_that_is_changed_too() -> None:
    told = changed_terms(KNOWN, Asked(standards=(standard(target("90m")),), limits={"response": "45m"}))
    assert limits(told) == {"response": "45m"}


RULE = PolicyRule(id="all", when={}, then=Change(clock="response", limit="20m"))
POLICY_1 = Policy(process_id="p", version=1, valid_from=at(-1), rules=(RULE,))


def test_a_policy_lies_over_what_is_published_and_a_limit_over_what_it_says() -> None:
    told = changed_terms(KNOWN, Asked(policies=(POLICY_1,)))
    assert told.versions(POLICY, "p") == [POLICY_1] and KNOWN.versions(POLICY, "p") == []
    [limited] = changed_terms(KNOWN, Asked(policies=(POLICY_1,), limits={"response": "5m"})).versions(POLICY, "p")
    assert [rule.then.limit for rule in limited.rules] == ["5m"]


def test_what_is_published_meanwhile_is_not_lost_in_either() -> None:
    known = shelf(target("60m"))
    told = changed_terms(known, Asked(calendars=(OTHER,)))
    known.put(CALENDAR, replace(OFFICE, version=2))
    assert not told.knows(CALENDAR.one_version("office", 2))
    told.put(CALENDAR, replace(OFFICE, version=3))
    assert not known.knows(CALENDAR.one_version("office", 3)) and known.versions(CALENDAR, "office")[0] == OFFICE


@pytest.mark.parametrize(
    ("why", "asked", "says"),
    [
        ("no such calendar",    Asked(calendars=(replace(OFFICE, id="x"),)), "no calendar x version 1"),
        ("no such version",     Asked(calendars=(replace(OFFICE, version=9),)), "no calendar office version 9"),
        ("no such standard",    Asked(standards=(replace(standard(), process_id="q"),)), "no process q version 1"),
        ("its limit is none",   Asked(standards=(standard(target("soon")),)), "clock response: 'soon' is no limit"),
        ("no such clock",       Asked(limits={"x": "5m"}), "has a clock x"),
        ("a limit that is none", Asked(limits={"response": "0m"}), "'0m' is no limit"),
    ],
)  # fmt: skip
def test_what_stands_in_place_of_nothing_is_refused(why: str, asked: Asked, says: str) -> None:
    with pytest.raises(BadTerms, match=says):
        refuse_bad_terms(KNOWN, asked)


def test_a_calendar_that_a_standard_waits_for_may_be_tried() -> None:
    refuse_bad_terms(shelf(target("60m"), calendars=()), Asked(calendars=(OFFICE,)))


@pytest.mark.parametrize(
    ("scope", "takes"),
    [
        (Scope(), True),
        (Scope(process="p"), True),
        (Scope(process="q"), False),
        (Scope(grade="urgent"), False),
        (Scope(registered_since=at(0)), True),
        (Scope(registered_since=at(1)), False),
        (Scope(registered_until=at(0)), False),
        (Scope(registered_until=at(1)), True),
        (Scope(case_ids=("a", "b")), True),
        (Scope(case_ids=("b",)), False),
    ],
)
def test_a_scope_takes_what_fits_all_of_it(scope: Scope, takes: bool) -> None:
    assert scope.takes("a", state_of(facts())) is takes


def test_a_case_that_nobody_registered_is_in_no_scope() -> None:
    assert not Scope().takes("a", state_of([]))
