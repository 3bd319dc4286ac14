"""The OpenAPI description is true of the shell."""

from typing import Any

import pytest

from libs.web.settings import WebSettings
from libs.web.words import WORDS
from tests.libs.web.tiny import calling, tiny_app

pytestmark = pytest.mark.slow


async def described(**settings: Any) -> dict[str, Any]:
    async with calling(tiny_app(WebSettings(**settings))) as client:
        document: dict[str, Any] = (await client.get("/openapi.json")).json()
        return document


OF_WRITES = {"400", "401", "403", "409", "413", "415", "422", "429", "503", "default"}


@pytest.mark.parametrize(
    ("why", "method", "path", "codes"),
    [
        ("a write", "post", "/things", {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503", "default"}),
        ("a list", "get", "/things", {"200", "400", "422", "429", "503", "default"}),
        ("one thing", "get", "/things/{name}", {"200", "304", "400", "404", "422", "429", "503", "default"}),
        ("a change", "patch", "/things/{name}", {"200", "404", "412", *OF_WRITES}),
        ("health", "get", "/healthz", {"200", "400", "422", "503", "default"}),
    ],
)  # fmt: skip
async def test_a_route_names_its_answers(why: str, method: str, path: str, codes: set[str]) -> None:
    assert set((await described())["paths"][path][method]["responses"]) == codes


async def test_every_reference_leads_somewhere() -> None:
    document = await described()

    def follow(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for child in node.values():
                follow(child)
        elif isinstance(node, list):
            for child in node:
                follow(child)

    follow(document)
    assert "HTTPValidationError" not in str(document)


async def test_a_write_says_that_its_key_is_required() -> None:
    parameters = (await described())["paths"]["/things"]["post"]["parameters"]
    (key,) = [one for one in parameters if one.get("name") == "Idempotency-Key"]
    assert key["required"] and key["description"] == WORDS["en"]["Idempotency-Key"]


async def test_a_guarded_route_takes_either_header() -> None:
    document = await described()
    assert {name for way in document["paths"]["/things"]["post"]["security"] for name in way} == {"bearer", "apiKey"}
    assert document["components"]["securitySchemes"]["apiKey"]["name"] == "X-API-Key"
    assert document["paths"]["/healthz"]["get"]["security"] == []


async def test_the_common_texts_come_in_the_language_asked_for() -> None:
    document = await described(docs_language="zh")
    assert document["components"]["responses"]["Problem503"]["description"] == WORDS["zh"]["503"]


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
