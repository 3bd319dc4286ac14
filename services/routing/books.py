"""routing's books: cases on their walk, what of them falls due first, the work of teams, process standards and rosters.

A case shows its visit to what falls due of it, and that shows both to the team that hands out its work (decision 0038).
"""

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished, ProcessRetired, RosterPublished
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.routing.domain.cases import dues, folding, handed_out
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.dues import Dues
from services.routing.domain.people import roster
from services.routing.domain.people.roster import Team
from services.routing.domain.standards import process
from services.routing.domain.standards.process import Process
from services.routing.domain.teams import handing, team
from services.routing.domain.teams.instants import timers
from services.routing.domain.teams.team import HandingTeam
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
    feeds="dues",
    parts=handed_out.parts,
    awaits=handed_out.awaits,
    settle=handed_out.settle,
    at_once=True,
)

DUES = Book(
    name="dues",
    topic=Topic.CASES,
    state=Dues,
    initial=lambda key: Dues(),
    evolve=dues.evolve,
    keeps=dues.KEEPS,
    rows=due_rows,
    feeds="teams",
    parts=dues.parts,
)

TEAMS = Book(
    name="teams",
    topic=Topic.CASES,
    key=lambda fact: fact.key,
    state=HandingTeam,
    initial=lambda key: HandingTeam(),
    evolve=team.evolve,
    keeps=frozenset({RosterPublished}),
    timers=timers,
    settle=handing.settle,
    at_once=True,
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

BOOKS = (CASES, DUES, TEAMS, STANDARDS, ROSTERS)
