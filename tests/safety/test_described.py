"""What each service says of its answers: every field has its name, every header is declared, nothing internal is shown."""

from collections.abc import Iterator
from typing import Any

import pytest

from libs.web.routes import PROBES
from services.__main__ import PORTS
from tests.safety.asking import Operation, app, operations, resolved

pytestmark = pytest.mark.slow

WORDLESS = {"analytics.get_measures": "written in the code"}
INTERNAL = {"answered", "last_sequence", "last_at", "assigned_by", "keeps", "waiting_since", "standing"}


def answers(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((code, told) for code, told in operation.told["responses"].items() if code[0] == "2")


def json_of(operation: Operation) -> Iterator[dict[str, Any]]:
    for _, told in answers(operation):
        if schema := told.get("content", {}).get("application/json", {}).get("schema"):
            yield resolved(operation.service, schema)


ABOUT_CASES = [one for one in operations() if "operation" not in one.told["tags"]]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
def test_every_answer_names_its_fields(operation: Operation) -> None:
    for schema in json_of(operation):
        assert schema.get("properties"), schema
        for name in ("items", "rows", "totals"):
            if rows := schema["properties"].get(name):
                assert resolved(operation.service, rows["items"]).get("properties"), name


@pytest.mark.parametrize("service", PORTS)
def test_nothing_internal_is_shown(service: str) -> None:
    shown = {name for schema in app(service).openapi()["components"]["schemas"].values() for name in schema.get("properties", ())}
    assert shown & INTERNAL == set()


@pytest.mark.parametrize("operation", ABOUT_CASES, ids=lambda one: one.name)
def test_every_write_declares_what_comes_with_its_answer(operation: Operation) -> None:
    names = {one["name"] for one in operation.parameters()}
    for code, told in answers(operation):
        headers = told["headers"].keys()
        wanted = {"Position", "ETag", "Idempotent-Replayed"} if "Idempotency-Key" in names else set()
        assert {"X-Request-ID"} | wanted <= headers, (code, headers)
        assert code != "201" or operation.service != "intake" or "Location" in headers
        assert not {"limit", "cursor"} <= names or "Link" in headers


@pytest.mark.parametrize("operation", ABOUT_CASES, ids=lambda one: one.name)
def test_every_question_about_cases_waits_for_a_position(operation: Operation) -> None:
    names = {one["name"] for one in operation.parameters()}
    if operation.method == "get" and not operation.is_open and operation.name not in WORDLESS:
        assert "Position" in names


@pytest.mark.parametrize("operation", ABOUT_CASES, ids=lambda one: one.name)
def test_every_answer_of_what_was_read_says_until_when_it_is_complete(operation: Operation) -> None:
    is_read = operation.method == "get" and not operation.is_open and operation.name not in WORDLESS
    assert all(("Data-As-Of" in told["headers"]) is is_read for _, told in answers(operation))


@pytest.mark.parametrize("operation", ABOUT_CASES, ids=lambda one: one.name)
def test_what_has_a_tag_can_be_asked_for_conditionally(operation: Operation) -> None:
    told = operation.told["responses"]
    if operation.method == "get":
        has_tag = "ETag" in told["200"].get("headers", {})
        assert not (has_tag and "text/csv" in told["200"]["content"]), "a strong tag is of one form only"
        assert has_tag is ("304" in told) is ("If-None-Match" in {one["name"] for one in operation.parameters()})


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
def test_every_route_that_is_counted_declares_its_limit(operation: Operation) -> None:
    told, limits = operation.told["responses"], {"RateLimit-Policy", "RateLimit"}
    assert ("429" in told) is (operation.path not in PROBES)
    for code, one in told.items():
        if code[0] in "23":
            assert (limits <= one["headers"].keys()) is ("429" in told), code
    if "429" in told:
        assert limits | {"Retry-After"} <= resolved(operation.service, told["429"])["headers"].keys()


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
def test_a_no_declares_when_to_come_again_and_how_to_send_a_key(operation: Operation) -> None:
    for code, header in (("503", "Retry-After"), ("401", "WWW-Authenticate")):
        if code in operation.told["responses"]:
            assert header in resolved(operation.service, operation.told["responses"][code])["headers"]
