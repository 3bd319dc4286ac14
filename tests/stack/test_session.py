"""A program that was generated from the descriptions plays the first session to its end, and loses nothing on the way."""

import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from services.__main__ import PORTS
from tests.clients.generated import Generated, generated
from tests.stack.session import SESSION, Step

SECONDS_MAX = 60


@pytest.fixture(scope="module")
def clients(calm, tmp_path_factory):
    documents = {service: calm.get(service, "/openapi.json").json() for service in PORTS}
    with generated(tmp_path_factory.mktemp("session"), documents) as made:
        yield made


class Player:
    """Plays steps, and compares the bytes on the wire with each step's text."""

    def __init__(self, running: Any, clients: dict[str, Generated]) -> None:
        self.clients, self.kept, self.writes, self.position = clients, {}, 0, ""
        self.opened = {service: client.opened(running.stack.url(service), running.key) for service, client in clients.items()}

    def play(self, step: Step) -> None:
        client = self.clients[step.service]
        given, body = filled(step.given, self.kept), filled(step.body, self.kept)
        takes = client.takes(step.operation)
        if "idempotency_key" in takes:
            self.writes += 1
            given["idempotency_key"] = f"session {self.writes} {id(self)}"
        if "position" in takes and self.position:
            given["position"] = self.position
        told = self.answered(step, client, body, given)
        must_be_as_given(client, step, client.sent[-1], body, given)
        self.kept |= {name: at(told, place) for name, place in step.keeps.items()}

    def answered(self, step: Step, client: Generated, body: Any, given: dict[str, Any]) -> Any:
        end = time.monotonic() + SECONDS_MAX
        while True:
            answer = client.call(self.opened[step.service], step.operation, body=body, **given)
            if answer.status_code == 503 and answer.headers["Retry-After"] and time.monotonic() < end:
                continue  # a slow machine has not read the other services' facts yet
            assert answer.status_code < 300, (step.says, answer.content)
            told = json.loads(answer.content) if "json" in answer.headers["Content-Type"] else answer.content.decode()
            if step.shows(told, self.kept):
                break
            assert "idempotency_key" not in given and time.monotonic() < end, (step.says, told)
            time.sleep(0.1)
        if hasattr(answer.parsed, "to_dict"):
            assert meant(answer.parsed.to_dict()) == meant(told), step.says
        self.position = answer.headers.get("Position", self.position)
        return told


def must_be_as_given(client: Generated, step: Step, request: Any, body: Any, given: dict[str, Any]) -> None:
    path, method, told = client.operations[step.operation]
    url = urlsplit(str(request.url))
    arrived = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
    arrived |= {name.lower().replace("-", "_"): value for name, value in request.headers.items()}
    arrived |= dict(zip(placeholders(path), map(unquote, parts_of(path, url.path)), strict=True))
    assert request.method.lower() == method
    assert {name: arrived.get(name) for name in given} == {name: str(value) for name, value in given.items()}, step.says
    content = request.content.decode()
    if "application/json" in told.get("requestBody", {}).get("content", {}):
        assert meant(json.loads(content)) == meant(body), step.says
    elif body is not None:
        assert {name: values[0] for name, values in parse_qs(content).items()} == body, step.says
    else:
        assert content == "", step.says


def placeholders(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def parts_of(path: str, found: str) -> list[str]:
    return [got for part, got in zip(path.split("/"), found.split("/"), strict=True) if part.startswith("{")]


def filled(given: Any, kept: dict[str, Any]) -> Any:
    """Return a step's text with `{names}` replaced; of a survey's link, its last part."""
    if isinstance(given, dict):
        return {name: filled(value, kept) for name, value in given.items()}
    if isinstance(given, list):
        return [filled(one, kept) for one in given]
    return str(kept[given[1:-1]]).rsplit("/", 1)[-1] if isinstance(given, str) and given[:1] == "{" else given


def at(told: Any, place: str) -> Any:
    for part in place.split("/"):
        told = told[int(part) if isinstance(told, list) else part]
    return told


def meant(value: Any) -> Any:
    """Return the JSON with instants as instants: a client may write one moment in another way."""
    if isinstance(value, dict):
        return {name: meant(one) for name, one in value.items()}
    if isinstance(value, list):
        return [meant(one) for one in value]
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) and len(value) > 10 else value
    except ValueError:
        return value


def test_a_generated_client_sends_what_it_is_given_to_the_end_of_the_session(calm, clients):
    player = Player(calm, clients)
    for step in SESSION:
        player.play(step)
    assert player.writes == sum("idempotency_key" in clients[one.service].takes(one.operation) for one in SESSION) > 10


def test_a_difference_on_the_way_would_be_seen(calm, clients):
    """The judge can fail: a field that is not sent, another value of a parameter."""
    player = Player(calm, clients)
    step = next(one for one in SESSION if one.operation == "post_case")
    player.play(step)
    client = clients["intake"]
    sent, key = client.sent[-1], client.sent[-1].headers["Idempotency-Key"]
    must_be_as_given(client, step, sent, step.body, {"idempotency_key": key})
    for body, given in ((step.body | {"fields": {}}, {"idempotency_key": key}), (step.body, {"idempotency_key": "another"})):
        with pytest.raises(AssertionError):
            must_be_as_given(client, step, sent, body, given)
