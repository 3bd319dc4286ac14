"""A shorter way to an endpoint for the request that is as it should be; any other takes FastAPI's own way."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.events.words.refusal import Refused
from libs.web.answers import JSON
from libs.web.problems import http_error, refused

_ODD = (msgspec.MsgspecError, ValidationError, UnicodeError, RecursionError, ClientDisconnect)


class Direct(APIRoute):
    """FastAPI describes this route and answers whatever is odd; what is valid goes straight to the endpoint.

    For endpoints with a fixed path that take one body model and dependencies on nothing but the request and its headers,
    and answer with a Response; every other endpoint is served as usual.
    """


class _Read(NamedTuple):
    """A dependency: the parameter it fills, what reads it, and under which names that takes the request and its headers."""

    name: str
    call: Callable[..., Awaitable[Any]]
    request: str
    headers: list[tuple[str, str]]


class _Form(NamedTuple):
    route: Direct
    endpoint: Callable[..., Coroutine[Any, Any, Response]]
    body: str
    model: type[BaseModel]
    reads: list[_Read]


class Shortcut:
    """Takes valid requests to Direct routes past the router; the innermost middleware."""

    # FastAPI's way from here, its router and its graph of dependencies, takes longer than accepting a case.

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        self.app = app
        self._forms: dict[tuple[str, str], _Form] = {}
        for route in (route for router in routers for route in router.routes if isinstance(route, Direct)):
            if form := _form_of(route):
                self._forms |= {(method, route.path): form for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        form = self._forms.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        request = Request(scope, receive) if form else None
        if form is None or request is None or request.headers.get("content-type") != JSON:
            return await self.app(scope, receive, send)
        body = None
        try:
            body = await request.body()
            values = {form.body: form.model.model_validate(msgspec.json.decode(body))}
        except _ODD:
            return await self.app(scope, _again(body, receive), send)
        except HTTPException as no:
            response = await http_error(request, no)
        else:
            response = await _answer(form, request, values)
        await response(scope, receive, send)
        return None


async def _answer(form: _Form, request: Request, values: dict[str, Any]) -> Response:
    request.scope["route"] = form.route
    try:
        for name, call, of_request, headers in form.reads:
            given: dict[str, Any] = {each: request.headers[alias] for each, alias in headers if alias in request.headers}
            if of_request:
                given[of_request] = request
            values[name] = await call(**given)
        return await form.endpoint(**values)
    except Refused as no:
        return await refused(request, no)
    except HTTPException as no:
        return await http_error(request, no)


def _again(body: bytes | None, receive: Receive) -> Receive:
    """Return what gives the body once more, if it was read, and then what follows."""
    read: list[Message] = [] if body is None else [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return read.pop() if read else await receive()

    return given


def _form_of(route: Direct) -> _Form | None:
    """Return how to call the endpoint, or nothing when it takes more than a body and what can be read from headers."""
    root = route.dependant
    if root.call is None or len(root.body_params) != 1 or root.header_params or root.request_param_name or _takes_more(root):
        return None
    body = root.body_params[0]
    model, reads = body.field_info.annotation, [_read_of(one) for one in root.dependencies]
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    known = [read for read in reads if read is not None]
    return _Form(route, root.call, body.name, model, known) if len(known) == len(reads) else None


def _read_of(one: Dependant) -> _Read | None:
    if one.call is None or not one.name or one.dependencies or one.body_params or _takes_more(one):
        return None
    is_plain = all(header.field_info.annotation == str | None and not header.field_info.metadata for header in one.header_params)
    if not is_plain:
        return None
    return _Read(one.name, one.call, one.request_param_name or "", [(header.name, header.alias) for header in one.header_params])


def _takes_more(one: Dependant) -> bool:
    others = (one.path_params, one.query_params, one.cookie_params, one.response_param_name, one.background_tasks_param_name)
    return any(others) or bool(one.http_connection_param_name or one.websocket_param_name or one.security_scopes_param_name)
