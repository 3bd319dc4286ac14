"""The body of a request: an endpoint names it as a parameter, and FastAPI reads and checks it.

A parameter of a model derived from `Body` is JSON; `JSONRoute` is the class of the routes that take one. A body without a model,
such as a form, is a parameter too: `Annotated[Filled, Depends(read_by(read_form))]`.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import cache
from inspect import signature
from math import isfinite
from typing import Any, NamedTuple, TypeVar

from annotated_types import MaxLen
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from libs.events.words.storable import are_storable
from libs.web.answers import JSON
from libs.web.text import UNSTORABLE
from libs.web.writes import Writes

T = TypeVar("T")

NAMES_SPARE = 20
"""So many unknown fields are told one by one."""


class Body(BaseModel):
    """A request body: unknown fields are refused, every text in it is storable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=100_000)

    @model_validator(mode="before")
    @classmethod
    def _is_bounded_and_storable(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and (why := _too_many(cls, raw)):
            raise ValueError(why)
        if not are_storable(raw):
            raise ValueError(UNSTORABLE)
        return raw


class JSONRequest(Request):
    """A request whose JSON is as RFC 8259 has it: no name twice in an object (4), and every number finite (6).

    Of two values under one name readers take the first, the last, or none; an infinite number would be kept as null.
    """

    async def json(self) -> Any:
        """Return the body's value."""
        if not hasattr(self, "_json"):
            body = await self.body()
            self._json = json.loads(body, object_pairs_hook=_each_once, parse_float=_finite, parse_constant=_finite)
        return self._json


class JSONRoute(APIRoute):
    """A route whose endpoint takes a JSON body."""

    # FastAPI's graph of dependencies takes a sixth of the time that accepting a case takes. So a valid body goes straight to
    # an endpoint that takes a body and a Write and nothing else; FastAPI itself answers whatever is odd.

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's own handler, which is given a JSONRequest."""
        handle, shortly = super().get_route_handler(), _shortly(self.dependant)

        async def handled(request: Request) -> Response:
            request = JSONRequest(request.scope, request.receive)
            if shortly is None or request.headers.get("content-type") != JSON:
                return await handle(request)
            try:
                body = shortly.model.model_validate(await request.json())
            except (ValueError, RecursionError, ClientDisconnect):
                return await handle(request)
            return await shortly.endpoint(**{shortly.body: body, shortly.write: await shortly.writes(request)})

        return handled


class _Shortly(NamedTuple):
    endpoint: Callable[..., Coroutine[Any, Any, Response]]
    body: str
    model: type[BaseModel]
    write: str
    writes: Writes


def _shortly(route: Dependant) -> _Shortly | None:
    """Return how to call an endpoint that takes a body and a Write; None for any other endpoint."""
    match route.body_params, route.dependencies:
        case [body], [Dependant(call=Writes() as writes, name=str(write))]:
            model, names = body.field_info.annotation, {body.name, write}
            if (
                route.call
                and isinstance(model, type)
                and issubclass(model, Body)
                and set(signature(route.call).parameters) == names
            ):
                return _Shortly(route.call, body.name, model, write, writes)
    return None


@cache
def read_by(read: Callable[[bytes], T]) -> Callable[[Request], Awaitable[T]]:
    """Return a dependency that reads the body's bytes with `read`."""

    async def body(request: Request) -> T:
        return read(await request.body())

    return body


def _each_once(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(members)
    if len(told) != len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise HTTPException(400, f"The name `{twice[:60]}` stands more than once in one JSON object; send it once.")
    return told


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise HTTPException(400, f"The number `{written[:60]}` is not finite; send a finite one, or null.")
    return number


@cache
def _bounds(model: type[BaseModel]) -> dict[str, int]:
    """Return each field that has a longest length, with that length."""
    lengths = ((name, rule) for name, field in model.model_fields.items() for rule in field.metadata)
    return {name: rule.max_length for name, rule in lengths if isinstance(rule, MaxLen)}


def _too_many(model: type[BaseModel], raw: Mapping[str, Any]) -> str | None:
    """Say what holds too many fields or entries: at a glance, because a fault for each of them would take half a second."""
    if len(raw) > len(model.model_fields) + NAMES_SPARE:
        return f"has {len(raw)} fields, and there are {len(model.model_fields)}; send those that /openapi.json names"
    for name, most in _bounds(model).items():
        value = raw.get(name)
        if isinstance(value, dict | list) and len(value) > most:
            return f"holds {len(value)} in `{name}`, which may hold {most}"
    return None
