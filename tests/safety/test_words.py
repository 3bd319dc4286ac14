"""Every field of every route, given a wrong value: each refusal is in the words of the API's user."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given, settings

from libs.web.faults import PATTERNS
from services.__main__ import PORTS
from tests.safety.asking import Operation, answer, app, asked, operations, resolved, sample, words_of
from tests.safety.foreign import must_be_ours
from tests.safety.test_fuzz import fuzzed, spoilt, written
from tests.safety.test_inputs import ALL, UNBOUNDED, body_with

pytestmark = pytest.mark.slow

WITH_BODY = [one for one in operations() if one.body()]
HOSTILE: list[Any] = [None, True, 7, -1, 1.5, 10**30, "", " ", "x" * 9_000, "no-such-word", [], [None], {}, {"a": 1}, "\0"]
IN_A_BODY = [
    pytest.param(operation, name, id=f"{operation.name} {name}")
    for operation, place, name, _ in ALL
    if place == "body" and operation.name != "intake.post_import" and not {(operation.name, name), ("*", name)} & UNBOUNDED.keys()
]


def must_be_plain(told: dict[str, Any]) -> None:
    must_be_ours(told["detail"])
    for error in told.get("errors", [told]):
        must_be_ours(f"{error['detail']} {error.get('code', '')}")
        assert "[key]" not in error.get("pointer", ""), error
        # A standard, calendar, holiday set or roster has a line for each fault, each with its place.
        is_page = error.get("type", "").endswith(
            ("broken-standard", "bad-calendar", "bad-holidays", "bad-policy", "broken-roster")
        )
        assert is_page or (error["detail"][0].isupper() and error["detail"].endswith((".", "?"))), error
        assert not re.search(r"(one of|are|is|lists|:)\s*[.;]?\s*$", error["detail"], re.MULTILINE), error


@pytest.mark.parametrize(("operation", "name"), IN_A_BODY)
async def test_a_wrong_field_is_refused_in_plain_words(operation: Operation, name: str) -> None:
    target = app(operation.service)
    for value in HOSTILE:
        if name.endswith("*") and not isinstance(value, str):
            continue
        response = await answer(target, asked(target, operation, body=body_with(operation, name, value)))
        assert response.status_code in (400, 422, 503), (value, response.text)
        if response.status_code != 503:
            must_be_plain(response.json())


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.name)
@pytest.mark.parametrize("body", [None, True, 7, "x", [], [1], {}, {"no_such_field": 1}])
async def test_a_wrong_body_is_refused_in_plain_words(operation: Operation, body: Any) -> None:
    response = await answer(app(operation.service), asked(app(operation.service), operation, body=body))
    if response.status_code != 503:
        must_be_plain(response.json())


NO_JSON = [
    b"", b"{", b"\xff", b"[1,", b'{"a":1}x', b'{"a" 1}', b'{"a":1 "b":2}', b"{'a':1}", b'{"a', b'{"a":"\n"}', b'{"a":"\\q"}',
    b'{"a":"\\uZ"}', b"[" * 2_000, b'{"a":NaN}', b'{"a":1,}', b"\xef\xbb\xbf{}", b"9" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.name)
async def test_what_is_no_json_is_refused_in_plain_words(operation: Operation) -> None:
    for content in NO_JSON:
        response = await answer(app(operation.service), asked(app(operation.service), operation, content=content))
        if response.status_code != 503:
            must_be_plain(response.json())


@pytest.mark.parametrize(
    ("fields", "pointer", "says"),
    [
        ({"": "x"}, "#/fields/", "Its name must not be empty."),
        ({" ": "x"}, "#/fields/ ", "Its name must not be empty."),
        ({"x" * 201: "x"}, f"#/fields/{'x' * 201}", "Its name may have 200 characters."),
        ({"a": 7}, "#/fields/a", "It must be a text."),
        ({"[key]": 7}, "#/fields/[key]", "It must be a text."),
    ],
)
async def test_a_name_that_cannot_be_one_is_told_apart_from_what_it_holds(fields: Any, pointer: str, says: str) -> None:
    [operation] = [one for one in operations() if one.name == "intake.post_case"]
    body = {"channel": "web", "process_id": "p", "fields": fields}
    [error] = (await answer(app("intake"), asked(app("intake"), operation, body=body))).json()["errors"]
    assert (error["pointer"], error["detail"]) == (pointer, says)


@pytest.mark.parametrize("name", ["since", "until"])
async def test_what_is_no_instant_or_date_is_told_the_form_that_its_place_takes(name: str) -> None:
    for service, path, form in (("intake", "/cases", "T12:00:00Z"), ("analytics", "/timeliness", "2026-03-02.")):
        [operation] = [one for one in operations() if (one.service, one.path, one.method) == (service, path, "get")]
        for value in ("tomorrow", "", "1767225600", "2026-02-30"):
            [error] = (await answer(app(service), asked(app(service), operation, **{name: value}))).json()["errors"]
            assert form in error["detail"] and ("T12" in form) is ("T12" in error["detail"]), (value, error)


def whole(service: str, schema: dict[str, Any]) -> Any:
    """Return a value that has every field a schema names."""
    schema = resolved(service, schema)
    if schema.get("type") == "array":
        return [whole(service, schema["items"])]
    if schema.get("type") == "object":
        return {name: whole(service, inner) for name, inner in schema.get("properties", {}).items()} or {"x": "y"}
    return sample(service, schema)


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.name)
def test_several_faults_at_once_are_refused_in_plain_words(operation: Operation) -> None:
    target, good = app(operation.service), whole(operation.service, operation.body() or {})

    @settings(fuzzed, max_examples=60)
    @given(spoilt([good]))
    def law(body: Any) -> None:
        response = asyncio.run(answer(target, asked(target, operation, content=written(body))))
        assert response.status_code in (400, 413, 422, 503), response.text
        if response.status_code != 503:
            must_be_plain(response.json())

    law()


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
async def test_a_wrong_parameter_is_refused_in_plain_words(operation: Operation) -> None:
    for one in operation.parameters():
        for value in ("", " ", "x" * 3_000, "-1", "1.5", "no-such-word", "2026-02-30", "2026-03-02T12:00:00", "٧", "%20"):
            if one["in"] == "path" and not value.strip():
                continue
            if one["in"] == "header" and not (value.isascii() and value == value.strip()):
                continue
            response = await answer(app(operation.service), asked(app(operation.service), operation, **{one["name"]: value}))
            assert response.status_code < 500 or response.status_code == 503, (one["name"], value, response.text)
            if response.status_code >= 400 and "json" in response.headers["Content-Type"]:
                must_be_plain(response.json())


@pytest.mark.parametrize("service", PORTS)
def test_every_pattern_of_a_body_has_words(service: str) -> None:
    def patterns(node: Any) -> set[str]:
        if isinstance(node, list):
            return {found for one in node for found in patterns(one)}
        if not isinstance(node, dict):
            return set()
        own = {node["pattern"]} if isinstance(node.get("pattern"), str) and not words_of(node) else set()
        return own | {found for one in node.values() for found in patterns(one)}

    document = app(service).openapi()
    assert patterns([one for name, one in document["components"]["schemas"].items() if name.endswith("Body")]) <= PATTERNS.keys()
