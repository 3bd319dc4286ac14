"""A case and the teams that hand out their work: it says that it is among theirs, and shows them the visit that they have."""

from collections.abc import Iterable
from datetime import datetime

from libs.events.catalogue.references import ROSTER
from libs.events.catalogue.routing import NodeAssigned
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.words.free import PREFIX
from libs.events.words.row import Part
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import OPEN
from services.routing.domain.cases.saying import BY_ROSTER, say
from services.routing.domain.cases.team_visit import TeamVisit


def awaits(key: str, case: RoutingCase) -> Iterable[str]:
    """Yield the roster that may say that the case's team hands out its work."""
    if _may_be_given(case) and case.working_team and case.working_team not in case.handed_out_by:
        yield ROSTER.any_version(case.working_team)


def settle(key: str, case: RoutingCase, known: Known, at: datetime | None) -> Iterable[Fact]:
    """Say that the work is the team's to hand out, once for each team whose roster has a strategy."""
    if at is None or not any(awaits(key, case)):
        return []
    roster = known.latest(ROSTER, case.working_team)
    if roster is None or roster.assignment is None:
        return []
    given = NodeAssigned(node=case.node, team=case.working_team, agent=case.working_agent, rule=BY_ROSTER, occurrence=case.visit)
    return say(case, [given], at=at)


def parts(key: str, case: RoutingCase) -> Iterable[Part]:
    """Yield the visit as the team sees it that hands it out. What falls due of the case stands between them."""
    if case.working_team not in case.handed_out_by or not _may_be_given(case) or case.held_at is None:
        return
    agent = case.working_agent
    visit = TeamVisit(
        case_id=case.case_id,
        process_id=case.process_id,
        process_version=case.process_version,
        node=case.node,
        number=case.visit,
        team=case.working_team,
        agent=agent,
        since=case.held_at,
        sequence=case.held_sequence,
        entered_at=case.waiting_since or case.held_at,
        role=case.role,
        named=tuple((name, value) for name, value in case.outputs.items() if value and not value.startswith(PREFIX)),
        owns=bool(agent) and (case.team, case.agent) == (case.working_team, agent),
        handed_back=tuple(case.handed_back),
    )
    yield Part(key, visit)


def _may_be_given(case: RoutingCase) -> bool:
    """Test whether a case stands where a team has its work. History is as it was told; a system has what it began."""
    is_ours = case.phase in OPEN and bool(case.node) and bool(case.process_id) and not case.is_history
    return is_ours and case.worker.name == case.worker.agent
