"""How figures are said on pages: each in its unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request

from libs.pictures import numbers
from libs.pictures.words import WORDS, Words
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.language import language_of
from services.analytics.domain.figure import Figure
from services.analytics.domain.interval import wilson

Reading = Annotated[Client, Depends(require("figures:read"))]
"""Those who may ask for the same numbers as JSON may look at these pages."""

Row = Mapping[str, Any]
"""A row or the total of GET /figures/{name}."""


def words_for(request: Request) -> Words:
    """Return the words of pictures in the viewer's language."""
    return WORDS[language_of(request)]


@dataclass(frozen=True, slots=True)
class Saying:
    """How the values of a figure are said."""

    figure: Figure
    words: Words

    @property
    def is_length(self) -> bool:
        """Test whether values are lengths of time; in pictures they are seconds."""
        return self.figure.unit == "microseconds"

    @property
    def is_share(self) -> bool:
        """Test whether values are parts of one."""
        return self.figure.unit in ("rate", "share")

    def drawn(self, value: float | None) -> float | None:
        """Return a value of the answer as it is drawn."""
        return value / 1e6 if self.is_length and value is not None else value

    def said(self, value: float) -> str:
        """Return a value that is drawn in words."""
        if self.is_length:
            return numbers.duration(timedelta(seconds=value), self.words, in_days=False)
        if self.is_share:
            return percent(value)
        if self.figure.denominator:
            return f"{value:.2f}"
        return numbers.count(round(value)) if value == round(value) else f"{value:g}"

    def answered(self, value: float | None) -> str:
        """Return a value of the answer in words."""
        if value is not None and self.is_share:
            return numbers.share(value, 1.0)
        drawn = self.drawn(value)
        return "–" if drawn is None else self.said(drawn)

    def bounds(self, row: Row) -> tuple[float, float] | None:
        """Return the 95 % interval of a row; none of what is no share of what it is divided by."""
        if not self.is_share or self.figure.apart or not row["denominator"]:
            return None
        return wilson(row["numerator"], row["denominator"])

    def interval(self, row: Row) -> str:
        """Return the interval of a row in words."""
        found = self.bounds(row)
        return " – ".join(numbers.share(bound, 1.0) for bound in found) if found else ""


def percent(part: float) -> str:
    """Return a share as per cent; whole ones, as on an axis, without a decimal."""
    return numbers.share(part, 1.0).replace(".0%", "%")
