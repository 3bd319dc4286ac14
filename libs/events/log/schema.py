"""The catalogue as JSON Schema, and the check every fact passes before it is published.

Dataclasses do not look at what they are given and msgspec writes whatever it finds, so the bytes themselves are
checked: what passes here is what every reader's decoder accepts.
"""

import re
from datetime import datetime
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from libs.events.log.envelope import SEQUENCE_MAX, Fact, encode_data
from libs.events.words.event import BY_WIRE, TYPES

_FORM = "is not of the form that docs/events.md gives for it"

EVENT_BYTES_MAX = 500_000
"""Fits into every log with its envelope (libs/events/log/port.py); more than that is no fact but a file."""

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_adapters: dict[type[Any], TypeAdapter[Any]] = {}
_instants: dict[type[Any], tuple[str, ...]] = {}


class Malformed(ValueError):
    """The fact is not what its type promises; nothing may publish it. The message names type and field."""

    def __init__(self, wire: str, field: str, why: str) -> None:
        super().__init__(f"{wire}: {field}: {why}" if field else f"{wire}: {why}")
        self.wire = wire
        self.field = field
        self.why = why


def adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """Return pydantic's reading of an event class, its `Annotated` limits kept."""
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


def schema(cls: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema of an event's data."""
    return adapter(cls).json_schema()


def schemas() -> dict[str, dict[str, Any]]:
    """Return wire type → JSON Schema for the whole catalogue."""
    return {wire: schema(BY_WIRE[wire].cls) for wire in sorted(BY_WIRE)}


def check(fact: Fact) -> None:
    """Raise Malformed unless the fact's bytes are what its type promises."""
    wire = fact.kind.wire
    known = TYPES.get(type(fact.data))
    if known is None or known.on(fact.kind.topic) is not fact.kind:
        raise Malformed(wire, "data", f"is a {type(fact.data).__name__}, which this type does not carry")
    _check_envelope(wire, fact)
    for name in _instants_of(fact.kind.cls):
        _check_instant(wire, name, getattr(fact.data, name))
    _check_data(wire, fact)


def _check_envelope(wire: str, fact: Fact) -> None:
    if not fact.key:
        raise Malformed(wire, "subject", "is empty; a fact is about something")
    if not 0 <= fact.sequence <= SEQUENCE_MAX:
        raise Malformed(wire, "sequence", f"is {fact.sequence}, must lie between 0 and {SEQUENCE_MAX}")
    _check_instant(wire, "time", fact.time)


def _check_data(wire: str, fact: Fact) -> None:
    try:
        data = encode_data(fact.data)
        # strict: "5" is no integer, for msgspec on the other side does not think so either
        adapter(fact.kind.cls).validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Malformed(wire, ".".join(str(part) for part in first["loc"]), _FORM) from error
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(wire, "data", "cannot be written as JSON in UTF-8") from error
    if len(data) > EVENT_BYTES_MAX:
        raise Malformed(wire, "data", f"has {len(data)} bytes, at most {EVENT_BYTES_MAX} fit into the log")
    if b"\\u0000" in data and _NUL.search(data):
        raise Malformed(wire, "data", "holds a NUL character, which no text column can keep")


def _check_instant(wire: str, name: str, value: object) -> None:
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise Malformed(wire, name, "is an instant without a time zone")


def _instants_of(cls: type[Any]) -> tuple[str, ...]:
    if cls not in _instants:
        hints = get_type_hints(cls).items()
        _instants[cls] = tuple(name for name, hint in hints if datetime in (hint, *get_args(hint)))
    return _instants[cls]
