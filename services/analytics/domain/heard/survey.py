"""What survey said: who was asked, and the latest answer."""

from typing import Any

from libs.events.catalogue import survey
from libs.events.catalogue.phases import is_met
from libs.events.log.envelope import Fact
from libs.events.words.now import utc
from services.analytics.domain.case import Case, Given, Survey
from services.analytics.domain.heard.handlers import Handlers


def _scheduled(case: Case, fact: Fact) -> None:
    """Change nothing: a planned invitation is none yet."""


def _sent(case: Case, fact: Fact) -> None:
    data: survey.SurveySent = fact.data
    whom = {"channel": data.channel, "team": data.team, "agent": data.agent}
    _survey(case, data.survey_id, sent_at=fact.time, expires_at=utc(data.expires_at), **whom)


def _answered(case: Case, fact: Fact) -> None:
    data: survey.SurveyAnswered = fact.data
    what = {"overall": data.overall, "scores": data.scores, "commented": data.commented}
    asked = _survey(case, data.survey_id, answered_at=fact.time, **what)
    if not asked.team and not asked.agent:
        # A later resolution by somebody else changes no figure of this day.
        team, agent = (case.resolutions[-1].team, case.resolutions[-1].agent) if case.resolutions else (case.team, case.agent)
        asked = _survey(case, data.survey_id, team=team, agent=agent)
    is_apart = bool(case.outcome) and not is_met(case.outcome)
    case.answers.append(Given(fact.time, asked.survey_id, asked.team, asked.agent, data.overall, is_apart))


def _expired(case: Case, fact: Fact) -> None:
    _survey(case, fact.data.survey_id, expired_at=fact.time, end_reason=fact.data.reason)


def _survey(case: Case, survey_id: str, **said: Any) -> Survey:
    for n, one in enumerate(case.surveys):
        if one.survey_id == survey_id:
            case.surveys[n] = one._replace(**said)
            return case.surveys[n]
    case.surveys.append(Survey(survey_id, **said))
    return case.surveys[-1]


HANDLERS: Handlers = {
    survey.SurveyScheduled: _scheduled,
    survey.SurveySent: _sent,
    survey.SurveyAnswered: _answered,
    survey.SurveyExpired: _expired,
}
