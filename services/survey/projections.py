"""A case's facts → its surveys, one row per invitation."""

from collections.abc import Iterable

from libs.events.words.row import Row
from services.survey.domain.survey import Invitation, SurveyCase, whose
from services.survey.tables import SurveyRow


def survey_rows(key: str, case: SurveyCase) -> Iterable[Row]:
    """Yield one row per invitation."""
    return (_row(key, case, one).row for one in case.surveys.values())


def _row(key: str, case: SurveyCase, one: Invitation) -> SurveyRow:
    agent, team = whose(case, one)
    sent_at = one.sent_at or one.first_answered_at or one.expired_at
    assert sent_at is not None  # what another system tells may begin with the answer, or with the end
    return SurveyRow(
        case_id=key,
        survey_id=one.survey_id,
        status=one.status,
        channel=one.channel,
        sent_at=sent_at,
        expires_at=one.expires_at,
        answered_at=one.answered_at,
        first_answered_at=one.first_answered_at,
        answers=one.answers,
        overall=one.overall,
        scores=one.scores,
        commented=one.commented,
        agent=agent,
        team=team,
        process_id=case.process_id,
        process_version=case.process_version,
        origin=one.origin,
        end_reason=one.end_reason,
    )
