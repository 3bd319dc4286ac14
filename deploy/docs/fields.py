"""A JSON Schema in a reader's words."""

from typing import Any

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "map",
    "null": "nothing",
}
_FORMATS = {"date-time": "instant", "date": "date", "time": "time of day", "uuid": "UUID"}


def type_words(schema: dict[str, Any]) -> str:
    """Return a field's type in words, for example `text (1 to 200)` or `list of text`."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(type_words(variant) for variant in schema["anyOf"])
    kind = schema.get("type")
    if kind == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    if kind == "object":
        return _map_words(schema)
    word = _FORMATS.get(schema.get("format", ""), _WORDS.get(str(kind), "anything"))
    return word + _limits(schema)


def table(schema: dict[str, Any]) -> list[str]:
    """Return a Markdown table of an object's fields."""
    lines = ["| field | type | when left out |", "|---|---|---|"]
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        absent = "must be there" if name in required else _default(inner)
        lines.append(f"| `{name}` | {type_words(inner)} | {absent} |")
    return lines


def _map_words(schema: dict[str, Any]) -> str:
    values = schema.get("additionalProperties", {})
    keys = _FORMATS.get(schema.get("propertyNames", {}).get("format", ""), "text")
    return f"map of {keys} to {type_words(values if isinstance(values, dict) else {})}"


def _limits(schema: dict[str, Any]) -> str:
    if "pattern" in schema:
        options = schema["pattern"].removeprefix("^(").removesuffix(")$")
        return f": {options.replace('|', ', ')}"
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if low is not None and high is not None:
        return f" ({low} to {high})"
    if high is not None:
        return f" (up to {high})"
    return f" ({low} or more)" if low is not None else ""


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    if value is None:
        return "null" if "default" in schema else "empty"
    if value is False or value is True:
        return "yes" if value else "no"
    return f"`{value}`" if value not in ("", []) else "empty"
