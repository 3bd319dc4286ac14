"""What analytics remembers: cases, what each customer came with, published process standards, corrections and risks."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.analytics.domain import corrections, published, repeats, risks
from services.analytics.domain.case import Case, new_case
from services.analytics.domain.corrections import Correction
from services.analytics.domain.history import HANDLERS, evolve
from services.analytics.domain.published import Process, new_process
from services.analytics.domain.repeats import Customer
from services.analytics.domain.risks import Risk
from services.analytics.projections import GREENWICH, customer_rows, rows
from services.analytics.projections.processes import process_rows
from services.analytics.projections.subjects import correction_rows, risk_rows


def cases_in(zone: ZoneInfo) -> Book[Case]:
    """Return the cases of a desk in that zone."""
    return Book(
        name="cases",
        topic=Topic.CASES,
        state=Case,
        initial=new_case,
        evolve=evolve,
        keeps=frozenset(HANDLERS),
        feeds="customers",
        parts=repeats.parts,
        rows=partial(rows, zone=zone),
    )


def customers_in(zone: ZoneInfo) -> Book[Customer]:
    """Return the customers of a desk in that zone. The cases of one customer lie in any partition and meet here."""
    return Book(
        name="customers",
        topic=Topic.CASES,
        state=Customer,
        initial=lambda key: Customer(),
        rows=partial(customer_rows, zone=zone),
    )


CASES = cases_in(GREENWICH)

PROCESSES: Book[Process] = Book(
    name="processes",
    topic=Topic.STANDARDS,
    state=Process,
    initial=new_process,
    evolve=published.evolve,
    keeps=published.KEEPS,
    rows=process_rows,
)

CORRECTIONS: Book[Correction] = Book(
    name="corrections",
    topic=Topic.QUALITY,
    state=Correction,
    initial=Correction,
    evolve=corrections.evolve,
    keeps=corrections.KEEPS,
    rows=correction_rows,
)

RISKS: Book[Risk] = Book(
    name="risks",
    topic=Topic.QUALITY,
    state=Risk,
    initial=Risk,
    evolve=risks.evolve,
    keeps=risks.KEEPS,
    rows=risk_rows,
)


def books_in(zone: ZoneInfo) -> tuple[Book[Any], ...]:
    """Return the books of a desk in that zone."""
    return (cases_in(zone), customers_in(zone), PROCESSES, CORRECTIONS, RISKS)
