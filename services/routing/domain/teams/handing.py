"""What a team hands out and hands on at an instant: what its roster, its people and its work imply and was not said yet."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.events.catalogue.promise import Unit, read_limit
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.routing import CaseAssigned, NodeAssigned
from libs.events.catalogue.standard import Assignment, Node, Person, Standard
from libs.events.engine.known import Known, NotYetKnown
from libs.events.log.envelope import Fact, draft
from services.routing.domain.cases.pinned import node_of
from services.routing.domain.cases.saying import role_of
from services.routing.domain.cases.team_visit import TeamVisit
from services.routing.domain.people.presence import has_gone_home, is_away, present
from services.routing.domain.teams.choosing import chosen
from services.routing.domain.teams.team import HandingTeam, Hands

ABSENT, LEFT, SHIFT_OVER = "absent", "left", "shift_over"
"""Why somebody's work is handed on."""
DEPUTY, TEAM = "deputy", "team"
"""To whom it goes, if not by the strategy."""

_LONG = {Unit.SECONDS: "seconds", Unit.MINUTES: "minutes", Unit.HOURS: "hours", Unit.DAYS: "days"}


def settle(key: str, team: HandingTeam, known: Known, at: datetime | None) -> Iterable[Fact]:
    """Hand on the work of who is no longer there, and hand out what waits, what falls due first in front."""
    if at is None or team.roster is None or (way := team.roster.assignment) is None:
        return
    hands = Hands.of(team.roster, team.held, at)
    for visit in team.held:
        if (why := _left_alone(visit, team, hands)) and (node := _asked(visit, known)):
            hands.take(visit)
            to, how = _heir(visit, node, way, hands)
            yield from _given(visit, to, f"{why}:{how}", hands)
    for visit in team.waiting:
        if (node := _asked(visit, known)) and (to := _taker(visit, node, way, hands)):
            yield from _given(visit, to, way.strategy, hands)


def waits_for_skills(way: Assignment) -> timedelta | None:
    """Return for how long a visit waits for somebody with its skills; None for ever."""
    limit = read_limit(way.relax_after)
    return timedelta(**{_LONG[limit.unit]: limit.amount}) if limit else None


def _left_alone(visit: TeamVisit, team: HandingTeam, hands: Hands) -> str:
    """Return why who has the visit has it no longer; nothing if they have. Who was away when they got it, keeps it."""
    person = next((one for one in hands.roster.people if one.id == visit.agent), None)
    if person is None:  # somebody of another team may help, and was never here
        left_at = team.left_at.get(visit.agent)
        return LEFT if left_at and visit.since <= left_at else ""
    if is_away(person, hands.at, hands.roster):
        return "" if is_away(person, visit.since, hands.roster) else ABSENT
    way, was_there = hands.roster.assignment, present(person, visit.since, hands.roster)
    return SHIFT_OVER if way and way.hand_on and was_there and has_gone_home(person, hands.at, hands.roster) else ""


def _heir(visit: TeamVisit, node: "Asked", way: Assignment, hands: Hands) -> tuple[Person | None, str]:
    """Return who has the visit next, and how that was found: the deputy, else by the strategy, else the team."""
    deputies = {one.deputy for one in hands.roster.people if one.id == visit.agent}
    for one in hands.free():
        if one.id in deputies and one.id not in visit.handed_back and node.fits(one):
            return one, DEPUTY
    return (to, way.strategy) if (to := _taker(visit, node, way, hands)) else (None, TEAM)


def _taker(visit: TeamVisit, node: "Asked", way: Assignment, hands: Hands) -> Person | None:
    """Return who gets the visit: of those who are free and fit, by the strategy; skills are asked for in time."""
    free = [one for one in hands.free() if node.fits(one) and one.id not in (visit.agent, *visit.handed_back)]
    skilled = [one for one in free if node.skills <= {*one.skills}]
    wait = waits_for_skills(way)
    is_relaxed = wait is not None and visit.entered_at + wait <= hands.at
    return chosen(way.strategy, skilled if skilled or not is_relaxed else free, visit, hands)


def _given(visit: TeamVisit, to: Person | None, rule: str, hands: Hands) -> Iterable[Fact]:
    agent = to.id if to else ""
    if to:
        hands.give(visit, agent)
    at = max(hands.at, visit.since)
    sequence = visit.sequence + 1 if at == visit.since else 1
    if visit.owns:
        yield draft(CaseAssigned(team=visit.team, agent=agent, role=visit.role, rule=rule), visit.case_id, at, sequence=sequence)
    else:
        said = NodeAssigned(node=visit.node, team=visit.team, agent=agent, rule=rule, occurrence=visit.number)
        yield draft(said, visit.case_id, at, sequence=sequence)


class Asked:
    """What the work of a visit asks for of who does it."""

    def __init__(self, visit: TeamVisit, node: Node, standard: Standard) -> None:
        self.role = role_of(node, visit.role, dict(visit.named))
        self.skills = {*node.skills}
        self._is_declared = self.role in standard.roles

    def fits(self, person: Person) -> bool:
        """Test whether a person has the role. One that no standard declares is had by nobody: then the team is enough."""
        return self.role in person.roles or not self._is_declared


def _asked(visit: TeamVisit, known: Known) -> Asked | None:
    """Return what a visit asks for; nothing while its standard has not arrived here."""
    try:
        standard = known.version(PROCESS, visit.process_id, visit.process_version)
    except NotYetKnown:
        return None
    node = node_of(standard, visit.node)
    return Asked(visit, node, standard) if node else None
