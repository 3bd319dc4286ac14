"""What a request's words must be before any rule sees them: storable text, instants in UTC, no unknown fields."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, JsonValue, Strict, model_validator

from libs.events.storable import are_storable, is_storable
from libs.web.faults import pattern

UNSTORABLE = "contains a NUL or half a surrogate pair; remove it"


def storable(text: str) -> str:
    """Return the text, or refuse it as a validation error."""
    if not is_storable(text):
        raise ValueError(UNSTORABLE)
    return text


def in_utc(at: datetime) -> datetime:
    """Return the instant in UTC; refuse one that leaves the calendar on the way."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def in_words(told: Any) -> Any:
    """Return what is written as a date or an instant; a bare number, which could count seconds from anywhere, is none."""
    if not isinstance(told, str | date) or (isinstance(told, str) and not _WRITTEN.match(told)):
        raise ValueError("must be written as 2026-03-02 or 2026-03-02T12:00:00Z")
    return told


_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def in_digits(told: Any) -> Any:
    """Return what is written as a whole number, in one way: without a sign before it, blanks, a point or an underscore."""
    if isinstance(told, str) and not re.fullmatch("-?[0-9]{1,19}", told):
        raise ValueError("must be a whole number, written in digits")
    return told


Whole = Annotated[int, Strict()]
"""A whole number in a body: no text, no 1.0, no true."""

Flag = Annotated[bool, Strict()]
"""True or false in a body: no text, no number."""

IN_DIGITS = BeforeValidator(in_digits)
"""For a whole number in an address, behind its bounds."""

Text = Annotated[str, AfterValidator(storable)]
"""A str for path and query parameters."""

Id = Annotated[str, Path(min_length=1, max_length=64, pattern=pattern("^[A-Za-z0-9-]+$", "an id: letters, digits and hyphens"))]
"""What names a thing in a path."""


def soon(id: str) -> int | None:
    """Return after how many seconds a thing of that id may have arrived; nothing when no service gives out such ids."""
    return 1 if _UUID.fullmatch(id) else None


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NOT_BLANK = pattern(r"\S", "more than blanks")

Instant = Annotated[AwareDatetime, BeforeValidator(in_words), AfterValidator(in_utc)]
"""A moment with its offset, for parameters and bodies; arrives in UTC."""

Day = Annotated[date, BeforeValidator(in_words)]
"""A date, for parameters."""


def described_by_names(schema: dict[str, JsonValue]) -> None:
    """Say of a map what its names are apart from what it holds: generated clients drop a map said with `patternProperties`."""
    found = schema.pop("patternProperties", None)
    if isinstance(found, dict):
        [(pattern, held)] = found.items()
        names = schema.get("propertyNames")
        schema["propertyNames"] = {"type": "string", "pattern": pattern, **(names if isinstance(names, dict) else {})}
        schema["additionalProperties"] = held


class Body(BaseModel):
    """A request body: unknown fields are refused, every text in it is storable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=100_000)

    @model_validator(mode="before")
    @classmethod
    def _every_text_is_storable(cls, raw: Any) -> Any:
        if not are_storable(raw):
            raise ValueError(UNSTORABLE)
        return raw
