"""Reads the service's own description: where a reference leads, and which fields a part of a body has."""

from collections.abc import Iterable, Mapping
from typing import Any

Node = Mapping[str, Any]


def resolved(document: Node, schema: Node) -> Node:
    """Return the schema behind a reference; of `X or null`, X."""
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
    """Return the names that an object inside an operation's JSON body may have."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = resolved(document, content.get("application/json", {}).get("schema", {}))
    for part in way:
        inner = schema.get("items") if isinstance(part, int) else schema.get("properties", {}).get(part)
        schema = resolved(document, inner or {})
    return list(schema.get("properties", ()))
