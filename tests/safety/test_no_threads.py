"""No part of a request runs in a thread: the hop costs more than the work, and bursts wait for a free thread."""

import inspect

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from services.__main__ import PORTS
from tests.safety.asking import app


def asked(dependant):
    """Yield what FastAPI calls for a route: its endpoint, and all that depends on."""
    yield dependant.call
    for one in dependant.dependencies:
        yield from asked(one)


def is_coroutine(call):
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004


@pytest.mark.parametrize("name", PORTS)
def test_every_endpoint_and_dependency_is_a_coroutine(name):
    routes = [one.original_route for one in iter_route_contexts(app(name).routes) if isinstance(one.original_route, APIRoute)]
    assert len(routes) > 5
    assert {call for route in routes for call in asked(route.dependant) if not is_coroutine(call)} == set()
