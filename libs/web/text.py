"""What a request's words must be before any rule sees them: storable text, instants in UTC, no unknown fields."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, model_validator


def is_storable(text: str) -> bool:
    """Test whether PostgreSQL and UTF-8 can hold the text: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def storable(text: str) -> str:
    """Return the text, or refuse it as a validation error."""
    if not is_storable(text):
        raise ValueError("contains a NUL or half a surrogate pair; remove it")
    return text


def in_utc(at: datetime) -> datetime:
    """Return the instant in UTC; refuse one that leaves the calendar on the way."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


Text = Annotated[str, AfterValidator(storable)]
"""A str for path and query parameters."""

Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]
"""A moment with its offset, for parameters and bodies; arrives in UTC."""


class Body(BaseModel):
    """A request body: unknown fields are refused, every text in it is storable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=100_000)

    @model_validator(mode="before")
    @classmethod
    def _every_text_is_storable(cls, raw: Any) -> Any:
        for text in _texts(raw):
            storable(text)
        return raw


def _texts(raw: Any) -> Iterator[str]:
    # A stack, because a hostile body may be nested deeper than Python recurses.
    stack = [raw]
    while stack:
        match stack.pop():
            case str() as text:
                yield text
            case dict() as members:
                stack.extend(members.keys())
                stack.extend(members.values())
            case list() as items:
                stack.extend(items)
