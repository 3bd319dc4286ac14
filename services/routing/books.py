"""routing's books: cases on their walk, what of them falls due first, process standards and rosters with their versions."""

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished, ProcessRetired, RosterPublished
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.routing.domain.cases import dues, folding
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.dues import Dues
from services.routing.domain.people import roster
from services.routing.domain.people.roster import Team
from services.routing.domain.standards import process
from services.routing.domain.standards.process import Process
from services.routing.projections import case_rows, due_rows, process_rows, roster_rows
from services.routing.reactions import REACTIONS

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=RoutingCase,
    initial=RoutingCase,
    evolve=folding.evolve,
    keeps=folding.KEEPS,
    rows=case_rows,
    reactions=REACTIONS,
)

DUES = Book(
    name="dues",
    topic=Topic.CASES,
    state=Dues,
    initial=lambda key: Dues(),
    evolve=dues.evolve,
    keeps=dues.KEEPS,
    rows=due_rows,
)

STANDARDS = Book(
    name="standards",
    topic=Topic.STANDARDS,
    state=Process,
    initial=Process,
    evolve=process.evolve,
    keeps=frozenset({ProcessDrafted, ProcessPublished, ProcessRetired}),
    rows=process_rows,
)

ROSTERS = Book(
    name="rosters",
    topic=Topic.STANDARDS,
    state=Team,
    initial=lambda key: Team(),
    evolve=roster.evolve,
    keeps=frozenset({RosterPublished}),
    rows=roster_rows,
)

BOOKS = (CASES, DUES, STANDARDS, ROSTERS)
