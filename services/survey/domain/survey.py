"""A case as survey knows it: who worked on it, its resolutions, and what the customer was asked and answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseAssigned, CaseReopened, CaseResolved
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.envelope import Fact, draft
from libs.events.refusal import Refused

HEARD = frozenset({CaseRegistered, CaseAssigned, CaseResolved, CaseReopened})
SAID = frozenset({SurveySent, SurveyAnswered, SurveyExpired})


@dataclass(slots=True)
class Resolution:
    """One fact that the case was resolved, and who did it."""

    fact_id: UUID
    at: datetime
    sequence: int
    origin: str
    correlation: str
    trace: str
    agent: str
    team: str


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

    @property
    def status(self) -> str:
        """`answered` outlives `expired`: an answer that was given in time may become known late."""
        if self.answered_at is not None:
            return "answered"
        return "expired" if self.expired_at is not None else "open"


@dataclass(slots=True)
class SurveyCase:
    """The fold of a case's facts; `cycles` are the runs of resolutions between which the case was reopened."""

    case_id: str
    channel: str = ""
    customer_ref: str = ""
    process_id: str = ""
    process_version: int = 0
    agent: str = ""
    team: str = ""
    cycles: list[list[Resolution]] = field(default_factory=list)
    is_resolved: bool = False
    surveys: dict[str, Invitation] = field(default_factory=dict)


def evolve(case: SurveyCase, fact: Fact) -> SurveyCase:
    """Take a fact in; the facts of a case come in their order."""
    match fact.data:
        case CaseRegistered() if not case.process_id:
            _register(case, fact.data)
        case CaseAssigned(team=team, agent=agent):
            # A team without an agent is its queue; an agent without a team stays in the team they are in.
            case.team, case.agent = team or case.team, agent
        case CaseResolved():
            _resolve(case, fact, fact.data)
        case CaseReopened():
            case.is_resolved = False
        case SurveySent() | SurveyAnswered() | SurveyExpired():
            _note(_invitation(case, fact), fact)
    return case


def _register(case: SurveyCase, said: CaseRegistered) -> None:
    case.channel, case.customer_ref = said.channel, said.customer_ref
    case.process_id, case.process_version = said.process_id, said.process_version


def _resolve(case: SurveyCase, fact: Fact, said: CaseResolved) -> None:
    if not case.is_resolved:
        case.cycles.append([])
    case.is_resolved = True
    case.cycles[-1].append(
        Resolution(
            fact_id=fact.id,
            at=fact.time,
            sequence=fact.sequence,
            origin=fact.origin,
            correlation=fact.correlation or str(fact.id),
            trace=fact.trace,
            agent=said.agent or case.agent,
            team=said.team or case.team,
        )
    )


def _invitation(case: SurveyCase, fact: Fact) -> Invitation:
    survey_id = fact.data.survey_id
    return case.surveys.setdefault(survey_id, Invitation(survey_id=survey_id, origin=fact.origin))


def _note(invitation: Invitation, fact: Fact) -> None:
    match fact.data:
        case SurveySent() as sent if invitation.sent_at is None:
            invitation.sent_at, invitation.expires_at = fact.time, sent.expires_at
            invitation.channel, invitation.agent, invitation.team = sent.channel, sent.agent, sent.team
        case SurveyAnswered() as answered:
            invitation.answers += 1
            invitation.first_answered_at = invitation.first_answered_at or fact.time
            invitation.answered_at, invitation.overall = fact.time, answered.overall
            invitation.scores, invitation.commented = dict(answered.scores), answered.commented
        case SurveyExpired() if invitation.expired_at is None:
            invitation.expired_at = fact.time


def answer(
    case: SurveyCase, survey_id: str, overall: int, scores: Mapping[str, int], commented: bool, *, at: datetime
) -> list[Fact]:
    """Accept the customer's answer while the invitation is open; a changed one replaces it, the same one says nothing."""
    invitation = open_invitation(case, survey_id, at=at)
    if (invitation.overall, invitation.scores, invitation.commented) == (overall, dict(scores), commented):
        return []
    said = SurveyAnswered(survey_id=survey_id, overall=overall, scores=dict(scores), commented=commented)
    return [draft(said, case.case_id, at, actor="customer")]


def open_invitation(case: SurveyCase, survey_id: str, *, at: datetime) -> Invitation:
    """Return the invitation, or refuse: nobody was asked, or the time to answer is over."""
    invitation = case.surveys.get(survey_id)
    if invitation is None or invitation.expires_at is None:
        raise Refused("unknown-survey", f"There is no survey {survey_id}. Use the link of the invitation unchanged.", 404)
    if at >= invitation.expires_at:
        raise Refused("survey-expired", f"The survey ended at {invitation.expires_at.isoformat()}.", 410)
    return invitation
