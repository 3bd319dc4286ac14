"""The bodies that HTTP clients send to analytics, about corrections and risks: bounded, closed, checked before any rule."""

from typing import Annotated

from pydantic import Field, StringConstraints

from libs.events.catalogue.analytics import LEVELS
from libs.web.bodies import Body
from libs.web.text import NOT_BLANK, Flag, Name

WORDS_MAX = 5_000

OptionalName = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Level = Annotated[str, StringConstraints(pattern=f"^({'|'.join(LEVELS)})$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=WORDS_MAX, strip_whitespace=True, pattern=NOT_BLANK)]
"""What people write freely."""


class CorrectionBody(Body):
    """POST /corrections: something has to be mended in how the desk works."""

    owner: Name = Field(description="Who answers for it.")
    why: Words = Field(description="Why. Kept in the vault, never said in clear.")
    figure: OptionalName = Field("", description="The figure that showed it, as GET /measures calls it.")
    process_id: OptionalName = Field("", description="The process that it is about, if it is about one.")


class StartBody(Body):
    """POST /corrections/{id}/start: work on it begins."""

    plan: Words = Field(description="By which measures. Kept in the vault, never said in clear.")
    agent: OptionalName = ""


class VerifyBody(Body):
    """POST /corrections/{id}/verify: somebody looked whether it worked."""

    effective: Flag = Field(description="Whether the measures work. If they do not, the correction is open again.")


class RiskBody(Body):
    """POST /risks: something may go wrong."""

    owner: Name = Field(description="Who watches it.")
    kind: Name = Field(description="What kind of risk it is, a word of your own.", examples=["supplier", "staffing"])
    level: Level = Field(description="How much it matters.")
    what: Words = Field(description="What may go wrong. Kept in the vault, never said in clear.")


class AssessBody(Body):
    """POST /risks/{id}/assess: how much it matters now."""

    level: Level


class CheckBody(Body):
    """POST /risks/{id}/check: somebody looked at it."""

    agent: OptionalName = ""
