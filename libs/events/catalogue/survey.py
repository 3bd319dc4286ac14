"""What survey says: who was asked, and what they answered."""

from dataclasses import field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from libs.events.words.event import Word, event

Score = Annotated[int, Field(ge=1, le=5)]


@event("survey.scheduled")
class SurveyScheduled:
    """The customer is to be invited at `send_at`, unless the case is reopened before. A later one for a survey replaces it."""

    survey_id: Word
    send_at: datetime


@event("survey.sent")
class SurveySent:
    """The customer was invited, once per ending of the case; whom the answer will be about is frozen here."""

    survey_id: Word
    channel: Word
    agent: str = ""
    team: str = ""
    expires_at: datetime


@event("survey.answered")
class SurveyAnswered:
    """The customer answered on a scale of 1 (very dissatisfied) to 5 (very satisfied). A later answer replaces it."""

    survey_id: Word
    overall: Score
    scores: dict[str, Score] = field(default_factory=dict)
    commented: bool = False


@event("survey.expired")
class SurveyExpired:
    """The invitation ended unanswered: its time ran out, or the case was `reopened`."""

    survey_id: Word
    reason: Annotated[str, Field(max_length=200)] = ""
