"""What a request's words must be before any rule sees them: storable text, instants in UTC."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, JsonValue, Strict, StringConstraints

from libs.events.words.storable import is_storable
from libs.web.faults import DAY, INSTANT, pattern

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


def _written(form: str) -> BeforeValidator:
    """Take only written dates and instants. A bare number is neither, because it could count seconds from anywhere."""

    def written(told: Any) -> Any:
        if not isinstance(told, str | date) or (isinstance(told, str) and not _WRITTEN.match(told)):
            raise ValueError(form)
        return told

    return BeforeValidator(written)


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
"""The name of a thing in a path."""

Named = Annotated[Text, Path(min_length=1, max_length=200)]
"""In a path, what people have named: a node, a process, a team."""

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1), IN_DIGITS]
"""The number of a version in a path."""


def soon(id: str) -> int | None:
    """Return after how many seconds a thing of that id may have arrived; None if no service gives out such ids."""
    return 1 if _UUID.fullmatch(id) else None


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NOT_BLANK = pattern(r"\S", "more than blanks")

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=NOT_BLANK)]
"""A name in a body; the blanks around it are no part of it."""

Instant = Annotated[AwareDatetime, _written(INSTANT), AfterValidator(in_utc)]
"""A moment with its offset, for parameters and bodies; arrives in UTC."""

Day = Annotated[date, _written(DAY)]
"""A date, for parameters."""


def described_by_names(schema: dict[str, JsonValue]) -> None:
    """Say of a map what its names are apart from what it holds: generated clients drop a map said with `patternProperties`."""
    found = schema.pop("patternProperties", None)
    if isinstance(found, dict):
        [(pattern, held)] = found.items()
        names = schema.get("propertyNames")
        schema["propertyNames"] = {"type": "string", "pattern": pattern, **(names if isinstance(names, dict) else {})}
        schema["additionalProperties"] = held
