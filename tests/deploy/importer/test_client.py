"""The client: one batch until it is answered, or a stop that says what to do."""

import json
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from deploy.importer.client import ATTEMPTS_MAX, PAUSE_SECONDS_MAX, Client, ImportStopped
from deploy.importer.facts import SourceFact
from libs.web.problems import problem as web_problem
from tests.deploy.importer.fake_intake import FakeIntake, Pauses, disconnected

FACT = SourceFact("desk", "c1", 17, "case.assigned", datetime(2016, 2, 29, 1, 16, tzinfo=UTC), {"team": "T"})


def answer(status: int, **headers: str):
    return partial(httpx.Response, status, headers=headers, text="why not")


async def test_the_wire_is_what_intake_reads():
    intake = FakeIntake()
    client = Client("http://intake:8000/", "secret", position="routing:standards-0:1:4", transport=intake)
    verdicts = await client.send([FACT])
    (request,) = intake.requests
    assert (request.method, str(request.url)) == ("POST", "http://intake:8000/import")
    assert (request.headers["authorization"], request.headers["content-type"]) == ("Bearer secret", "application/json")
    assert request.headers["position"] == "routing:standards-0:1:4"
    assert json.loads(request.content) == {
        "facts": [
            {
                "system": "desk",
                "case": "c1",
                "sequence": 17,
                "type": "case.assigned",
                "time": "2016-02-29T01:16:00Z",
                "data": {"team": "T"},
            }
        ]
    }
    assert [verdict.status for verdict in verdicts] == ["recorded"]


def problem(code: str, status: int = 409):
    """Answer with a problem as the services say it."""
    said = web_problem(status, code, "why not")
    return partial(httpx.Response, status, content=said.body, headers={"Content-Type": said.media_type})


@pytest.mark.parametrize(
    ("why", "failures", "waits"),
    [
        ("nothing wrong", [], 0),
        ("overloaded", [answer(503)] * 3, 3),
        ("too fast", [answer(429)], 1),
        ("being restarted", [disconnected] * 4 + [answer(502), answer(504)], 6),
        ("others were quicker", [problem("conflict")] * 2, 2),
        ("the last attempt", [answer(503)] * (ATTEMPTS_MAX - 1), ATTEMPTS_MAX - 1),
    ],
)
async def test_it_tries_again(why, failures, waits):
    pauses = Pauses()
    client = Client("http://intake", "k", transport=FakeIntake(list(failures)), pause=pauses)
    assert [verdict.status for verdict in await client.send([FACT])] == ["recorded"]
    assert len(pauses.seconds) == waits


@pytest.mark.parametrize(
    ("retry_after", "low", "high"),
    [("7", 7, 7), ("9999", PAUSE_SECONDS_MAX, PAUSE_SECONDS_MAX), ("Wed, 21 Oct", 0.1, 0.25), ("", 0.1, 0.25), ("-1", 0.1, 0.25)],
)
async def test_it_waits_as_long_as_it_is_asked_to(retry_after, low, high):
    pauses = Pauses()
    intake = FakeIntake([answer(503, **{"Retry-After": retry_after})])
    await Client("http://intake", "k", transport=intake, pause=pauses).send([FACT])
    assert low <= pauses.seconds[0] <= high


async def test_the_waits_grow_to_a_limit():
    pauses = Pauses()
    intake = FakeIntake([answer(503)] * (ATTEMPTS_MAX - 1))
    await Client("http://intake", "k", transport=intake, pause=pauses).send([FACT])
    assert pauses.seconds[0] <= 0.25
    assert 10 <= pauses.seconds[-1] <= PAUSE_SECONDS_MAX


@pytest.mark.parametrize(
    ("why", "failure", "says"),
    [
        ("no key", answer(401), "answered 401 why not Give an API key that intake knows"),
        ("no scope", answer(403), "with the scope import:write"),
        ("another address", answer(404), "Is this the address of intake?"),
        ("too much", answer(413), "Take a smaller batch"),
        ("a fault of ours", answer(422), "answered 422 why not"),
        ("another request's key", problem("idempotency-key-reused"), "answered 409 .*idempotency-key-reused"),
        ("a case that is there", problem("case-exists"), "answered 409 .*case-exists"),
        ("a conflict that is no 409", problem("conflict", 422), "answered 422 .*conflict"),
        ("a 409 that is no problem", answer(409), "answered 409 why not"),
        ("a 409 that is a list", partial(httpx.Response, 409, text="[]"), "answered 409"),
        ("a 409 that is no text", partial(httpx.Response, 409, content=b'{"type":"\xff"}'), "answered 409"),
        ("no verdicts", partial(httpx.Response, 200, text="<html>"), "answered no verdicts"),
        ("another's answer", partial(httpx.Response, 200, json={"ok": True}), "answered no verdicts"),
        ("too few verdicts", partial(httpx.Response, 200, json={"verdicts": []}), "answered 0 verdicts on 1 facts"),
    ],
)
async def test_it_stops_where_trying_again_is_no_use(why, failure, says):
    intake = FakeIntake([failure])
    with pytest.raises(ImportStopped, match=says.replace("?", r"\?")):
        await Client("http://intake", "k", transport=intake).send([FACT])
    assert len(intake.requests) == 1


async def test_it_gives_up_after_its_attempts_and_says_what_to_do():
    intake = FakeIntake([disconnected] * ATTEMPTS_MAX)
    with pytest.raises(ImportStopped, match=r"in 12 attempts; last: ConnectError: nobody there. Run the same import again"):
        await Client("http://intake", "k", transport=intake, pause=Pauses()).send([FACT])
    assert len(intake.requests) == ATTEMPTS_MAX


async def test_a_lost_answer_is_asked_for_again_and_recorded_once():
    intake = FakeIntake(lost=1)
    (verdict,) = await Client("http://intake", "k", transport=intake, pause=Pauses()).send([FACT])
    assert (verdict.status, len(intake.kept)) == ("duplicate", 1)
