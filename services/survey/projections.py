"""A case's facts → its surveys, one row per invitation."""

from collections.abc import Iterable

import msgspec

from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.row import Row
from services.survey.alarms import timers
from services.survey.domain.survey import HEARD, SAID, Invitation, SurveyCase, evolve, whose


def survey_rows(key: str, case: SurveyCase) -> Iterable[Row]:
    """Yield one row per invitation."""
    for one in case.surveys.values():
        yield Row("surveys", (key, one.survey_id), _values(case, one))


def _values(case: SurveyCase, one: Invitation) -> tuple[object, ...]:
    return (
        one.status,
        one.channel,
        # What another system tells may begin with the answer, or with the end.
        one.sent_at or one.first_answered_at or one.expired_at,
        one.expires_at,
        one.answered_at,
        one.first_answered_at,
        one.answers,
        one.overall,
        msgspec.json.encode(one.scores, order="sorted").decode(),
        one.commented,
        *whose(case, one),
        case.process_id,
        case.process_version,
        one.origin,
        one.end_reason,
    )


FOLD = Fold(
    topic=Topic.CASES,
    state=SurveyCase,
    initial=SurveyCase,
    evolve=evolve,
    keeps=HEARD | SAID,
    rows=survey_rows,
    timers=timers,
)
