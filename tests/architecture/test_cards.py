"""The card at the head of each service tells the truth about its events."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from deploy.docs.cards import SERVICES, card, events_in, routes_in
from libs.events.catalogue.references import REFERENCES, RETIRED
from libs.events.words.event import TYPES
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings

ROOT = Path(__file__).parents[2]


def written(service):
    found = card(service)
    assert found is not None
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_exactly_what_the_catalogue_gives_it(service):
    named = [kind.wire for kind in events_in(written(service).says)]
    assert sorted(named) == sorted(kind.wire for kind in TYPES.values() if kind.owner == service)


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_all_that_it_hears_and_beside_that_only_what_it_looks_up(service):
    form = import_module(f"services.{service}.service").SERVICE
    named = {kind.wire for kind in events_in(written(service).hears)}
    hears = frozenset().union(*form.hears.values())
    assert hears <= named <= hears | {TYPES[event].wire for event in (*REFERENCES, *RETIRED)}


@pytest.mark.parametrize("service", SERVICES)
def test_it_does_not_hear_itself(service):
    # "every event of topic cases" names none of its own either: what analytics says is on topic quality.
    assert [kind.wire for kind in events_in(written(service).hears) if kind.owner == service] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_modules_it_names_exist(service):
    found = written(service)
    home = ROOT / "services" / service
    named = re.findall(r"[\w/]+\.py", f"{found.owns} {found.hears} {found.says}")
    assert [name for name in named if not ((home / name).exists() or (home / "domain" / name).exists())] == []


OF_EVERY_SERVICE = {"/livez", "/readyz", "/healthz", "/metrics", "/problems/{}"}


@pytest.mark.slow  # a whole app is made
@pytest.mark.parametrize("service", SERVICES)
def test_it_names_every_route_and_no_other(service, monkeypatch):
    monkeypatch.setenv("LOOPDESK_SURVEY_SECRET", "a long secret of a test")
    app = import_module(f"services.{service}.service").app(StoreSettings(), WebSettings())
    paths = app.openapi()["paths"].items()
    routes = {(method.upper(), re.sub(r"\{\w+\}", "{}", path)) for path, operations in paths for method in operations}
    assert routes_in(written(service).answers) == {one for one in routes if one[1] not in OF_EVERY_SERVICE}


@pytest.mark.parametrize(
    ("line", "routes"),
    [
        ("GET /a, /a/{id}", {("GET", "/a"), ("GET", "/a/{}")}),
        ("GET and POST /s/{token} (the form), GET /b", {("GET", "/s/{}"), ("POST", "/s/{}"), ("GET", "/b")}),
        ("nothing", set()),
    ],
)
def test_a_line_of_routes_is_read(line, routes):
    assert routes_in(line) == routes
