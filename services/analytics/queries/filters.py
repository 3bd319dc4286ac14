"""What part of the figures is asked for, and the condition it makes."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from annotated_types import Ge, Le

from libs.events.store.asked import asked
from libs.web.filters import Word, by, chosen, conditions
from libs.web.text import IN_DIGITS, Day
from services.analytics.domain.figure import DIMENSIONS, Figure

Figures = dict[str, Any]

Version = Annotated[int, Ge(1), Le(2**31 - 1), IN_DIGITS]

TIMES = {"day": "day", "week": "week", "month": "month"}
"""What a figure may be summed up over → the column of the view."""

_SINCE = ("{day} >=", "First day, a date in the desk's zone.")
_UNTIL = ("{day} <", "First day left out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which part of the figures is asked for; None takes all. Days are dates in the desk's zone."""

    process: Word | None = by("process_id =")
    version: Version | None = by("process_version =")
    team: Word | None = by()
    agent: Word | None = by()
    since: Day | None = by(*_SINCE)
    until: Day | None = by(*_UNTIL)
    rule: Word | None = by()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter(Filter):
    """Which part of one figure is asked for: also that of a grade, of a class, or of a word of its own dimension."""

    grade: Word | None = by()
    service_class: Word | None = by(name="class")
    part: Word | None = by(says="A word of the figure's own dimension: a node, a clock, a channel.")
    since: Day | None = by(*_SINCE, name="from")
    until: Day | None = by(*_UNTIL, name="to")


OF_ALL = chosen(Filter, only=("process", "version", "team", "agent", "since", "until"))
OF_A_RULE = chosen(Filter)
OF_A_FIGURE = chosen(
    FigureFilter, only=("process", "version", "grade", "service_class", "team", "agent", "part", "since", "until")
)
"""What a request's query may narrow: of every rollup, of first contact resolution, of one figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: a figure, by what it is told apart, and which part of it is wanted; None takes all."""

    figure: Figure
    by: tuple[str, ...] = ("day",)
    only: FigureFilter = field(default_factory=FigureFilter)
    as_of: date | None = None

    @property
    def time(self) -> str:
        """Over what it is summed up: a day, a week, a month, or, when empty, the whole."""
        return next((name for name in self.by if name in TIMES), "")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the view by which it is told apart."""
        return tuple(self.column(name) for name in self.by)

    @staticmethod
    def column(name: str) -> str:
        """Return the column that a word of `by` is."""
        return TIMES.get(name) or DIMENSIONS.get(name) or "part"

    @staticmethod
    def shown(name: str) -> str:
        """Return the name that an answer gives it. The own dimension of every figure is called `part`."""
        return name if name in TIMES or name in DIMENSIONS else "part"


def where_of(part: Filter, day: str = "day", first: int = 1) -> tuple[str, list[Any]]:
    """Return the condition and its values, numbered from `first`; `day` is what `since` and `until` bound."""
    return asked({words.format(day=day): value for words, value in conditions(part).items()}, first=first)


def named(*figures: str) -> str:
    """Return the condition for rows of these figures, in which their names stand as they are.

    PostgreSQL keeps one plan for all values, so it leaves out what a view has of other figures only if no value names them.
    """
    names = ", ".join(f"'{name}'" for name in figures)
    return f"figure in ({names})"


def rate_of(num: int, den: int) -> float | None:
    """Return num / den to be shown, None where there is nothing to divide by."""
    return round(num / den, 6) if den else None
