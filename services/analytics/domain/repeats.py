"""Whether the same customer came again: the one rule of first contact resolution that a case does not answer alone.

A case shows itself to its customer's record of the weeks in which it matters; there the cases of a customer and process meet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from libs.events.catalogue.intake import NOBODY
from libs.events.words.now import EPOCH, moved
from libs.events.words.row import Part
from services.analytics.domain.case import Case, Registration, stretch_at
from services.analytics.domain.durations import first_resolution
from services.analytics.domain.first_contact import FINAL_AFTER, NO_REPEAT, ONE_CONTACT, handling_of, verdicts_of

PERIOD = timedelta(days=28)
"""What one record spans, so that none grows with the years. It is longer than the time in which a need may be repeated."""


class Claim(NamedTuple):
    """A resolution that was the customer's only contact, unless the customer comes again."""

    at: datetime
    team: str
    agent: str
    process_version: int
    category: str
    grade: str = ""
    service_class: str = ""

    @property
    def held(self) -> tuple[str, str, str, str]:
        """The team and agent it counts for, and the grade and class that the case had."""
        return self.team, self.agent, self.grade, self.service_class


class Coming(NamedTuple):
    """A case as its customer's other cases see it: when it came, its categories since when, and what it claims."""

    came_at: datetime
    categories: tuple[tuple[datetime, str], ...]
    claim: Claim | None = None

    def category_at(self, at: datetime) -> str:
        """Return the category that the case had at an instant."""
        return next((category for since, category in reversed(self.categories) if since <= at), "")


@dataclass(slots=True)
class Customer:
    """What one customer came with under one process in a period, by case."""

    parts: dict[str, Coming] = field(default_factory=dict)


def answered_alone(case: Case, verdicts: Mapping[str, bool]) -> Mapping[str, bool]:
    """Return the verdicts, that of `no_repeat` among them where no other case can change it."""
    if not verdicts or claim_of(case, verdicts) is not None:
        return verdicts
    return {**verdicts, NO_REPEAT.name: verdicts[ONE_CONTACT.name]}


def claim_of(case: Case, verdicts: Mapping[str, bool]) -> Claim | None:
    """Return the claim that the customer's other cases may refute; nothing where they cannot change the verdict."""
    came, first = case.registration, first_resolution(case)
    if came is None or first is None or came.customer_ref in NOBODY or not verdicts.get(ONE_CONTACT.name):
        return None
    category = stretch_at(case, moved(first.at, FINAL_AFTER)).category
    if not category:
        return None
    then = stretch_at(case, max(first.at, came.at))
    return Claim(first.at, first.team, first.agent, came.process_version, category, then.grade, then.service_class)


def parts(key: str, case: Case) -> Iterable[Part]:
    """Yield what the case shows to its customer. A case without a customer or without a category shows nothing."""
    came, categories = case.registration, _categories(case)
    if came is None or came.customer_ref in NOBODY or not categories:
        return
    claim = claim_of(case, verdicts_of(case, handling_of(case), (ONE_CONTACT,))) if first_resolution(case) else None
    shown = Coming(came.at, categories, claim)
    periods = {_period(came.at), _period(moved(came.at, -FINAL_AFTER))}
    if claim:
        periods.add(_period(claim.at))
    yield from (Part(record_of(came, period), shown) for period in sorted(periods))


def repeated(case_id: str, claim: Claim, customer: Customer) -> bool:
    """Test whether the customer came with another case of that category within seven days of the resolution."""
    until = moved(claim.at, FINAL_AFTER)
    return any(
        claim.at < other.came_at <= until and id != case_id and other.category_at(until) == claim.category
        for id, other in customer.parts.items()
    )


def claims(key: str, customer: Customer) -> Iterable[tuple[str, Claim]]:
    """Yield the cases whose verdict is given in this record: those resolved in its period."""
    _, _, period = of_record(key)
    return ((id, one.claim) for id, one in customer.parts.items() if one.claim and _period(one.claim.at) == period)


def record_of(came: Registration, period: int) -> str:
    """Return the key of the record of the case's customer and process for a period."""
    return msgspec.json.encode((came.customer_ref, came.process_id, period)).decode()


def of_record(key: str) -> tuple[str, str, int]:
    """Return customer, process and period of a record's key."""
    return msgspec.json.decode(key, type=tuple[str, str, int])


def _categories(case: Case) -> tuple[tuple[datetime, str], ...]:
    found: list[tuple[datetime, str]] = []
    for one in case.stretches:
        if one.category != (found[-1][1] if found else ""):
            found.append((one.since, one.category))
    return tuple(found)


def _period(at: datetime) -> int:
    return (at - EPOCH) // PERIOD
