"""What the people at the desk fill in: whatever a form asks for, all made up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.events.catalogue.forms import mandatory


def filled_in(schema: Mapping[str, Any], at: datetime) -> Any:
    """Return a record that lacks nothing mandatory."""
    match schema["type"]:
        case "object":
            return {name: filled_in(one, at) for name, one in mandatory(schema)["properties"].items()}
        case "array":
            return [filled_in(schema["items"], at)]
        case "integer" | "number":
            return min(schema.get("maximum", 4), 4)
        case "boolean":
            return True
    return schema["enum"][0] if "enum" in schema else _text(schema, at)


def _text(schema: Mapping[str, Any], at: datetime) -> str:
    match schema.get("format"):
        case "date":
            return at.date().isoformat()
        case "date-time":
            return at.isoformat()
        case "email":
            return "somebody@example.org"
    return f"{schema.get('title', '-')} / {schema.get('x-zh', '-')}"[: schema.get("maxLength")]
