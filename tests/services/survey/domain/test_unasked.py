"""Why nobody was asked about the end of a case follows from its facts, in whatever order they came."""

from dataclasses import replace
from itertools import permutations

import pytest

from libs.events.catalogue.routing import CaseResolved
from libs.events.testing.spec import knowing
from services.survey.alarms import settle
from services.survey.books import CASES
from services.survey.domain.unasked import unasked
from tests.services.survey.story import KEY, REGISTERED, REOPENED, RESOLVED, SHELF, STANDARD, USUAL, day, fact

NOBODY = replace(REGISTERED, customer_ref="anonymous")
UNREACHED = CaseResolved(outcome="unreachable")
TWICE = [(0, REGISTERED), (3, UNREACHED), (4, REOPENED)]


def told(facts, shelf, until):
    """Return the case with everything that survey says of it."""
    known = list(facts)
    while said := settle(KEY, CASES.of(KEY, known), shelf, until):
        known += said
    return CASES.of(KEY, known)


@pytest.mark.parametrize(
    ("why", "facts", "shelf", "until", "found"),
    [
        ("work goes on",                  [(0, REGISTERED)],                                 SHELF, day(9), []),
        ("asked at once",                 [(0, REGISTERED), (3, RESOLVED)],                  SHELF, day(3), []),
        ("asked later",                   [(0, REGISTERED), (3, RESOLVED)],                  USUAL, day(9), []),
        ("not yet",                       [(0, REGISTERED), (3, RESOLVED)],                  USUAL, day(3), ["scheduled"]),
        ("reopened at once",              [(0, REGISTERED), (3, RESOLVED), (3, REOPENED)],   USUAL, day(9), ["not_asked"]),
        ("nobody is known",               [(0, NOBODY), (3, RESOLVED)],                      SHELF, day(9), ["nobody"]),
        ("an ending not asked about",     [(0, REGISTERED), (3, UNREACHED)],                 SHELF, day(9), ["not_asked"]),
        ("one of two is asked about",     [*TWICE, (5, RESOLVED)],                           SHELF, day(9), ["not_asked"]),
    ],
)  # fmt: skip
def test_nobody_is_asked_because(why, facts, shelf, until, found):
    case = told([fact(number, event, sequence=n) for n, (number, event) in enumerate(facts)], shelf, until)
    assert [one.why for one in unasked(case)] == found, why


def test_a_reopening_after_it_was_said_when_they_are_asked():
    before = [fact(0, REGISTERED), fact(3, RESOLVED)]
    said = settle(KEY, CASES.of(KEY, before), USUAL, day(3))
    (one,) = unasked(told([*before, *said, fact(3, REOPENED, sequence=5)], USUAL, day(9)))
    assert (one.why, one.number, one.ending.at, one.outcome) == ("reopened", 1, day(3), "resolved")


def test_an_imported_ending_does_not_count():
    case = told([fact(0, REGISTERED, origin="import"), fact(3, RESOLVED, origin="import")], SHELF, day(9))
    assert list(unasked(case)) == []


def test_the_order_in_which_facts_come_changes_no_row():
    facts = [fact(number, event) for number, event in [*TWICE, (5, RESOLVED)]]
    shelf = knowing(replace(STANDARD, survey=replace(STANDARD.survey, outcomes=())))
    live = [list(CASES.rows(KEY, told(some, shelf, day(9)))) for some in permutations(facts)]
    assert live[0] and all(one == live[0] for one in live)
