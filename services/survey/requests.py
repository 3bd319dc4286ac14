"""The form that a customer's browser sends: small, bounded, never trusted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, Field, StringConstraints

from libs.events.words.storable import is_storable
from libs.web.bodies import Body
from libs.web.faults import pattern
from libs.web.text import Whole, described_by_names

DIMENSIONS = ("content", "efficiency", "attitude")
"""Further dimensions of satisfaction; the form asks in this order."""

COMMENT_MAX = 2000
FORM_BYTES_MAX = 32 * 1024

Score = Annotated[Whole, Field(ge=1, le=5)]


class AnswerBody(Body):
    """A customer's answer."""

    overall: Score
    scores: dict[
        Annotated[str, StringConstraints(pattern=pattern("^[a-z]{1,40}$", "a word of 1 to 40 small letters"))], Score
    ] = Field(default_factory=dict, max_length=8, json_schema_extra=described_by_names)
    comment: Annotated[str, StringConstraints(max_length=COMMENT_MAX)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as far as it is filled in; `error` names the word that says what is wrong with it."""

    overall: int | None = None
    scores: dict[str, int] = field(default_factory=dict)
    comment: str = ""
    error: str = ""

    def answer(self) -> AnswerBody | None:
        """Return the answer, or nothing while something is wrong with the form."""
        if self.error or self.overall is None:
            return None
        return AnswerBody(overall=self.overall, scores=self.scores, comment=self.comment)


class Invited(BaseModel):
    """An open invitation, with the link that lets its customer answer."""

    case_id: str
    survey_id: str
    channel: str
    sent_at: datetime
    expires_at: datetime
    link: str


class Erased(BaseModel):
    """The answer to an erasure: how many comments there were."""

    comments: int


def form_body() -> dict[str, Any]:
    """Return the description of the form, which is read as browsers send it."""
    score = {"type": "string", "enum": ["1", "2", "3", "4", "5"]}
    properties = {"overall": score, **dict.fromkeys(DIMENSIONS, score), "comment": {"type": "string", "maxLength": COMMENT_MAX}}
    schema = {"type": "object", "required": ["overall"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}}


def read_form(body: bytes) -> Filled:
    """Return the fields of a posted form (application/x-www-form-urlencoded)."""
    try:
        if len(body) > FORM_BYTES_MAX:
            raise ValueError(len(body))
        words = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=20)
    except ValueError:
        return Filled(error="error_unreadable")
    one = {name: values[-1] for name, values in words.items()}
    comment = one.get("comment", "").replace("\r\n", "\n").strip()
    overall = _score(one.get("overall"))
    scores = {name: score for name in DIMENSIONS if (score := _score(one.get(name))) is not None}
    return Filled(overall=overall, scores=scores, comment=comment, error=_error(overall, comment))


def _score(word: str | None) -> int | None:
    return int(word) if word in ("1", "2", "3", "4", "5") else None


def _error(overall: int | None, comment: str) -> str:
    if not is_storable(comment):
        return "error_unreadable"
    if len(comment) > COMMENT_MAX:
        return "error_comment"
    return "error_overall" if overall is None else ""
