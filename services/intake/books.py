"""What intake remembers: cases, what their customers may see of them, and who serves them."""

from libs.events.catalogue import serving
from libs.events.catalogue.intake import (
    AttachmentAdded,
    CaseCancelled,
    CaseRegistered,
    ContactLogged,
    CustomerConfirmed,
    DueChanged,
    InfoSupplied,
    RecordAttached,
)
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.catalogue.serving import Serving
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.intake.domain import progress
from services.intake.domain.case import IntakeCase, evolve
from services.intake.domain.progress import Progress
from services.intake.projections import case_rows, progress_rows, serving_rows

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=IntakeCase,
    initial=IntakeCase,
    evolve=evolve,
    # Another system's history is passed on and not kept: the state has only what intake's own decisions need.
    keeps=frozenset(
        {
            CaseRegistered,
            InfoSupplied,
            ContactLogged,
            RecordAttached,
            AttachmentAdded,
            CustomerConfirmed,
            DueChanged,
            CaseCancelled,
            CaseClosed,
            CaseReopened,
        }
    ),
    rows=case_rows,
)

PROGRESS = Book(
    name="progress",
    topic=Topic.CASES,
    state=Progress,
    initial=lambda key: Progress(),
    evolve=progress.evolve,
    # A registration is not among them, so accepting a case costs nothing more.
    keeps=progress.KEEPS,
    rows=progress_rows,
)

SERVING = Book(
    name="serving",
    topic=Topic.CASES,
    state=Serving,
    initial=lambda key: Serving(),
    evolve=lambda case, fact: serving.tell(case, fact.data),
    # No registration is among them, either.
    keeps=serving.KEEPS,
    rows=serving_rows,
)

BOOKS = (CASES, PROGRESS, SERVING)
