"""A month of customer service, made from a seed: the cases, their times and their kinds. The walk makes their facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from random import Random
from typing import TypeVar

import msgspec

from deploy.demo.plan import Plan
from deploy.demo.walk import walked
from deploy.importer.facts import SourceFact
from libs.events.catalogue.standard import Standard
from libs.events.words.event import TYPES

SYSTEM = "demo"
DAYS = 30
OPENS, WORKED = timedelta(hours=1), timedelta(hours=9)
"""Days are counted in UTC; the hours 1 to 10 are 9 to 18 o'clock in Shanghai."""

PROCESSES = {
    "inbound-call": 0.62,
    "complaint-quality": 0.23,
    "feedback-handling": 0.07,
    "problem-handling": 0.06,
    "service-delivery": 0.02,
}
CLASSES = {"routine": 0.7, "urgent": 0.2, "complex": 0.1}
"""The mix of classes that the service handbooks expect of calls."""

# Of 100 customers 35 answer, and of these 9 in 10 are satisfied.
ANSWERS: Mapping[bool | None, float] = {None: 0.65, True: 0.315, False: 0.035}

T = TypeVar("T")
Suits = Callable[[Standard, datetime], bool]


@dataclass(frozen=True, slots=True)
class Month:
    """The settings of a month: the same values always make the same facts. It ends at `until`."""

    seed: int
    cases: int
    until: datetime

    @property
    def since(self) -> datetime:
        """Return its first instant."""
        return self.until - timedelta(days=DAYS)


def facts_of(month: Month, standards: Mapping[str, Standard], suits: Suits) -> Iterator[list[SourceFact]]:
    """Yield the facts of each case, in order of registration; `suits` says which standard may govern a case at an instant."""
    for plan in plans(month, standards, suits):
        said = walked(plan, standards[plan.process_id], _chance(month.seed, plan.case))
        ordered = sorted((one for one in said if one[0] < month.until), key=lambda one: one[0])
        yield [_fact(plan.case, sequence, *one) for sequence, one in enumerate(ordered, 1)]


def plans(month: Month, standards: Mapping[str, Standard], suits: Suits) -> Iterator[Plan]:
    """Yield the cases of the month in order of registration."""
    chance = _chance(month.seed, "plans")
    arrived = sorted(_arrival(chance, month.since) for _ in range(month.cases))
    wanted = zip(deck(chance, month.cases, PROCESSES), arrived, strict=True)
    processes = [_governing(process, at, standards, suits) for process, at in wanted]
    classes = iter(deck(chance, processes.count("inbound-call"), CLASSES))
    answers = deck(chance, month.cases, ANSWERS)
    for number, (at, process) in enumerate(zip(arrived, processes, strict=True), 1):
        yield Plan(
            case=f"{month.seed}-{number:05}",
            process_id=process,
            at=at,
            customer=f"K-{chance.randrange(month.cases)}",
            service_class=next(classes) if process == "inbound-call" else "",
            satisfied=answers[number - 1],
        )


def deck(chance: Random, size: int, shares: Mapping[T, float]) -> list[T]:
    """Return `size` cards, shuffled, with exactly these shares except for rounding."""
    borders = [0, *(round(size * upto) for upto in accumulate(shares.values()))]
    cards = [card for card, (a, b) in zip(shares, pairwise(borders), strict=True) for _ in range(b - a)]
    chance.shuffle(cards)
    return cards


def _governing(wanted: str, at: datetime, standards: Mapping[str, Standard], suits: Suits) -> str:
    """Return the wanted process, or the most frequent one that may govern a case at this instant."""
    return next(process for process in (wanted, *PROCESSES) if suits(standards[process], at))


def _arrival(chance: Random, since: datetime) -> datetime:
    days = [since + timedelta(days=n) for n in range(DAYS)]
    (day,) = chance.choices(days, [5 if day.weekday() < 5 else 1 for day in days])
    if chance.random() < 0.1:
        return day + timedelta(seconds=chance.randrange(86_400))
    return day + OPENS + timedelta(seconds=round(WORKED.total_seconds() * chance.betavariate(1.6, 1.9)))


def _fact(case: str, sequence: int, at: datetime, event: object) -> SourceFact:
    return SourceFact(SYSTEM, case, sequence, TYPES[type(event)].name, at, msgspec.to_builtins(event))


def _chance(*words: object) -> Random:
    return Random(":".join(map(str, words)))  # noqa: S311
