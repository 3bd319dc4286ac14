"""What analytics says, on topic `quality`: corrections, by which a desk mends what it does wrong, and risks that it watches."""

from typing import Annotated

from pydantic import Field

from libs.events.words.event import FREE, Topic, Word, event

LEVELS = ("high", "medium", "low")
Level = Annotated[str, Field(pattern=f"^({'|'.join(LEVELS)})$")]
"""How much a risk matters: the higher it is, the sooner somebody has to look at it again."""


@event("correction.opened", topic=Topic.QUALITY)
class CorrectionOpened:
    """Something has to be mended in how the desk works; `owner` answers for it. Decided by services.analytics.domain.corrections.

    `figure` is the name of the figure that showed it, and `process_id` the process that it is about, if it is about one.
    """

    owner: Word
    why: Annotated[Word, FREE]
    figure: str = ""
    process_id: str = ""


@event("correction.started", topic=Topic.QUALITY)
class CorrectionStarted:
    """Work on a correction began, by this plan."""

    plan: Annotated[Word, FREE]
    agent: str = ""


@event("correction.done", topic=Topic.QUALITY)
class CorrectionDone:
    """The measures of the plan are carried out. Whether they work is not known yet."""


@event("correction.verified", topic=Topic.QUALITY)
class CorrectionVerified:
    """Somebody looked whether the measures work. If they do not, the correction is open again, and is to be started again."""

    effective: bool


@event("correction.closed", topic=Topic.QUALITY)
class CorrectionClosed:
    """The correction is over. It was verified as effective before."""


@event("risk.registered", topic=Topic.QUALITY)
class RiskRegistered:
    """Something may go wrong; `owner` watches it. Its level is a first assessment. Decided by services.analytics.domain.risks."""

    owner: Word
    kind: Word
    level: Level
    what: Annotated[Word, FREE]


@event("risk.assessed", topic=Topic.QUALITY)
class RiskAssessed:
    """Somebody judged how much the risk matters now."""

    level: Level


@event("risk.checked", topic=Topic.QUALITY)
class RiskChecked:
    """Somebody looked at the risk, and at what is done about it."""

    agent: str = ""


@event("risk.closed", topic=Topic.QUALITY)
class RiskClosed:
    """The risk is none any more."""
