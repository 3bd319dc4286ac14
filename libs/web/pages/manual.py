"""The description of an API as a page shows it: its operations by tag, its schemas, the problems and headers that all share."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from libs.web.pages.kinds import Node, Texts, bounds, kind, value_of

SHARED = ("X-Request-ID", "traceparent", "RateLimit-Policy", "RateLimit")
"""Headers that every operation takes or answers; they are explained once."""

ScopeOf = Callable[[str, str], str | None]
"""Method and path → the scope that opens it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a field of a body: its name, where it stands, what it may be, what it means."""

    name: str
    place: str
    is_needed: bool
    kind: Markup
    bounds: list[Markup]
    says: Markup


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is not a problem."""

    status: str
    says: str
    media: list[str]
    kind: Markup | None
    headers: list[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    says: Markup
    scope: str | None
    rows: list[Row]
    headers: list[tuple[str, bool]]
    media: list[str]
    body: Markup | None
    body_rows: list[Row]
    answers: list[Answered]
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Named:
    """A schema with a name."""

    name: str
    says: Markup
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Manual:
    """All of it."""

    title: str
    version: str
    card: Markup
    says: Markup
    tags: list[tuple[str, Markup, list[Operation]]]
    schemas: list[Named]
    asked: dict[str, Row]
    told: list[Row]
    problems: list[tuple[str, str]]


def manual(document: Node, t: Texts, scope_of: ScopeOf) -> Manual:
    """Return what the page shows of a service's /openapi.json."""
    parts, info = document["components"], document["info"]
    # The service's own line is English; what all services share follows in the reader's language.
    card, _, shared = info["description"].rpartition("\n\n")
    operations = [
        (told["tags"][-1], _operation(document, method.upper(), path, told, t, scope_of))
        for path, item in document["paths"].items()
        for method, told in item.items()
    ]
    return Manual(
        title=info["title"],
        version=info["version"],
        card=prose(card),
        says=prose(shared),
        tags=[
            (tag["name"], prose(tag["description"]), [one for name, one in operations if name == tag["name"]])
            for tag in document["tags"]
        ],
        schemas=[
            Named(name, prose(schema.get("description", "")), list(_fields(schema, t)))
            for name, schema in sorted(parts["schemas"].items())
        ],
        asked={one.name: one for one in _headers_of_requests(document, t)},
        told=[_row(name, "", False, told["schema"], told["description"], t) for name, told in parts["headers"].items()],
        problems=[(name.removeprefix("Problem"), told["description"]) for name, told in sorted(parts["responses"].items())],
    )


def _operation(document: Node, method: str, path: str, told: Node, t: Texts, scope_of: ScopeOf) -> Operation:
    parameters = [resolved(document, one) for one in told["parameters"]]
    content = told.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()))["schema"] if content else None
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        says=prose(told.get("description", "")),
        scope=scope_of(method, path),
        rows=[_parameter(one, t) for one in parameters if one["in"] != "header"],
        headers=[(one["name"], one["required"]) for one in parameters if one["in"] == "header" and one["name"] not in SHARED],
        media=list(content),
        body=kind(body, t) if body else None,
        body_rows=list(_fields(body, t)) if body else [],
        answers=[_answered(status, one, t) for status, one in told["responses"].items() if "$ref" not in one],
        problems=[status for status, one in told["responses"].items() if "$ref" in one],
    )


def _answered(status: str, told: Node, t: Texts) -> Answered:
    content: Node = told.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    headers = [name for name in told.get("headers", ()) if name not in SHARED]
    return Answered(status, told["description"], list(content), kind(schema, t) if schema else None, headers)


def _headers_of_requests(document: Node, t: Texts) -> Iterator[Row]:
    for item in document["paths"].values():
        for told in item.values():
            for one in told["parameters"]:
                if (header := resolved(document, one))["in"] == "header":
                    yield _parameter(header, t)


def _parameter(one: Node, t: Texts) -> Row:
    # What may be left out is described as `or null`, but nobody can write null into an address.
    schema = {**one["schema"], **value_of(one["schema"])}
    schema.pop("anyOf", None)
    return _row(one["name"], one["in"], one["required"], schema, one.get("description", ""), t)


def _fields(schema: Node, t: Texts, before: str = "") -> Iterator[Row]:
    """Yield the fields of an object; those of an object inside stand behind it, `errors[].code`."""
    for name, field in schema.get("properties", {}).items():
        yield _row(before + name, "", name in schema.get("required", ()), field, field.get("description", ""), t)
        items = field.get("items", {})
        yield from _fields(items, t, f"{before}{name}[].") if items else _fields(field, t, f"{before}{name}.")


def _row(name: str, place: str, is_needed: bool, schema: Node, says: str, t: Texts) -> Row:
    return Row(name, place, is_needed, kind(schema, t), bounds(schema, t), prose(says))


def resolved(document: Node, node: Node) -> Node:
    """Return what a reference leads to."""
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(document, found)


def prose(text: str) -> Markup:
    """Return a description: paragraphs, with what stands between backticks as code. Nothing else of Markdown is in use."""
    return Markup("").join(Markup("<p>{}</p>").format(_coded(one)) for one in text.split("\n\n") if one.strip())


def _coded(text: str) -> Markup:
    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(Markup("<code>{}</code>").format(one) if n % 2 else escape(one) for n, one in enumerate(parts))
