"""A shorter way to an endpoint for the request that is as it should be; any other takes FastAPI's own way."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

import msgspec
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from libs.web.answers import JSON

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_ODD = (msgspec.MsgspecError, ValidationError, UnicodeError, RecursionError, ClientDisconnect)


class Direct(APIRoute):
    """FastAPI describes this route and answers whatever is odd; what is valid goes straight to the endpoint.

    For endpoints that take one body model and dependencies on nothing but the request and its headers, and answer with a
    Response; every other endpoint is served as usual.
    """

    # FastAPI walks the graph of dependencies for every request, which takes longer than accepting a case.

    def get_route_handler(self) -> Handler:
        usual, form = super().get_route_handler(), _form_of(self.dependant)
        return usual if form is None else _direct(form, usual)


class _Read(NamedTuple):
    """A dependency: the parameter it fills, what reads it, and the headers that takes."""

    name: str
    call: Callable[..., Awaitable[Any]]
    headers: list[tuple[str, str]]


class _Form(NamedTuple):
    endpoint: Callable[..., Coroutine[Any, Any, Response]]
    body: str
    model: type[BaseModel]
    reads: list[_Read]


def _direct(form: _Form, usual: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        if request.headers.get("content-type") != JSON:
            return await usual(request)
        try:
            values: dict[str, Any] = {form.body: form.model.model_validate(msgspec.json.decode(await request.body()))}
        except _ODD:
            return await usual(request)
        for name, call, headers in form.reads:
            given = {each: request.headers[alias] for each, alias in headers if alias in request.headers}
            values[name] = await call(request, **given)
        return await form.endpoint(**values)

    return handle


def _form_of(root: Dependant) -> _Form | None:
    """Return how to call the endpoint, or nothing when it takes more than a body and what can be read from headers."""
    if root.call is None or len(root.body_params) != 1 or root.header_params or root.request_param_name or _takes_more(root):
        return None
    body = root.body_params[0]
    model, reads = body.field_info.annotation, [_read_of(one) for one in root.dependencies]
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    known = [read for read in reads if read is not None]
    return _Form(root.call, body.name, model, known) if len(known) == len(reads) else None


def _read_of(one: Dependant) -> _Read | None:
    if one.call is None or not one.name or one.dependencies or one.body_params or _takes_more(one):
        return None
    is_plain = all(header.field_info.annotation == str | None and not header.field_info.metadata for header in one.header_params)
    if one.request_param_name != "request" or not is_plain:
        return None
    return _Read(one.name, one.call, [(header.name, header.alias) for header in one.header_params])


def _takes_more(one: Dependant) -> bool:
    others = (one.path_params, one.query_params, one.cookie_params, one.response_param_name, one.background_tasks_param_name)
    return any(others) or bool(one.http_connection_param_name or one.websocket_param_name or one.security_scopes_param_name)
