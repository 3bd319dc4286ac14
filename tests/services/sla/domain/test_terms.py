"""Why a promise cannot be computed, at the borders of what its calendar says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from libs.events.testing.spec import knowing
from services.sla.domain.terms import Lack, lacking, reach
from services.sla.domain.working_time import working_time
from tests.services.sla.samples import OFFICE, START, standard, target, terms

FIRST, LAST = reach(working_time(OFFICE))
INSTANT = timedelta(microseconds=1)
TERMS = terms(target("3wd"))


@pytest.mark.parametrize(
    ("why", "start", "reason"),
    [
        ("it began an instant too early", FIRST - INSTANT, "too_early"),
        ("it began at the first instant", FIRST, "too_late"),
        ("it began at the last", LAST, "too_late"),
    ],
)
def test_a_promise_runs_past_the_calendar_unless_it_began_before(why: str, start: datetime, reason: str) -> None:
    assert TERMS.lack(START, start, working_time(OFFICE)) == Lack(START, TERMS.named, reason), why


def test_where_no_policy_is_published_version_0_is_in_force() -> None:
    assert TERMS.in_force == 0


def test_standards_whose_calendar_is_not_published_are_listed_with_the_version_that_they_name() -> None:
    promised = standard(target("3wd"))
    nameless, behind = replace(promised, process_id="q", calendar=None), replace(OFFICE, version=2)
    assert lacking(knowing(promised, nameless, behind)) == [(promised, promised.calendar)]
    assert lacking(knowing(promised, nameless, OFFICE)) == []


def test_a_calendar_that_is_not_published_and_one_that_is_not_named_are_told_apart() -> None:
    nameless = replace(TERMS, standard=replace(standard(), calendar=None))
    assert [one.lack(START, START, None).reason for one in (TERMS, nameless)] == ["not_published", "none_named"]
