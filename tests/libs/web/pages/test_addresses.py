"""Pages find each other at five ports, and behind a proxy that gives all services one origin."""

import json
from pathlib import Path

import pytest

from libs.web.environment import BadSetting, from_environment
from libs.web.keys import new_key
from libs.web.pages.settings import PageSettings
from libs.web.pages.shell import Shell
from libs.web.pages.site import SITE
from libs.web.settings import WebSettings
from tests.libs.web.pages.site import BROWSER, site
from tests.libs.web.tiny import calling

DESK = "https://desk.example.org"
ONE_ORIGIN = PageSettings(**{name: f"{DESK}/{name}" for name in SITE})


async def test_at_five_ports_pages_lead_to_the_host_that_somebody_came_by() -> None:
    async with calling(site(), BROWSER | {"Host": "desk.local:8002"}) as client:
        page = await client.get("/")
    assert 'href="http://desk.local:8005/"' in page.text and 'href="/static/shell.css' in page.text


async def test_behind_one_origin_every_address_has_the_path_of_its_service() -> None:
    async with calling(site(shell=Shell("routing", ONE_ORIGIN)), BROWSER) as client:
        page = await client.get("/")
    assert f'href="{DESK}/analytics/"' in page.text and 'href="/routing/static/shell.css' in page.text
    assert 'href="/static/' not in page.text and 'src="/static/' not in page.text


async def test_behind_one_origin_signing_in_leads_on_within_the_service(tmp_path: Path) -> None:
    key, entry = new_key("anna", ["things:read"])
    (tmp_path / "keys.json").write_text(json.dumps([entry]))
    app = site(WebSettings(keys_file=tmp_path / "keys.json"), shell=Shell("routing", ONE_ORIGIN))
    async with calling(app, BROWSER) as client:
        asked = await client.get("/things/a")
        begun = await client.post("/sign-in", data={"key": key, "next": "/things/a"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert asked.headers["location"] == "/routing/sign-in?next=%2Fthings%2Fa"
    assert begun.headers["location"] == "/routing/things/a" and "Path=/;" in begun.headers["set-cookie"]


@pytest.mark.parametrize("address", ["desk.example.org", "ftp://desk", "https://", "https://desk?x=1", "javascript:alert(1)"])
def test_what_is_no_address_stops_the_start_and_says_what_to_give(address: str) -> None:
    with pytest.raises(BadSetting, match="LOOPDESK_SITE_SLA must be an address such as"):
        from_environment(PageSettings, {"LOOPDESK_SITE_SLA": address})


async def test_a_host_of_version_six_stays_in_brackets() -> None:
    async with calling(site(), BROWSER | {"Host": "[::1]:8002"}) as client:
        page = await client.get("/")
    assert 'href="http://[::1]:8005/"' in page.text
