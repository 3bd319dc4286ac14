"""What intake remembers: cases."""

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.intake.domain.case import IntakeCase, evolve
from services.intake.projections import case_rows

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=IntakeCase,
    initial=IntakeCase,
    evolve=evolve,
    # Another system's history is passed on and not kept: the state has only what intake's own decisions need.
    keeps=frozenset({CaseRegistered, ContactLogged, CaseCancelled, CaseClosed, CaseReopened}),
    rows=case_rows,
)

BOOKS = (CASES,)
