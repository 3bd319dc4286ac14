"""All five services' apps without a database, and every operation and input that their descriptions name.

What passes all checks of its form is answered 503, because nothing runs behind; so every other answer is the shell's own.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from fastapi import FastAPI

from libs.web.uploads import AROUND_BYTES_MAX
from services.__main__ import PORTS, app_of

BODY_BYTES_MAX, IMPORT_BYTES_MAX = 64 * 1024, 128 * 1024
LONGEST = 12_000


@dataclass(frozen=True)
class Operation:
    """One method of one path of one service."""

    service: str
    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.service}.{self.told['operationId']}"

    @property
    def is_open(self) -> bool:
        return not self.told["security"]

    def parameters(self) -> Iterator[dict[str, Any]]:
        for one in self.told["parameters"]:
            yield resolved(self.service, one)

    def body(self) -> dict[str, Any] | None:
        content = self.told.get("requestBody", {}).get("content", {})
        return resolved(self.service, content["application/json"]["schema"]) if "application/json" in content else None


def app_with(name: str, keys_file: Path | None = None) -> FastAPI:
    """Return a service's app as it is set up in production."""
    settings = {
        "LOOPDESK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "LOOPDESK_SURVEY_SECRET": "secret",
        "LOOPDESK_BODY_BYTES_MAX": str(BODY_BYTES_MAX),
        "LOOPDESK_IMPORT_BYTES_MAX": str(IMPORT_BYTES_MAX),
        "LOOPDESK_ATTACHMENT_BYTES_MAX": str(IMPORT_BYTES_MAX - AROUND_BYTES_MAX),
        "LOOPDESK_KEYS_FILE": str(keys_file or ""),
    }
    with patch.dict(os.environ, settings):
        return app_of(name)[0]


@cache
def app(name: str) -> FastAPI:
    return app_with(name)


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation of every service."""
    return tuple(
        Operation(service, method, path, told)
        for service in PORTS
        for path, item in app(service).openapi()["paths"].items()
        for method, told in item.items()
    )


def resolved(service: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema behind a reference, and the X of `X or null`."""
    if "$ref" in schema:
        node: Any = app(service).openapi()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        return resolved(service, node)
    if "anyOf" in schema:
        [some] = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return resolved(service, {**some, **{name: told for name, told in schema.items() if name != "anyOf"}})
    return schema


def words_of(schema: dict[str, Any]) -> list[str]:
    """Return the only texts a schema allows, if it lists them."""
    listed = re.fullmatch(r"\^\(([a-z|]+)\)\$", schema.get("pattern", ""))
    return schema.get("enum") or (listed[1].split("|") if listed else [])


def text_of(schema: dict[str, Any], length: int) -> str | None:
    """Return a text of that length which the schema's pattern allows, or nothing."""
    pattern = re.compile(schema.get("pattern", ""))
    tag = f'"{"7" * (length - 2)}"'
    place = "intake:cases-1:1:"
    position = place + "7" * (length - len(place))
    for text in ("a" * length, "0" * length, "a" * (length - 2) + "@b", tag, position):
        if len(text) == length and pattern.search(text):
            return text
    return None


def longest(schema: dict[str, Any]) -> int | None:
    """Return how long a text may be, by its maxLength or by its pattern; nothing when it may go on for ever."""
    if "maxLength" in schema and text_of(schema, schema["maxLength"]) is not None:
        return int(schema["maxLength"])
    if text_of(schema, LONGEST) is not None:
        return None
    return max((length for length in range(1, 300) if text_of(schema, length) is not None), default=None)


def sample(service: str, schema: dict[str, Any]) -> Any:
    """Return the smallest value that a schema allows."""
    schema = resolved(service, schema)
    match schema.get("type"):
        case "object" if schema.get("minProperties") and "properties" not in schema:
            return {f"name{n}": sample(service, schema["additionalProperties"]) for n in range(schema["minProperties"])}
        case "object":
            return {name: sample(service, schema["properties"][name]) for name in schema.get("required", ())}
        case "array":
            return [sample(service, schema["items"])] * schema.get("minItems", 0)
        case "integer":
            return int(schema.get("minimum", 1))  # described as 1.0, which a number is not
        case "boolean":
            return True
        case _ if "format" in schema:
            return "2020-01-01T00:00:00Z" if schema["format"] == "date-time" else "2020-01-01"
    return (words_of(schema) or [text_of(schema, max(schema.get("minLength", 1), 1))])[0]


def asked(target: FastAPI, operation: Operation, headers: dict[str, str] | None = None, **changed: Any) -> httpx.Request:
    """Return a well formed request; `changed` replaces parameters by their name, `body` or `content` its body."""
    values = {
        one["name"]: changed.get(one["name"], sample(operation.service, one["schema"]))
        for one in operation.parameters()
        if one.get("required") or one["name"] in changed
    }
    places = {one["name"]: one["in"] for one in operation.parameters()}
    path = operation.path.format(**{name: value for name, value in values.items() if places[name] == "path"})
    body: dict[str, Any] = {}
    if "content" in changed:
        body = {"content": changed["content"]}
    elif (schema := operation.body()) is not None:
        body = {"json": changed.get("body", sample(operation.service, schema))}
    elif "multipart/form-data" in operation.told.get("requestBody", {}).get("content", {}):
        body = {"files": {"file": ("a.txt", b"a")}}
    return httpx.Request(
        operation.method.upper(),
        f"http://127.0.0.1{path}",
        params={name: value for name, value in values.items() if places[name] == "query"},
        headers={
            **({"Content-Type": "application/json"} if "content" in changed else {}),
            **{name: str(value) for name, value in values.items() if places[name] == "header"},
            **(headers or {}),
        },
        **body,
    )


async def answer(target: FastAPI, request: httpx.Request) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=target)) as client:
        return await client.send(request)


MALFORMED = {
    "invalid-request", "invalid-json", "unreadable-body", "unsupported-media-type", "invalid-path", "body-too-large",
    "idempotency-key-missing", "idempotency-key-invalid", "if-match-invalid", "position-invalid", "bad-batch",
}  # fmt: skip


def is_malformed(response: httpx.Response) -> bool:
    """Test whether an answer says that the request was not understood."""
    kind = response.headers["Content-Type"]
    return response.status_code >= 400 and "problem" in kind and response.json()["type"].rsplit("/", 1)[-1] in MALFORMED
