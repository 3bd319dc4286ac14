"""What a value may be, in words: a schema of /openapi.json as people read it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

Node = Mapping[str, Any]
Texts = Mapping[str, str]

SCHEMAS = "#/components/schemas/"

_BOUNDS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minItems", "at least {} entries"),
    ("maxItems", "at most {} entries"),
    ("maxProperties", "at most {} entries"),
    ("pattern", "of the form {}"),
    ("default", "{} when left out"),
    ("examples", "for example {}"),
)


def kind(schema: Node, t: Texts) -> Markup:
    """Return what a value may be: `text`, `list of VerdictLine`; a schema with a name is a link to it."""
    match schema:
        case {"$ref": str(reference)}:
            return Markup('<a href="#schema-{0}">{0}</a>').format(reference.removeprefix(SCHEMAS))
        case {"anyOf": list(some)}:
            return Markup(" {} ").format(t["or"]).join(kind(one, t) for one in some)
        case {"const": only}:
            return _code(only)
        case {"enum": list(words)}:
            return escape(t["one of {}"]).format(Markup(" ").join(map(_code, words)))
    return _container(schema, t)


def _container(schema: Node, t: Texts) -> Markup:
    match schema:
        case {"type": "array", "items": inner}:
            return escape(t["list of {}"]).format(kind(inner, t))
        case {"type": "object", "additionalProperties": dict(inner)}:
            return escape(t["names with {}"]).format(kind(inner, t))
    form, type = f"kind {schema.get('format')}", f"kind {schema.get('type', 'any')}"
    return escape(t[form if form in t else type])


def bounds(schema: Node, t: Texts) -> list[Markup]:
    """Return the bounds of a value: how long, how large, of which form, and what stands for it when it is left out."""
    stated = {**value_of(schema), **schema}
    return [escape(t[words]).format(_stated(name, stated[name])) for name, words in _BOUNDS if _is_said(stated.get(name))]


def value_of(schema: Node) -> Node:
    """Return X of `X or null`."""
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return some[0] if len(some) == 1 else schema


def _is_said(value: Any) -> bool:
    return value is not None and value != ""


def _stated(name: str, value: Any) -> Markup:
    if name == "examples":
        return Markup(" ").join(map(_code, value))
    # A bound of a whole number is described as 1.0.
    return _code(value) if name in ("pattern", "default") else escape(int(value) if value == int(value) else value)


def _code(value: Any) -> Markup:
    shown = str(value).lower() if isinstance(value, bool) else value
    return Markup("<code>{}</code>").format(shown)
