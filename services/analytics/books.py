"""What analytics remembers: everything that anybody said of a case."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.analytics.domain.case import Case, new_case
from services.analytics.domain.history import HANDLERS, evolve
from services.analytics.projections import GREENWICH, rows


def cases_in(zone: ZoneInfo) -> Book[Case]:
    """Return the cases of a desk in that zone."""
    return Book(
        name="cases",
        topic=Topic.CASES,
        state=Case,
        initial=new_case,
        evolve=evolve,
        keeps=frozenset(HANDLERS),
        rows=partial(rows, zone=zone),
    )


CASES = cases_in(GREENWICH)


def books_in(zone: ZoneInfo) -> tuple[Book[Any], ...]:
    """Return the books of a desk in that zone."""
    return (cases_in(zone),)
