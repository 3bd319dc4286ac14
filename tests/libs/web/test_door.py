"""Before a body is read, the door checks the caller, the parameters and the method."""

import httpx
import pytest

from libs.events.words.refusal import none_such, suggestion
from tests.libs.web.tiny import calling, usual_app

APP = usual_app()


async def ask(method: str, path: str, **more: object) -> httpx.Response:
    async with calling(APP) as client:
        return await client.request(method, path, **more)


@pytest.mark.parametrize(
    ("why", "path", "allowed"),
    [
        ("a list that can be added to", "/things", "GET, HEAD, OPTIONS, POST"),
        ("one thing", "/things/a", "GET, HEAD, OPTIONS, PATCH"),
        ("what is only written", "/import", "OPTIONS, POST"),
        ("an included router's path", "/outer/inner/a", "GET, HEAD, OPTIONS"),
        ("the description", "/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
async def test_options_says_which_methods_a_path_has(why: str, path: str, allowed: str) -> None:
    told, wrong = await ask("OPTIONS", path), await ask("BREW", path)
    assert (told.status_code, told.headers["Allow"], told.content) == (204, allowed, b"")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/things?limit=2", "/things/a", "/things?limit=0", "/things?limits=2", "/nothing", "/healthz"])
async def test_head_answers_as_get_does_without_the_body(path: str) -> None:
    got, head = await ask("GET", path), await ask("HEAD", path)
    names = ("content-type", "content-length", "etag", "link", "cache-control")
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert [head.headers.get(name) for name in names] == [got.headers.get(name) for name in names]


async def test_head_is_no_method_of_what_is_only_written() -> None:
    assert (await ask("HEAD", "/import")).status_code == 405


async def test_a_caller_without_rights_is_refused_before_the_body_is_read() -> None:
    async def never() -> object:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Host": "somebody.example.org", "Content-Type": "application/json", "Idempotency-Key": "k"}
    assert (await ask("POST", "/things", content=never(), headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("why", "word", "known", "told"),
    [
        ("a letter too many", "teams", ["team", "agent"], "Did you mean team?"),
        ("another case", "Team", ["team", "agent"], "Did you mean team?"),
        ("like nothing", "colour", ["team", "agent"], "Known here: agent, team."),
        ("there is nothing", "colour", [], "There are none here; leave it out."),
        ("very long", "team" * 10_000, ["team"], "Known here: team."),
        ("too many to list", "?", [f"w{n:02}" for n in range(40)], f"Known here: {', '.join(f'w{n:02}' for n in range(30))}, …."),
    ],
)  # fmt: skip
def test_the_nearest_known_word_is_named(why: str, word: str, known: list[str], told: str) -> None:
    assert suggestion(word, known) == told


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("higj", "There is no grade higj; use one of low, high. Did you mean high?"),
        ("?", "There is no grade ?; use one of low, high."),
    ],
)
def test_what_there_is_not_comes_with_what_there_is(word: str, told: str) -> None:
    assert none_such("grade", word, ["low", "high"]) == told
