"""What survey said: who was asked, and the latest answer."""

from typing import Any

from libs.events.catalogue import survey
from libs.events.envelope import Fact
from libs.events.instants import utc
from services.analytics.domain.case import Case, Survey
from services.analytics.domain.heard.handlers import Handlers


def attribute(case: Case) -> None:
    """Give the surveys that name nobody to who resolved the case last; one answered before that, to who resolves it next."""
    if case.resolutions and (last := case.resolutions[-1]):
        case.surveys = [one if one.team or one.agent else one._replace(team=last.team, agent=last.agent) for one in case.surveys]


def _scheduled(case: Case, fact: Fact) -> None:
    """What is only planned is no invitation yet."""


def _sent(case: Case, fact: Fact) -> None:
    data: survey.SurveySent = fact.data
    whom = {"channel": data.channel, "team": data.team, "agent": data.agent}
    _survey(case, data.survey_id, sent_at=fact.time, expires_at=utc(data.expires_at), **whom)
    attribute(case)


def _answered(case: Case, fact: Fact) -> None:
    data: survey.SurveyAnswered = fact.data
    what = {"overall": data.overall, "scores": data.scores, "commented": data.commented}
    _survey(case, data.survey_id, answered_at=fact.time, **what)
    attribute(case)


def _expired(case: Case, fact: Fact) -> None:
    _survey(case, fact.data.survey_id, expired_at=fact.time, end_reason=fact.data.reason)


def _survey(case: Case, survey_id: str, **said: Any) -> None:
    for n, one in enumerate(case.surveys):
        if one.survey_id == survey_id:
            case.surveys[n] = one._replace(**said)
            return
    case.surveys.append(Survey(survey_id, **said))


HANDLERS: Handlers = {
    survey.SurveyScheduled: _scheduled,
    survey.SurveySent: _sent,
    survey.SurveyAnswered: _answered,
    survey.SurveyExpired: _expired,
}
