"""No page is left out: what the apps answer as a page is what the navigation knows, and every example is there."""

import re

import pytest
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from services.__main__ import PORTS
from tests.browser.table import COMMON, EXAMPLES, PLACES
from tests.safety.asking import app

pytestmark = pytest.mark.slow


def is_page(route: object) -> bool:
    return isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.response_class is HTMLResponse


@pytest.mark.parametrize("service", PORTS)
def test_every_page_of_an_app_is_looked_at(service: str) -> None:
    answered = {re.sub(r"\{\w+\}", "{}", route.path_format) for route in app(service).routes if is_page(route)}
    declared = {one.shape for one in PLACES if one.service == service or one.path in COMMON}
    assert answered == declared, "SITE or COMMON do not say what the app answers"


def test_every_parameter_has_an_example() -> None:
    wanted = {one.shape[: end.end()] for one in PLACES for end in re.finditer(r"\{\}", one.shape)}
    assert wanted <= EXAMPLES.keys(), "add an example to tests/browser/table.py"
