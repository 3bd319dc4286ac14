"""Reading the service's own description: what a reference leads to, which fields stand at a place of a body."""

from collections.abc import Iterable, Mapping
from typing import Any

Node = Mapping[str, Any]


def resolved(document: Node, schema: Node) -> Node:
    """Return what a reference leads to, and of `X or null` the X."""
    while "$ref" in schema or "anyOf" in schema:
        if "anyOf" in schema:
            schema = next((one for one in schema["anyOf"] if one.get("type") != "null"), {})
            continue
        node: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = node
    return schema


def fields_at(document: Node, operation: Node, way: Iterable[str | int]) -> list[str]:
    """Return the names that the object at a place of an operation's JSON body may have."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = resolved(document, content.get("application/json", {}).get("schema", {}))
    for part in way:
        inner = schema.get("items") if isinstance(part, int) else schema.get("properties", {}).get(part)
        schema = resolved(document, inner or {})
    return list(schema.get("properties", ()))
