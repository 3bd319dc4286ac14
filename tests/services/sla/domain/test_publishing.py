"""A calendar's version is published once: the same again says nothing, other content needs another number."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.sla import CalendarPublished, PolicyPublished
from libs.events.testing.spec import given
from services.sla.books import CALENDARS
from services.sla.domain.publishing import publish, publish_policy
from tests.services.sla.samples import OFFICE, START


def test_a_version_is_published_once_and_never_changes() -> None:
    new = given(CALENDARS, key=OFFICE.id)
    new.when(publish, OFFICE, at=START).then(CalendarPublished(calendar=OFFICE))
    published = new.after(publish, OFFICE, at=START)
    published.when(publish, OFFICE, at=START).nothing()
    assert published.when(publish, replace(OFFICE, timezone="UTC"), at=START).refused("version-published").status == 409
    published.when(publish, replace(OFFICE, version=2), at=START).then(CalendarPublished(calendar=replace(OFFICE, version=2)))


INSTANT = timedelta(microseconds=1)
POLICY = Policy(process_id="p", version=1, valid_from=START, rules=())


@pytest.mark.parametrize(
    ("why", "newest_at", "is_early"),
    [
        ("there is no case", None, False),
        ("the newest case came an instant before", START - INSTANT, False),
        ("it came at that instant", START, True),
        ("it came later", START + INSTANT, True),
    ],
)
def test_a_policy_holds_for_cases_that_are_still_to_come(why: str, newest_at: Any, is_early: bool) -> None:
    new = given(CALENDARS, key="p")
    asked = new.when(publish_policy, POLICY, is_dated=True, newest_at=newest_at, at=START)
    if is_early:
        asked.refused("policy-too-early")
    else:
        asked.then(PolicyPublished(policy=POLICY))
    undated = START if newest_at is None else max(START, newest_at + INSTANT)
    asked = new.when(publish_policy, POLICY, is_dated=False, newest_at=newest_at, at=START)
    asked.then(PolicyPublished(policy=replace(POLICY, valid_from=undated)))


def test_a_policy_without_an_instant_that_is_published_again_is_the_one_that_is_known() -> None:
    known = given(CALENDARS, key="p").after(publish_policy, POLICY, is_dated=False, newest_at=None, at=START)
    later = START + timedelta(hours=1)
    known.when(publish_policy, replace(POLICY, valid_from=later), is_dated=False, newest_at=None, at=later).nothing()
