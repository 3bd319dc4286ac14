"""Says what is wrong with a request in words that its sender knows, never in those of the library that found it."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from libs.events.words.refusal import suggestion

Words = Mapping[str, Any]
"""What the library says beside a fault: bounds, a pattern, the words that are allowed."""

INSTANT = "It must be an instant with its offset, written as 2026-03-02T12:00:00Z."
DAY = "It must be a date, written as 2026-03-02."
_WHOLE = "It must be a whole number, written without quotes and point."
_OBJECT = "It must be a JSON object, with a value for each name."
_LIST = "It must be a list."

_SAID: Mapping[str, str | Callable[[Words], str]] = {
    "missing": "It is missing; add it.",
    "none_required": "It must be null.",
    "string_type": "It must be a text.",
    "string_unicode": "It must be a text that UTF-8 can hold.",
    "string_too_short": lambda said: (
        "It must not be empty." if said["min_length"] == 1 else f"It must have {said['min_length']} characters or more."
    ),
    "string_too_long": lambda said: f"It may have {said['max_length']} characters.",
    "string_pattern_mismatch": lambda said: f"It must be {PATTERNS.get(said['pattern'], _FORM)}.",
    "bool_type": "It must be true or false.",
    "bool_parsing": "It must be true or false.",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    "int_parsing_size": "It is too large a number.",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "It must be a number."),
    "greater_than": lambda said: f"It must be more than {said['gt']}.",
    "greater_than_equal": lambda said: f"It must be {said['ge']} or more.",
    "less_than": lambda said: f"It must be less than {said['lt']}.",
    "less_than_equal": lambda said: f"It must be {said['le']} or less.",
    "too_short": lambda said: f"It must hold {said['min_length']} or more.",
    "too_long": lambda said: f"It may hold {said['max_length']}.",
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "iterable_type"), _LIST),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type", "dataclass_type"), _OBJECT),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), DAY),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_object_invalid", "timezone_aware"), INSTANT),
    "datetime_from_date_parsing": INSTANT,
    **dict.fromkeys(("uuid_type", "uuid_parsing", "uuid_version"), "It must be an id as this service gives them out."),
    "literal_error": lambda said: _one_of(said["expected"]),
    "enum": lambda said: _one_of(said["expected"]),
    "recursion_loop": "It is nested too deeply.",
    "recursion_depth_exceeded": "It is nested too deeply.",
}

_NOT_JSON: Mapping[str, str] = {
    "Expecting value": "a value is missing, or is none that JSON has",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing behind a name",
    "Expecting property name": "a name in double quotes is missing",
    "Unterminated string": "the text that begins there does not end",
    "Invalid control character": "a text has a control character; a line end is written as \\n",
    "Invalid \\escape": "a backslash in a text is written twice",
    "Invalid \\uXXXX": "four hexadecimal digits must follow \\u",
    "Extra data": "something stands behind its end",
    "Unexpected UTF-8 BOM": "a byte order mark stands before it; leave it out",
}
"""How Python's reader begins its complaint → what is wrong."""


def not_json(said: str, at: int, body: str) -> str:
    """Return why a body is no JSON; `said` is the reader's complaint about the character `at`."""
    if not body.strip():
        return "The body is empty; send JSON."
    if at >= len(body.rstrip()):
        return "The body ends too early; send all of it."
    why = next((ours for theirs, ours in _NOT_JSON.items() if said.startswith(theirs)), "it is not well formed")
    return f"The body is not JSON at character {at}: {why}."


_CODES = {
    **dict.fromkeys(("tuple_type", "set_type", "iterable_type"), "list_type"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "mapping_type", "dataclass_type"), "object_type"),
}
"""The library's names that name a type of Python's, and what JSON calls it."""

_FORM = "of the form that /openapi.json gives for it"
_OTHER = "It cannot be read here; /openapi.json says what it may be."

PATTERNS: dict[str, str] = {}
"""Pattern → what it asks for, in words; filled where the patterns are declared."""


def pattern(form: str, says: str) -> str:
    """Return the pattern, whose meaning is now known: `It must be …`."""
    PATTERNS[form] = says
    return form


def code_of(error: Mapping[str, Any]) -> str:
    """Return the code of a fault, for programs."""
    kind: str = error["type"]
    return _CODES.get(kind, kind)


def told(error: Mapping[str, Any], known: Iterable[str] = ()) -> str:
    """Return what is wrong and what to do. `known` are the names that are allowed where an unknown one was sent."""
    kind, said = error["type"], error.get("ctx", {})
    if isinstance(error.get("input"), str) and kind in ("too_short", "too_long"):
        kind = f"string_{kind}"  # the library's name when it asks for the length after something else
    if kind == "extra_forbidden":
        return f"There is no such field here. {suggestion(str(error['loc'][-1]), known)}"
    if (words := _listed(said.get("expected", ""), said.get("pattern", ""))) and isinstance(error.get("input"), str):
        return f"It is none of the words that may stand here. {suggestion(error['input'], words)}"
    if kind in ("value_error", "assertion_error"):
        return _sentence(str(said.get("error", "")))
    text = _SAID.get(kind, _OTHER)
    return text if isinstance(text, str) else text(said)


def _one_of(expected: str) -> str:
    return f"It must be one of {', '.join(_listed(expected))}."


def _listed(expected: str, form: str = "") -> list[str]:
    """Return the only words that are allowed, if they are listed."""
    alternatives = re.fullmatch(r"\^\(([a-z|]+)\)\$", form)
    return alternatives[1].split("|") if alternatives else re.findall(r"'([^']*)'", expected)


def _sentence(words: str) -> str:
    """Return the words of one of our own rules as a sentence."""
    return f"It {words}." if words and words[0].islower() else words or _OTHER
