"""routing's books: cases on their walk, and process standards with their versions."""

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.routing.domain.cases import case
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.standards import process
from services.routing.domain.standards.process import Process
from services.routing.projections import case_rows, process_rows
from services.routing.reactions import REACTIONS

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=RoutingCase,
    initial=RoutingCase,
    evolve=case.evolve,
    keeps=case.KEEPS,
    rows=case_rows,
    reactions=REACTIONS,
)

STANDARDS = Book(
    name="standards",
    topic=Topic.STANDARDS,
    state=Process,
    initial=Process,
    evolve=process.evolve,
    keeps=frozenset({ProcessDrafted, ProcessPublished}),
    rows=process_rows,
)

BOOKS = (CASES, STANDARDS)
