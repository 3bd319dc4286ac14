"""What an endpoint takes, read from a request: its parameters, its dependencies, and a JSON body.

FastAPI takes longer to read seven parameters than most questions take in the database. So an endpoint's own description, which
FastAPI has made of its signature, is read here once into the few steps that it needs. FastAPI itself answers whatever is odd.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from inspect import iscoroutinefunction, signature
from typing import Any, NamedTuple, get_args, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from libs.web.answers import JSON

Take = Callable[[Request], Awaitable[dict[str, Any]]]
"""Returns the arguments for a call, or raises Odd."""


class Odd(Exception):
    """Something of a request is missing or not valid, so FastAPI says what."""


class _Parameter(NamedTuple):
    """A parameter, and where it stands: in `path_params`, `query_params` or `headers` of a request."""

    place: str
    name: str
    alias: str
    field: Any


def taking(endpoint: Dependant, bodies: type[BaseModel]) -> Take | None:
    """Return how to read what an endpoint takes, its body as one of `bodies`; None if it takes more than is read here."""
    if not (_answers(endpoint) and _is_plain(endpoint) and len(endpoint.body_params) <= 1):
        return None
    take, body = _taking(endpoint), next(iter(endpoint.body_params), None)
    if body is None:
        return take
    model, name = body.field_info.annotation, body.name
    if not (isinstance(model, type) and issubclass(model, bodies)):
        return None

    async def with_body(request: Request) -> dict[str, Any]:
        if request.headers.get("content-type") != JSON:
            raise Odd
        try:
            value = model.model_validate(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            raise Odd from None
        return {name: value} | await take(request)

    return with_body


def _taking(call: Dependant) -> Take:
    inner: list[tuple[str, Any, Take]] = [(str(one.name), one.call, _taking(one)) for one in call.dependencies]
    parameters = list(_parameters(call))
    defaults = {one.name: one.field.default for one in parameters if not one.field.field_info.is_required()}
    places = {one.place: [each for each in parameters if each.place == one.place] for one in parameters}

    async def take(request: Request) -> dict[str, Any]:
        values = defaults | {name: await call(**await take(request)) for name, call, take in inner}
        for place, known in places.items():
            if given := getattr(request, place):
                values |= _valid(given, known)
        if call.request_param_name:
            values[call.request_param_name] = request
        if len(values) < count:
            raise Odd
        return values

    count = len(inner) + len(parameters) + bool(call.request_param_name)
    return take


def _valid(given: Any, known: Sequence[_Parameter]) -> dict[str, Any]:
    values = {}
    for _, name, alias, field in known:
        if (text := given.get(alias)) is not None:
            values[name], errors = field.validate(text)
            if errors:
                raise Odd
    return values


def _parameters(call: Dependant) -> Iterator[_Parameter]:
    for place, fields in {
        "path_params": call.path_params,
        "query_params": call.query_params,
        "headers": call.header_params,
    }.items():
        for one in fields:
            yield _Parameter(place, one.name, one.validation_alias or one.alias, one)


def _answers(endpoint: Dependant) -> bool:
    """Test whether an endpoint makes the response itself, and not a value that FastAPI would turn into one."""
    told = endpoint.call and signature(endpoint.call).return_annotation
    return isinstance(told, type) and issubclass(told, Response)


def _is_plain(call: Dependant) -> bool:
    """Test whether a call is a coroutine that takes nothing but single words, the request, and what such calls return."""
    others = (
        call.cookie_params,
        call.websocket_param_name,
        call.http_connection_param_name,
        call.response_param_name,
        call.background_tasks_param_name,
        call.security_scopes_param_name,
        call.concurrency,
    )
    return (
        not any(others)
        and (iscoroutinefunction(call.call) or iscoroutinefunction(type(call.call).__call__))
        and not any(_holds_several(one.field.field_info.annotation) for one in _parameters(call))
        and all(one.name and _is_plain(one) for one in call.dependencies)
    )


def _holds_several(kind: Any) -> bool:
    known = get_origin(kind) or kind
    return (isinstance(known, type) and issubclass(known, _SEVERAL)) or any(map(_holds_several, get_args(kind)))


_SEVERAL = (list, tuple, set, frozenset, BaseModel)
"""Kinds of a parameter that is given several times, or that FastAPI puts together from several."""
