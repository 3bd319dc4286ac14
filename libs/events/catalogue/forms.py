"""What a form may ask for, in a part of JSON Schema 2020-12, and what of a record does not fit or is missing.

A form is an object of named fields. It refers to nothing outside, has no patterns, and everything in it has a bound, so that to
check a record takes no longer than to read it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError

FIELDS_MAX, DEPTH_MAX, BYTES_MAX, ENUM_MAX = 100, 4, 20_000, 100
TEXT_MAX, ITEMS_MAX, NUMBER_MAX = 5_000, 100, 2**53 - 1
"""What a field may hold where its form names no bound."""

_ANY = {"type", "title", "x-zh", "description", "enum"}
KEYWORDS: Mapping[str, set[str]] = {
    "string": _ANY | {"minLength", "maxLength", "format"},
    "integer": _ANY | {"minimum", "maximum"},
    "number": _ANY | {"minimum", "maximum"},
    "boolean": _ANY,
    "object": _ANY | {"properties", "required", "additionalProperties"},
    "array": _ANY | {"items", "minItems", "maxItems"},
}
"""The types that a field may have, and what may be said of each; `title` and `x-zh` are its names in English and Chinese."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == len("2026-03-02") and bool(date.fromisoformat(value)))


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


@FORMATS.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or _EMAIL.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that does not fit: its place, a word for programs, and what to do."""

    path: tuple[str | int, ...]
    code: str
    says: str


def unsound(schema: object) -> list[Wrong]:
    """Return what is wrong with a form's schema."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return [Wrong((), "type", "is no schema of an object; write `type: object` and `properties`")]
    return _too_large(schema) or list(_unsound(schema, ())) or _too_many(schema) or _no_schema(schema)


def _too_large(schema: Mapping[str, Any]) -> list[Wrong]:
    try:
        size = len(msgspec.json.encode(schema))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return [Wrong((), "json", "holds something that JSON does not have; write texts, numbers, lists and entries")]
    return [Wrong((), "size", f"has {size} bytes; write at most {BYTES_MAX}")] if size > BYTES_MAX else []


def _too_many(schema: Mapping[str, Any]) -> list[Wrong]:
    many = sum(1 for _ in _fields(schema))
    return [Wrong((), "size", f"has {many} fields; write at most {FIELDS_MAX}")] if many > FIELDS_MAX else []


def _no_schema(schema: Mapping[str, Any]) -> list[Wrong]:
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        path = tuple(map(str, error.absolute_path))
        # What the library says of it has words of Python.
        rule = f"{error.validator}: {msgspec.json.encode(error.validator_value).decode()}"
        told = f": its rule is `{rule}`" if error.validator in _SHORT else ""
        return [Wrong(path, "schema", f"is no JSON Schema{told}; write a value that it allows")]
    return []


_SHORT = frozenset({"type", "enum", "minimum", "exclusiveMinimum", "minItems", "uniqueItems"})
"""The rules for JSON Schemas that can be told in a few words."""


def bounded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sound schema closed and with a bound for everything: no field but those named, and none without end."""
    kind, bounds = schema["type"], dict[str, Any]()
    if kind == "object":
        bounds = {"properties": {name: bounded(one) for name, one in schema["properties"].items()}, "additionalProperties": False}
    elif kind == "array":
        bounds = {"items": bounded(schema["items"]), "maxItems": schema.get("maxItems", ITEMS_MAX)}
    elif kind == "string":
        bounds = {"maxLength": schema.get("maxLength", TEXT_MAX)}
    elif kind in ("integer", "number"):
        bounds = {"minimum": schema.get("minimum", -NUMBER_MAX), "maximum": schema.get("maximum", NUMBER_MAX)}
    return {**schema, **bounds}


def filled(data: Any, depth: int = 0) -> Any:
    """Return what was filled in: an empty field says nothing."""
    if depth > 3 * DEPTH_MAX and isinstance(data, dict | list):
        return []  # no form is so deep, so whatever stood here it does not fit
    if isinstance(data, dict):
        return {name: filled(value, depth + 1) for name, value in data.items() if not _is_blank(value)}
    return [filled(one, depth + 1) for one in data] if isinstance(data, list) else data


def judged(schema: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[list[Wrong], tuple[str, ...]]:
    """Return what of a record does not fit, and the mandatory fields that are missing: `cause`, `parts/0/number`."""
    wrong, lacks = list[Wrong](), dict[str, None]()
    for error in Draft202012Validator(dict(schema), format_checker=FORMATS).iter_errors(data):
        path = tuple(error.absolute_path)
        if error.validator == "required":
            lacks |= {"/".join(map(str, (*path, name))): None for name in _lacking(error)}
        elif error.validator == "additionalProperties":
            wrong += [Wrong((*path, name), "unknown-field", _known(error)) for name in _others(error)]
        else:
            wrong.append(Wrong(path, str(error.validator), _said(error)))
    return sorted(wrong, key=lambda one: [*map(str, one.path)]), tuple(lacks)


def mandatory(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with its mandatory fields only."""
    required = schema.get("required", ())
    return {**schema, "properties": {name: schema["properties"][name] for name in schema["properties"] if name in required}}


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _unsound(schema: Any, path: tuple[str, ...]) -> Iterator[Wrong]:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if not isinstance(kind, str) or kind not in KEYWORDS:
        yield Wrong(path, "type", f"has no type; write `type` and one of {', '.join(KEYWORDS)}")
        return
    if len(path) > 2 * DEPTH_MAX:
        yield Wrong(path, "depth", f"is nested too deeply; write at most {DEPTH_MAX} levels")
        return
    for word in [word for word in schema if word not in KEYWORDS[kind]]:
        yield Wrong((*path, str(word)), "keyword", f"may not be said of a form's {kind}; use {', '.join(sorted(KEYWORDS[kind]))}")
    if not isinstance(schema.get("x-zh", ""), str):
        yield Wrong((*path, "x-zh"), "x-zh", "is no text; write the field's Chinese name")
    yield from _PARTS.get(kind, _unsound_value)(schema, path)


def _unsound_object(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Wrong]:
    named, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(named, Mapping) or not named:
        yield Wrong((*path, "properties"), "properties", "is empty; name the fields")
        return
    if schema.get("additionalProperties", False) is not False:
        yield Wrong((*path, "additionalProperties"), "closed", "lets anything in; leave it out, a form is closed")
    for name in required if isinstance(required, list) else ():
        if not isinstance(name, str) or name not in named:
            yield Wrong((*path, "required"), "required", f"names `{name}`, which is no field; describe it under `properties`")
    for name, one in named.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield Wrong(
                (*path, "properties"), "name", f"names `{name}`; begin with a letter, then letters, digits and _, 60 at most"
            )
        else:
            yield from _unsound(one, (*path, "properties", name))


def _unsound_array(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Wrong]:
    yield from _unsound(schema.get("items"), (*path, "items"))


def _unsound_value(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Wrong]:
    if "format" in schema and schema["format"] not in list(FORMATS.checkers):  # a list may be asked for anything, a table not
        instead = f"use one of {', '.join(sorted(FORMATS.checkers))}"
        yield Wrong((*path, "format"), "format", f"is a format that nobody checks; {instead}")
    words = schema.get("enum", [0])
    if not isinstance(words, list) or not 0 < len(words) <= ENUM_MAX:
        yield Wrong((*path, "enum"), "enum", f"must list 1 to {ENUM_MAX} values; write a list")


_PARTS = {"object": _unsound_object, "array": _unsound_array}


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, one in schema.get("properties", {}).items():
        yield name
        yield from _fields(one)
    if "items" in schema:
        yield from _fields(schema["items"])


def _lacking(error: ValidationError) -> Iterable[str]:
    required: list[str] = error.validator_value  # type: ignore[assignment]
    return [name for name in required if name not in error.instance]  # type: ignore[operator]


def _others(error: ValidationError) -> Iterable[str]:
    return sorted(error.instance.keys() - error.schema["properties"].keys())  # type: ignore[union-attr,index]


def _known(error: ValidationError) -> str:
    return f"There is no such field. Known are: {', '.join(error.schema['properties'])}."  # type: ignore[index]


_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
_WRITTEN = {"date": "a date, written as 2026-03-02", "date-time": "an instant with its offset", "email": "an e-mail address"}
_BOUNDS = {
    "minLength": "have {} characters or more",
    "maxLength": "have {} characters at most",
    "minimum": "be {} or more",
    "maximum": "be {} or less",
    "minItems": "hold {} or more",
    "maxItems": "hold {} at most",
}


def _said(error: ValidationError) -> str:
    """Return what a value must be."""
    asks: Any = error.validator_value
    match error.validator:
        case "type":
            return f"It must be {_TYPES[asks]}."
        case "enum":
            return f"It must be one of {', '.join(map(str, asks))}."
        case "format":
            return f"It must be {_WRITTEN[asks]}."
    return f"It must {_BOUNDS[str(error.validator)].format(asks)}."
