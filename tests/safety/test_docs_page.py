"""/docs of each service shows every operation under its scope, every schema, and no link that leads nowhere."""

import gzip
import re

import httpx
import pytest

from services.__main__ import PORTS
from tests.safety.asking import answer, app, operations
from tests.safety.scopes import SCOPES

pytestmark = pytest.mark.slow

COMPRESSED_MAX = 60_000


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("service", PORTS)
async def test_the_page_is_whole(service: str, lang: str) -> None:
    page = await answer(app(service), httpx.Request("GET", f"http://127.0.0.1/docs?lang={lang}"))
    ids = re.findall(r'\bid="([^"]+)"', page.text)
    told = {one.told["operationId"] for one in operations() if one.service == service}
    schemas = {f"schema-{name}" for name in app(service).openapi()["components"]["schemas"]}
    assert page.status_code == 200 and told | schemas <= set(ids) and len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(ids)
    assert len(gzip.compress(page.content, 4)) < COMPRESSED_MAX


@pytest.mark.parametrize("scope", SCOPES)
async def test_it_names_the_scope_of_each_operation(scope: str) -> None:
    for service, _, name in (one.partition(".") for one in SCOPES[scope]):
        page = await answer(app(service), httpx.Request("GET", "http://127.0.0.1/docs?lang=en"))
        article = page.text.partition(f'<h3 id="{name}">')[2].partition("</article>")[0]
        assert f"scope: {scope}<" in article, name
