"""A case as survey knows it: its agents and teams, its endings, the invitations and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseAssigned, CaseClosed, CaseReopened, CaseResolved
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveyScheduled, SurveySent
from libs.events.log.envelope import Fact, draft
from libs.events.words.now import utc
from libs.events.words.refusal import Refused

HEARD = frozenset({CaseRegistered, CaseAssigned, CaseResolved, CaseReopened, CaseClosed})
SAID = frozenset({SurveyScheduled, SurveySent, SurveyAnswered, SurveyExpired})
REOPENED = "reopened"
"""Why an invitation ends before its time."""


@dataclass(slots=True)
class Step:
    """A fact that invitations follow from."""

    fact_id: UUID
    at: datetime
    sequence: int
    origin: str
    correlation: str
    trace: str


@dataclass(slots=True)
class Ending(Step):
    """One fact that the case was resolved or closed, how, and who did it."""

    is_resolution: bool
    outcome: str
    agent: str
    team: str


@dataclass(slots=True)
class Cycle:
    """A run of endings, in their order, and the reopening after it."""

    endings: list[Ending] = field(default_factory=list)
    reopened: Step | None = None


@dataclass(slots=True)
class Invitation:
    """One question to the customer and what became of it; of an imported one the sending may be unknown."""

    survey_id: str
    origin: str
    channel: str = ""
    agent: str = ""
    team: str = ""
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    answers: int = 0
    first_answered_at: datetime | None = None
    answered_at: datetime | None = None
    overall: int | None = None
    scores: dict[str, int] = field(default_factory=dict)
    commented: bool = False
    expired_at: datetime | None = None
    end_reason: str = ""

    @property
    def status(self) -> str:
        """`answered` outlives `expired`: an answer that was given in time may become known late."""
        if self.answered_at is not None:
            return "answered"
        return "expired" if self.expired_at is not None else "open"


@dataclass(slots=True)
class SurveyCase:
    """The fold of a case's facts; `scheduled` has when invitations are to be sent."""

    case_id: str
    channel: str = ""
    customer_ref: str = ""
    process_id: str = ""
    process_version: int = 0
    agent: str = ""
    team: str = ""
    cycles: list[Cycle] = field(default_factory=list)
    surveys: dict[str, Invitation] = field(default_factory=dict)
    scheduled: dict[str, datetime] = field(default_factory=dict)

    @property
    def last(self) -> Cycle | None:
        """The cycle that no reopening has ended."""
        return self.cycles[-1] if self.cycles and self.cycles[-1].reopened is None else None


def evolve(case: SurveyCase, fact: Fact) -> SurveyCase:
    """Take a fact in; the facts of a case come in their order."""
    match fact.data:
        case CaseRegistered() if not case.process_id:
            _register(case, fact.data)
        case CaseAssigned(team=team, agent=agent):
            # A team without an agent is its queue; an agent without a team stays in the team they are in.
            case.team, case.agent = team or case.team, agent
        case CaseResolved(outcome=outcome, agent=agent, team=team):
            _end(case, fact, outcome, agent, team)
        case CaseClosed(outcome=outcome):
            _end(case, fact, outcome, "", "")
        case CaseReopened() if case.last is not None:
            case.last.reopened = Step(*_step(fact))
        case SurveyScheduled(survey_id=survey_id, send_at=send_at):
            case.scheduled[survey_id] = max(utc(send_at), case.scheduled.get(survey_id, utc(send_at)))
        case SurveySent() | SurveyAnswered() | SurveyExpired():
            _note(_invitation(case, fact), fact)
    return case


def _register(case: SurveyCase, said: CaseRegistered) -> None:
    case.channel, case.customer_ref = said.channel, said.customer_ref
    case.process_id, case.process_version = said.process_id, said.process_version


def _end(case: SurveyCase, fact: Fact, outcome: str, agent: str, team: str) -> None:
    if case.last is None:
        case.cycles.append(Cycle())
    is_resolution = isinstance(fact.data, CaseResolved)
    case.cycles[-1].endings.append(Ending(*_step(fact), is_resolution, outcome, agent or case.agent, team or case.team))


def _step(fact: Fact) -> tuple[UUID, datetime, int, str, str, str]:
    return (fact.id, fact.time, fact.sequence, fact.origin, fact.correlation or str(fact.id), fact.trace)


def _invitation(case: SurveyCase, fact: Fact) -> Invitation:
    survey_id = fact.data.survey_id
    return case.surveys.setdefault(survey_id, Invitation(survey_id=survey_id, origin=fact.origin))


def _note(invitation: Invitation, fact: Fact) -> None:
    match fact.data:
        case SurveySent() as sent if invitation.sent_at is None:
            invitation.sent_at, invitation.expires_at = fact.time, utc(sent.expires_at)
            invitation.channel, invitation.agent, invitation.team = sent.channel, sent.agent, sent.team
        case SurveyAnswered() as answered:
            invitation.answers += 1
            invitation.first_answered_at = invitation.first_answered_at or fact.time
            invitation.answered_at, invitation.overall = fact.time, answered.overall
            invitation.scores, invitation.commented = dict(answered.scores), answered.commented
        case SurveyExpired(reason=reason) if invitation.expired_at is None:
            invitation.expired_at, invitation.end_reason = fact.time, reason


def whose(case: SurveyCase, invitation: Invitation) -> tuple[str, str]:
    """Return the agent and team an invitation is about. If it names nobody, these are the ones who resolved the case
    before the answer, or, if there was no resolution by then, the ones who resolved it later."""
    if invitation.agent or invitation.team:
        return invitation.agent, invitation.team
    done = [one for cycle in case.cycles for one in cycle.endings if one.is_resolution]
    known = [at for at in (invitation.sent_at, invitation.first_answered_at) if at is not None]
    if not done or not known:
        return "", ""
    before = [one for one in done if one.at <= min(known)]
    one = before[-1] if before else done[0]
    return one.agent, one.team


def answer(
    case: SurveyCase,
    survey_id: str,
    overall: int,
    scores: Mapping[str, int],
    commented: bool,
    *,
    changes: bool,
    reworded: bool = False,
    at: datetime,
) -> list[Fact]:
    """Accept the customer's answer while the invitation is open; the same answer again says nothing.

    With `changes` another answer replaces it, else the first one is final. `commented`: the answer has words; an earlier
    answer's words stay unless new ones come. `reworded`: the words are others than those that are kept.
    """
    invitation = open_invitation(case, survey_id, at=at)
    given = SurveyAnswered(survey_id=survey_id, overall=overall, scores=dict(scores), commented=commented or invitation.commented)
    same = (invitation.overall, invitation.scores, invitation.commented) == (given.overall, given.scores, given.commented)
    if same and not (reworded and not changes):
        return []
    if invitation.answered_at is not None and not changes:
        raise Refused("survey-answered", "This survey was answered already, and the answer is final.", 409)
    return [draft(given, case.case_id, at, actor="customer")]


def open_invitation(case: SurveyCase, survey_id: str, *, at: datetime) -> Invitation:
    """Return the invitation, or refuse: nobody was asked, or the time to answer is over."""
    invitation = case.surveys.get(survey_id)
    if invitation is None or invitation.expires_at is None:
        raise Refused("unknown-survey", f"There is no survey {survey_id}. Use the link of the invitation unchanged.", 404)
    if invitation.end_reason:
        raise Refused("survey-reopened", "The case is in work again; its customer is asked again once it is done.", 410)
    if at >= invitation.expires_at:
        raise Refused("survey-expired", f"The survey ended at {invitation.expires_at.isoformat()}.", 410)
    return invitation
