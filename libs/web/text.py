"""What a request's words must be before any rule sees them: storable text, instants in UTC, no unknown fields."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any

from annotated_types import MaxLen
from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, JsonValue, Strict, model_validator

from libs.events.words.storable import are_storable, is_storable
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
    """Take only what is written out; a bare number, which could count seconds from anywhere, is neither date nor instant."""

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
"""What names a thing in a path."""


def soon(id: str) -> int | None:
    """Return after how many seconds a thing of that id may have arrived; nothing when no service gives out such ids."""
    return 1 if _UUID.fullmatch(id) else None


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NOT_BLANK = pattern(r"\S", "more than blanks")

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


NAMES_SPARE = 20
"""So many unknown fields are told one by one."""


@cache
def _bounds(model: type[BaseModel]) -> dict[str, int]:
    """Return the fields that have a longest length, and it."""
    lengths = ((name, rule) for name, field in model.model_fields.items() for rule in field.metadata)
    return {name: rule.max_length for name, rule in lengths if isinstance(rule, MaxLen)}


def _too_many(model: type[BaseModel], raw: Mapping[str, Any]) -> str | None:
    """Return what holds more than it may: known at a glance, where a fault for each of them would take half a second."""
    if len(raw) > len(model.model_fields) + NAMES_SPARE:
        return f"has {len(raw)} fields, and there are {len(model.model_fields)}; send those that /openapi.json names"
    for name, most in _bounds(model).items():
        value = raw.get(name)
        if isinstance(value, dict | list) and len(value) > most:
            return f"holds {len(value)} in `{name}`, which may hold {most}"
    return None


class Body(BaseModel):
    """A request body: unknown fields are refused, every text in it is storable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=100_000)

    @model_validator(mode="before")
    @classmethod
    def _is_bounded_and_storable(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and (why := _too_many(cls, raw)):
            raise ValueError(why)
        if not are_storable(raw):
            raise ValueError(UNSTORABLE)
        return raw
