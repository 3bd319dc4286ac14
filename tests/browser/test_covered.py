"""The site knows every page, so that a wrong service can name the right one; and every page can be asked for."""

import re

import pytest

from libs.web.pages.site import SITE
from services.__main__ import PORTS
from tests.browser.table import COMMON, EXAMPLES, PLACES, answered, unnamed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("service", PORTS)
def test_the_site_knows_every_page_of_the_service(service: str) -> None:
    known = {unnamed(path) for path in (*SITE[service].pages, *SITE[service].others)}
    assert answered(service) - COMMON <= known, "add the page to SITE"


def test_every_parameter_has_an_example() -> None:
    wanted = {one.path[: end.end()] for one in PLACES for end in re.finditer(r"\{\}", one.path)}
    assert wanted <= EXAMPLES.keys(), "add an example to tests/browser/table.py"


def test_the_shell_and_the_services_have_pages() -> None:
    assert {"/", "/sign-in", "/problems/{}"} <= COMMON
    assert {"survey /s/{}", "analytics /"} <= {str(one) for one in PLACES}
