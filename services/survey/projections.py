"""A case's facts → its surveys, one row per invitation, and one per ending that nobody was asked about."""

from collections.abc import Iterable

from libs.events.words.row import Row
from services.survey.domain.survey import Invitation, SurveyCase, whose
from services.survey.domain.unasked import Unasked, unasked
from services.survey.tables import SurveyRow, UnaskedRow


def survey_rows(key: str, case: SurveyCase) -> Iterable[Row]:
    """Yield one row per invitation, and one per ending without any."""
    yield from (_row(key, case, one).row for one in case.surveys.values())
    yield from (_unasked_row(key, case, one).row for one in unasked(case))


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


def _unasked_row(key: str, case: SurveyCase, one: Unasked) -> UnaskedRow:
    return UnaskedRow(
        case_id=key,
        n=one.number,
        why=one.why,
        ask_at=one.ask_at,
        ended_at=one.ending.at,
        outcome=one.outcome,
        agent=one.ending.agent,
        team=one.ending.team,
        process_id=case.process_id,
        process_version=case.process_version,
    )
