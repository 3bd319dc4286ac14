"""Where the numbers of a figure lead."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from services.analytics.domain.days import WEEK
from services.analytics.domain.figure import Figure
from services.analytics.queries.filters import FigureFilter


@dataclass(frozen=True, slots=True)
class Leading:
    """The way from a number of a figure to what it counts, as far as that is known one by one."""

    base: str
    one: Figure
    only: FigureFilter

    def week(self, monday: date, **more: Any) -> str:
        """Return the address of what counts in a week, as far as its days are asked for."""
        since, until = self.only.since, self.only.until
        return self.listed(
            **{"from": max(monday, since or monday), "to": min(monday + WEEK, until or monday + WEEK)},
            **{"process": self.only.process, "part": self.only.part, **more},
        )

    def listed(self, **more: Any) -> str:
        """Return the address of what counts, or nothing."""
        if not self.one.is_listed or (self.only.grade, self.only.service_class) != (None, None):
            return ""
        given = {"version": self.only.version, "team": self.only.team, "agent": self.only.agent}
        asked = {"figure": self.one.name, **given, **more}
        return f"{self.base}/counted?{urlencode({name: word for name, word in asked.items() if word is not None})}"
