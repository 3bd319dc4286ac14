"""A customer who comes again: cases of any partition meet in her record, and the verdict is that of their set."""

from random import Random
from typing import Any

import pytest

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseClassified
from libs.events.testing.tables import rows_of
from services.analytics.domain.repeats import PERIOD, parts
from services.analytics.service import SERVICE
from tests.services.analytics.story import at, case, facts, resolved

DAY = 24 * 60
MICROSECOND = 1 / 60_000_000
PERIODS = [0.0, 11 * DAY, PERIOD.days * DAY - 7 * DAY, PERIOD.days * DAY - 1]
"""Where in a record's period a case may come: a repeat may lie in the next one."""


def came(minute: float, customer: str = "c7", category: str = "billing", process: str = "p") -> list[tuple[float, Any]]:
    registered = CaseRegistered(channel="web", customer_ref=customer, process_id=process, process_version=1)
    return [(minute, registered), *([(minute, CaseClassified(category=category))] if category else [])]


def counted(stories: dict[str, list[tuple[float, Any]]], seed: int = 0) -> dict[str, bool]:
    told = [fact for key, story in stories.items() for fact in facts(story, key)]
    tables = rows_of(SERVICE, Random(seed).sample(told, len(told)))
    shown = {key[0]: bool(values[0]) for key, values in tables["case_rules"].items() if key[1] == "no_repeat"}
    sums = [values for key, values in tables["first_contact_resolution"].items() if key[-1] == "no_repeat"]
    assert (sum(one[0] for one in sums), sum(one[1] for one in sums)) == (sum(shown.values()), len(shown))
    return shown


@pytest.mark.parametrize("begin", PERIODS)
@pytest.mark.parametrize(
    ("why", "after", "again", "is_counted"),
    [
        ("at the very resolution", 0, {}, True),
        ("a moment after it", MICROSECOND, {}, False),
        ("on the seventh day", 7 * DAY, {}, False),
        ("a moment after the seventh day", 7 * DAY + MICROSECOND, {}, True),
        ("before it", -30, {}, True),
        ("somebody else", DAY, {"customer": "c8"}, True),
        ("another need", DAY, {"category": "delivery"}, True),
        ("a need nobody named", DAY, {"category": ""}, True),
        ("another process", DAY, {"process": "q"}, True),
    ],
)
def test_a_need_that_comes_again_within_seven_days_was_not_met(
    why: str, after: float, again: dict[str, str], begin: float, is_counted: bool
) -> None:
    stories = {"one": [*came(begin), (begin + 60, resolved())], "two": came(begin + 60 + after, **again)}
    assert counted(stories, seed=int(begin)) == {"one": is_counted}, why


@pytest.mark.parametrize(
    ("why", "customer", "category"), [("nobody", "anonymous", "billing"), ("unknown", "", "billing"), ("no category", "c7", "")]
)
def test_who_is_not_known_is_compared_with_nobody(why: str, customer: str, category: str) -> None:
    one, two = came(0, customer, category), came(DAY, customer, category)
    assert counted({"one": [*one, (60, resolved())], "two": two}) == {"one": True}, why
    assert list(parts("one", case(*one))) == [], "and nothing of them is kept for it"


def test_what_a_case_was_on_the_seventh_day_decides() -> None:
    one = [*came(0), (60, resolved())]
    other = CaseClassified(category="delivery")
    assert counted({"one": one, "two": [*came(DAY), (6 * DAY, other)]}) == {"one": True}
    assert counted({"one": one, "two": [*came(DAY), (60 + 7 * DAY, other)]}) == {"one": True}
    assert counted({"one": one, "two": [*came(DAY), (60 + 7 * DAY + MICROSECOND, other)]}) == {"one": False}
    assert counted({"one": [*one, (6 * DAY, other)], "two": came(DAY)}) == {"one": True}


def test_a_case_is_in_the_records_of_the_periods_in_which_it_matters() -> None:
    periods = {minute: len({part.key for part in parts("x", case(*came(minute)))}) for minute in range(0, PERIOD.days * DAY, DAY)}
    assert sorted(periods.values()) == [1] * (PERIOD.days - 7) + [2] * 7, at(0)
