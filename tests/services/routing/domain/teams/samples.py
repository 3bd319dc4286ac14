"""A team of four that hands out work of two nodes: one asks for nothing but the role, the other for a skill too."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from libs.events.catalogue.promise import Window
from libs.events.catalogue.routing import RosterPublished
from libs.events.catalogue.standard import Absence, Assignment, Label, Node, Person, Role, Roster
from libs.events.log.envelope import draft
from libs.events.testing.spec import knowing
from services.routing.domain.cases.team_visit import TeamVisit
from services.routing.domain.teams.handing import settle
from services.routing.domain.teams.team import HandingTeam, evolve
from tests.services.routing.samples import COMPLAINT

LABEL = Label(en="A name", zh="名称")
STANDARD = replace(
    COMPLAINT,
    roles={"worker": Role(en="W", zh="工"), "lead": Role(en="L", zh="长")},
    nodes=(
        Node(id="n1", name=LABEL, role="worker", approver="lead", outputs=("who",)),
        Node(id="n2", name=LABEL, role="worker", approver="lead", skills=("x",)),
        Node(id="n3", name=LABEL, role="$assigned", approver="lead"),
        Node(id="n4", name=LABEL, role="$who", approver="lead"),
    ),
)
SHELF = knowing(STANDARD)
MONDAY = datetime(2025, 3, 31, tzinfo=UTC)
NINE = MONDAY + timedelta(hours=9)
DAY = tuple(Window(weekday=day, opens=opens, closes=closes)
            for day in range(5) for opens, closes in ((time(8), time(12)), (time(13), time(17))))  # fmt: skip


def at(hours):
    return MONDAY + timedelta(hours=hours)


def person(id, *roles, **more):
    return Person(**({"id": id, "roles": roles or ("worker",), "capacity": 2, "hours": DAY} | more))


def away(first, last):
    """Absent on days of March and April 2025, counted from the Monday on which all begins."""
    day = date(2025, 3, 31)
    return (Absence(first_day=day + timedelta(first), last_day=day + timedelta(last)),)


def roster(*people, version=1, strategy="least_loaded", **more):
    way = Assignment(strategy=strategy, **more) if strategy else None
    return Roster(team="t", version=version, name=LABEL, timezone="UTC", people=people, assignment=way)


def visit(case_id, agent="", *, since=NINE, **more):
    told = {"process_id": STANDARD.process_id, "process_version": STANDARD.version, "node": "n1", "number": 1, "team": "t"}
    return TeamVisit(**(told | {"case_id": case_id, "agent": agent, "since": since, "sequence": 4, "entered_at": since} | more))


def team(*rosters, visits=()):
    found = HandingTeam(parts={one.case_id: one for one in visits})
    for n, one in enumerate(rosters):
        found = evolve(found, draft(RosterPublished(roster=one), one.team, at(8) + timedelta(minutes=n)))
    return found


def given(of, instant, known=SHELF):
    """Return case → to whom it is given and why, as the team says it at an instant."""
    return {fact.key: (fact.data.agent, fact.data.rule) for fact in settle("t", of, known, instant)}
