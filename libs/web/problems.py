"""Problem details (RFC 9457): every refusal has a code for machines and a sentence that says what to do."""

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.web.described import fields_at
from libs.web.faults import code_of, not_json, told
from libs.web.routes import template_of
from libs.web.written import read_yaml

MEDIA_TYPE = "application/problem+json"
ERRORS_MAX = 100
RETRY_SECONDS = 5

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_CODES = {404: "no-such-path", 413: "body-too-large", 400: "unreadable-body"}


@cache
def pages() -> Mapping[str, Mapping[Language, Mapping[str, str]]]:
    """Return code → language → title, why it comes and what to do: every kind of problem, as problem_words.yaml declares it."""
    declared: Mapping[str, Mapping[Language, Mapping[str, str]]] = read_yaml(
        Path(__file__).with_name("problem_words.yaml").read_text("utf-8")
    )
    return declared


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    at: HTTPConnection | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """Return a problem response; `members` are extension members, `at` tells which request it answers."""
    body = {"type": f"/problems/{quote(code)}", "title": _title(code), "status": status, "detail": detail}
    if at is not None:
        body |= {"instance": quote(at.url.path), "request_id": at.scope.get("state", {}).get("request_id", "")}
    # "replace": the words may quote a client's broken half of a surrogate pair.
    content = json.dumps(body | members, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def unavailable(at: HTTPConnection, what: str) -> Response:
    """Return a 503 that asks to come again."""
    detail = f"{what} Nothing was written that was not confirmed; try again in {RETRY_SECONDS} seconds."
    return problem(503, "unavailable", detail, at=at, headers={"Retry-After": str(RETRY_SECONDS)})


async def refused(request: Request, no: Refused) -> Response:
    """Answer a refused decision."""
    wait = no.retry_after or (RETRY_SECONDS if no.status in (429, 503) else None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if no.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="loopdesk"'
    if no.location:
        headers["Location"] = no.location
    errors = {"errors": list(no.errors[:ERRORS_MAX])} if no.errors else {}
    return problem(no.status, no.code, no.detail, at=request, headers=headers, **errors)


async def http_error(request: Request, error: HTTPException) -> Response:
    """Answer a bare status that the framework or a route raised."""
    status, said, headers = error.status_code, str(error.detail), dict(error.headers or {})
    words = {
        (404, "Not Found"): "There is no such path here; /openapi.json lists those there are.",
        (400, "There was an error parsing the body"): "The body cannot be read; send UTF-8 JSON as /openapi.json says.",
    }
    code = _CODES.get(status, _phrase(status).lower().replace(" ", "-").replace("'", ""))
    if status < 400 or status in (204, 304):
        return Response(status_code=status, headers=headers)
    return problem(status, code, words.get((status, said), said), at=request, headers=headers)


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Answer a request that does not have the form the route asks for."""
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        why = not_json(found[0].get("ctx", {}).get("error", ""), found[0]["loc"][-1], str(error.body))
        return problem(400, "invalid-json", why, at=request)
    if isinstance(error.body, bytes):
        return problem(415, "unsupported-media-type", "Send JSON with Content-Type: application/json.", at=request)
    return wrong(request, [_told(request, error) for error in found[:ERRORS_MAX]], len(found))


def wrong(request: Request, errors: Sequence[Mapping[str, Any]], many: int = 0) -> Response:
    """Return a 422 that names each place and what to change there. `many`: how many there are, when not all are named."""
    many = many or len(errors)
    detail = f"{many} thing{'' if many == 1 else 's'} must be changed; see errors."
    return problem(422, "invalid-request", detail, at=request, errors=list(errors[:ERRORS_MAX]))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Refused: refused,
    HTTPException: http_error,
    RequestValidationError: invalid,
}


def pointer(parts: Iterable[object]) -> str:
    """Return the JSON pointer, as a URI fragment."""
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _told(request: Request, error: Mapping[str, Any]) -> dict[str, Any]:
    """Return one validation error without the value sent: it may be a secret, and the client has it."""
    place, *path = error["loc"] or ("body",)
    said = told(error, _known(request, error))
    # The library's word for a name itself, to which no pointer leads.
    if path[-2:] == [error.get("input"), "[key]"]:
        path, said = path[:-1], said.replace("It ", "Its name ", 1)
    where = {"pointer": pointer(path)} if place == "body" else {"in": place, "name": ".".join(map(str, path))}
    return {**where, "code": code_of(error), "detail": said}


def _known(request: Request, error: Mapping[str, Any]) -> list[str]:
    """Return the fields that stand beside one that is not known."""
    if error["type"] != "extra_forbidden":
        return []
    described: Mapping[str, Any] = request.app.openapi()
    operation = described["paths"].get(template_of(request.scope), {}).get(request.method.lower(), {})
    return fields_at(described, operation, error["loc"][1:-1])


def _title(code: str) -> str:
    if (declared := pages().get(code)) is not None:
        return declared["en"]["title"]
    words = code.replace("-", " ").replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
