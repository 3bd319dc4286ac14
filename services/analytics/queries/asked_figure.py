"""What is asked of a figure, and what is wrong with a question."""

from dataclasses import dataclass, field
from datetime import date

from libs.events.words.nearest import none_such, suggestion
from libs.events.words.refusal import Refused
from services.analytics.domain.figure import DIMENSIONS, Figure
from services.analytics.domain.figures import FIGURES
from services.analytics.queries.filters import FigureFilter

TIMES = {"day": "day", "week": "week", "month": "month"}
"""What a figure may be summed up over → the column of the view."""

BY_MAX = 200
"""Characters that `by` may have; all dimensions together have fewer."""


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
        """Return what an answer calls it: a figure's own dimension is `part`, whatever it is."""
        return name if name in TIMES or name in DIMENSIONS else "part"


def asked_of(name: str, by: str, only: FigureFilter, as_of: date | None) -> Asked:
    """Return the question, or refuse it with the word that was probably meant."""
    figure = _named(name)
    if only.part is not None and not figure.part:
        raise Refused("unknown-value", f"{name} has no dimension of its own, so it takes no `part`. Leave it out.", 422)
    return Asked(figure=figure, by=_by(figure, by), only=only, as_of=as_of)


def _named(name: str) -> Figure:
    """Return the figure; refuse a name that none has, and one that is counted otherwise than by day."""
    found = FIGURES.get(name)
    if found is None:
        names = [one.name for one in FIGURES.values() if one.is_askable]
        raise Refused("unknown-figure", f"There is no figure {name}. {suggestion(name, names)}", 404)
    if not found.is_askable:
        where = f"It is a column of analytics.{found.view}" if found.view == "cases" else f"analytics.{found.view} has it"
        raise Refused("unknown-figure", f"{name} is no sum of days. {where}; GET /figures says it of a set of cases.", 404)
    return found


def _by(figure: Figure, by: str) -> tuple[str, ...]:
    """Return by what a figure is told apart; a share always by what it is a share of."""
    words = tuple(dict.fromkeys(word.strip() for word in by.split(",") if word.strip()))
    for word in words:
        if word not in TIMES and word not in figure.dimensions:
            raise Refused("unknown-value", none_such("dimension", word, (*TIMES, *figure.dimensions)), 422)
    if len([word for word in words if word in TIMES]) > 1:
        raise Refused("unknown-value", "Name one of day, week and month in `by`, or none for the whole time.", 422)
    return words if not figure.share or figure.share in words else (*words, figure.share)
