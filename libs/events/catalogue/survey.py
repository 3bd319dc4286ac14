"""What survey says: who was asked, and what they answered."""

from dataclasses import field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from libs.events.event import event

Word = Annotated[str, Field(min_length=1, max_length=200)]
Score = Annotated[int, Field(ge=1, le=5)]


@event("survey.sent")
class SurveySent:
    """The customer was invited, once per resolution; whom the answer will be about is frozen here."""

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
    """The invitation ended unanswered."""

    survey_id: Word
