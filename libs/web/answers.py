"""From values to HTTP answers: JSON with instants in RFC 3339, the version as ETag."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import Response

from libs.events.store.values import Answer, Position
from libs.web.conditional import etag
from libs.web.position import written

JSON = "application/json"
REPLAYED = (b"idempotent-replayed", b"true")


def answer(
    value: Any,
    *,
    status: int = 200,
    version: int | None = None,
    position: Position | None = None,
    location: str | None = None,
) -> Answer:
    """Return the answer of a command, as the kernel keeps it for repetitions."""
    headers = [("Content-Type", JSON)]
    if version is not None:
        headers.append(("ETag", etag(version)))
    if position is not None:
        headers.append(("Position", written(position)))
    if location is not None:
        headers.append(("Location", quote(location, safe="/?&=:-._~%")))
    return Answer(status, msgspec.json.encode(value), tuple(headers))


def respond(kept: Answer) -> Response:
    """Return the HTTP response of a kept answer, byte for byte. A repeated answer says so."""
    response = Response(kept.body, kept.status)
    response.raw_headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers]
    if kept.replayed:
        response.raw_headers.append(REPLAYED)
    return response


def shown(value: Any, *, status: int = 200, version: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response to a question."""
    tags = {} if version is None else {"ETag": etag(version)}
    return Response(msgspec.json.encode(value), status, {**tags, **(headers or {})}, media_type=JSON)
