"""The form of a figure: one declaration, from which table, views, answers, metric and documents follow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from libs.events.catalogue.phases import CANCELLED
from libs.events.catalogue.standard import Label
from services.analytics.domain.life import Life

DIMENSIONS = {
    "process": "process_id",
    "version": "process_version",
    "grade": "grade",
    "class": "service_class",
    "team": "team",
    "agent": "agent",
}
"""What every figure may be asked by → the column of its views."""

LISTED = "figures"
"""The table in which every counted figure has its columns, and the view in which all figures stand."""


DRIFT, DRIFT_FROM = 0.05, 10
"""DESIGN: a share drifts when it is further than this from what is expected, of at least so many; fewer prove nothing."""


class Count(NamedTuple):
    """What a case adds to a figure: at an instant, or, with `at` None, on the day on which it came.

    `team` and `agent` are those that held the case at that instant, unless they are given; a case that came counts for those that
    held it when that day ended. `part` is a word of the figure's own dimension. `known`: the fact that makes it so occurred
    then, if that is later than the day it counts on.
    """

    at: datetime | None
    num: int
    den: int = 1
    team: str | None = None
    agent: str | None = None
    part: str = ""
    known: datetime | None = None


Counting = Callable[[Life], Iterable[Count]]


def label(en: str, zh: str) -> Label:
    """Return words in both languages."""
    return Label(en=en, zh=zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with a title and a written definition. Cancelled cases are out from the instant on at which they are cancelled.

    `count` says what a case adds; without it, `view` is where analysts read it, `numerator` and `denominator` are its columns
    and `where` narrows its rows. A figure of a unit other than `rate` that has a denominator is a mean.
    `kpi` is the number of the key figure that it is, empty when it is none. `direction` says what is better: `up`, `down`, or
    neither. `counts` is what one of its denominator is. `part` is a dimension that it has beside DIMENSIONS. `group` is its
    chapter; that of a function that counts is the module. `apart`: a rate whose numerator is no part of its denominator.
    `rule`: by which rule it answers a question that other figures answer by others; the question is its name before the dot.
    `settles` is how long after a day facts may change that day's figure; None: as long as its cases live. With `awaits` it
    follows from something that did not happen, so that a day has no figure before it is settled. With `quantiles` each value is
    kept, and median and 90th percentile are exact. `share` is the dimension over whose words its parts add up to one;
    `expected` are the shares that the handbooks expect of them.
    """

    name: str
    title: Label
    unit: str
    definition: Label
    view: str = LISTED
    numerator: str = "num"
    denominator: str = "den"
    where: str = ""
    group: str = ""
    kpi: str = ""
    version: int = 1
    direction: str = ""
    counts: str = "case"
    part: str = ""
    apart: bool = False
    rule: Label | None = None
    settles: timedelta | None = timedelta(0)
    awaits: bool = False
    quantiles: bool = False
    share: str = ""
    expected: Mapping[str, float] = field(default_factory=dict)
    count: Counting | None = None

    @property
    def chapter(self) -> str:
        """In which chapter of the list of figures it stands."""
        return self.count.__module__.rpartition(".")[2] if self.count else self.group

    @property
    def question(self) -> str:
        """What it answers by a rule of its own; empty where there is but one answer."""
        return self.name.partition(".")[0] if self.rule else ""

    @property
    def is_askable(self) -> bool:
        """Test whether it is counted by day; some are columns of a case, or of an instant."""
        return self.view != "cases" and bool(self.numerator)

    @property
    def is_listed(self) -> bool:
        """Test whether what it counts is known one by one; of others only sums are kept."""
        is_of_verdicts = self.view == "first_contact_resolution" and self.counts == "case"
        return self.quantiles or self.view == "timeliness" or is_of_verdicts

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it may be asked by."""
        return (*DIMENSIONS, self.part) if self.part else tuple(DIMENSIONS)

    def drifts(self, word: str, share: float, of: int) -> bool | None:
        """Test whether a share is far from what is expected of the word; None where nothing is, or where too few are counted."""
        if word not in self.expected or of < DRIFT_FROM:
            return None
        return abs(share - self.expected[word]) > DRIFT + 1e-9

    def final_at(self, over: datetime) -> datetime | None:
        """Return when the figure of days that are over at that instant is final; None while their cases live."""
        return None if self.settles is None else over + self.settles


def counted(
    *,
    title: Label,
    kpi: str,
    unit: str,
    en: str,
    zh: str,
    version: int = 1,
    direction: str = "",
    counts: str = "case",
    part: str = "",
    apart: bool = False,
    settles: timedelta | None = timedelta(0),
    awaits: bool = False,
    quantiles: bool = False,
    share: str = "",
    expected: Mapping[str, float] = {},
) -> Callable[[Counting], Figure]:
    """Declare a figure by the function that counts it; its name is the function's."""

    def declare(count: Counting) -> Figure:
        return Figure(
            name=count.__name__,
            title=title,
            definition=label(en, zh),
            kpi=kpi,
            unit=unit,
            version=version,
            direction=direction,
            counts=counts,
            part=part,
            apart=apart,
            settles=settles,
            awaits=awaits,
            quantiles=quantiles,
            share=share,
            expected=expected,
            count=count,
        )

    return declare


def arrived(life: Life, num: int, den: int = 1, part: str = "") -> Iterable[Count]:
    """Return what a case adds by having come, unless it was cancelled on the day on which it came."""
    return () if life.arrival.phase == CANCELLED else (Count(None, num, den, None, None, part),)


def changes(life: Life, is_so: Callable[[datetime], bool], steps: Iterable[datetime]) -> Iterable[Count]:
    """Yield what a case that came adds as it changes: it counts while it is not cancelled, and above while it is so.

    `steps`: when that may have changed beside the case itself.
    """
    num, den = 0, 0
    for at in life.moments(steps):
        now_den = int(not life.is_cancelled(at))
        now_num = int(now_den and is_so(at))
        if (now_num, now_den) != (num, den):
            yield Count(None, now_num - num, now_den - den, known=at)
            num, den = now_num, now_den


class Day(NamedTuple):
    """Where a count stands in the table of figures: its key."""

    day: date
    known_on: date
    process_id: str
    process_version: int
    grade: str
    service_class: str
    team: str
    agent: str
    part: str
