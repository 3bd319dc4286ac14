"""What is asked of a figure in words, and what is wrong with a question."""

from datetime import date

from libs.events.words.refusal import Refused, none_such, suggestion
from services.analytics.domain.figure import Figure
from services.analytics.domain.figures import FIGURES
from services.analytics.queries.filters import TIMES, Asked, FigureFilter

BY_MAX = 200
"""Characters that `by` may have; all dimensions together have fewer."""


def asked_of(name: str, by: str, only: FigureFilter, as_of: date | None) -> Asked:
    """Return the question, or refuse it with the word that was probably meant."""
    figure = _named(name)
    if only.part is not None and not figure.part:
        raise Refused("unknown-value", f"{name} has no dimension of its own, so it takes no `part`. Leave it out.", 422)
    if only.since and only.until and only.until <= only.since:
        told = f"No day lies from {only.since} to {only.until}: `to` is the first day that is left out. Send a later `to`."
        raise Refused("unknown-value", told, 422)
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
