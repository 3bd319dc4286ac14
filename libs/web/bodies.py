"""The body of a request: an endpoint names it as a parameter, and FastAPI reads and checks it.

A parameter of a model derived from `Body` is JSON; `JSONRoute` is the class of all routes. A body without a model, such as a
form, is a parameter too: `Annotated[Filled, Depends(read_by(read_form))]`.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any, TypeVar

from annotated_types import MaxLen
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, model_validator
from starlette.exceptions import HTTPException

from libs.events.words.storable import are_storable
from libs.web.taking import Odd, taking
from libs.web.text import UNSTORABLE

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
    """A route whose parameters and JSON body are read without FastAPI, which answers what is odd."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a handler that gives a valid request straight to the endpoint, and any other to FastAPI's own."""
        handle, take, endpoint = super().get_route_handler(), taking(self.dependant, Body), self.endpoint

        async def handled(request: Request) -> Response:
            request = JSONRequest(request.scope, request.receive)
            if take is None:
                return await handle(request)
            try:
                taken = await take(request)
            except Odd:
                return await handle(request)
            answer: Response = await endpoint(**taken)
            return answer

        return handled


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
