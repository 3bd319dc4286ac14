"""Why each figure counts a case: what its rows say, figure by figure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from libs.pictures import numbers
from libs.pictures.words import Words
from services.analytics.domain.figures import FIGURES
from services.analytics.queries.life import Row, Whole


@dataclass(frozen=True, slots=True)
class Reason:
    """What a case adds to a figure: a value, or whether it is counted. `of` is the clock, the node or the score it is about."""

    figure: str
    counted: bool = True
    value: str = ""
    of: str = ""
    provisional: bool = False


def reasons_of(whole: Whole, words: Words, called: Callable[[Row], str]) -> list[tuple[str, list[Reason]]]:
    """Return the figures that count the case by rows of its own, each with its reasons."""
    return [(figure, [*reasons]) for figure, reasons in groupby(_reasons(whole, words, called), key=lambda one: one.figure)]


def _reasons(whole: Whole, words: Words, called: Callable[[Row], str]) -> Iterator[Reason]:
    for row in whole.clocks:
        if row["on_time"] is not None:
            yield Reason("timeliness", row["on_time"], of=called(row))
    for row in whole.verdicts:
        yield Reason(f"first_contact_resolution.{row['rule']}", row["counted"], provisional=row["provisional"])
    for row in whole.surveys:
        if row["overall"] is not None:
            yield Reason("satisfaction", row["satisfied"], of=f"{row['overall']}/5")
    for row in whole.values:
        yield Reason(row["figure"], value=_value(row, words), of=row["part"])


def _value(row: Any, words: Words) -> str:
    """Return a value in its figure's unit."""
    figure = FIGURES.get(row["figure"])
    if figure is not None and figure.unit == "microseconds":
        return numbers.duration(timedelta(microseconds=row["value"]), words)
    return numbers.count(row["value"])
