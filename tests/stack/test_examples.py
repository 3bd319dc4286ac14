"""The first session as the README, a program and an editor's page show it: each is run as it stands, to its end."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from deploy.home import Home
from deploy.process import free_port
from deploy.stack import Stack
from libs.events.words.now import new_id, real_now
from services.__main__ import PORTS

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SECONDS_MAX = 60


@pytest.fixture(scope="module")
def stack(server_folder: Path) -> Iterator[Stack]:
    """What `make up` runs, without keys, on ports of its own."""
    home = Home(server_folder / "examples")
    home.make()
    with Stack(home, ports={name: free_port() for name in PORTS}) as running:
        knows_the_standards(running)
        yield running


def knows_the_standards(stack: Stack) -> None:
    """Return when intake knows the standards that routing publishes at its start, because they travel on the log."""
    end = time.monotonic() + SECONDS_MAX
    nobody = {"channel": "phone", "process_id": "no process has this name"}
    while True:
        said = httpx.post(
            f"{stack.url('intake')}/cases", json=nobody, headers={"Idempotency-Key": str(new_id(real_now()))}, timeout=30
        )
        if "inbound-call" in said.json()["detail"]:
            return
        assert time.monotonic() < end, said.text
        time.sleep(0.1)


def run(command: list[str], stack: Stack) -> str:
    urls = {f"LOOPDESK_{name.upper()}_URL": stack.url(name) for name in PORTS}
    done = subprocess.run(
        command, env={**os.environ, **urls}, capture_output=True, text=True, timeout=2 * SECONDS_MAX, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def here(text: str, stack: Stack) -> str:
    """Return an example with this stack's ports instead of the usual ones."""
    for name, port in PORTS.items():
        text = re.sub(rf"\b{port}\b", str(stack.ports[name]), text)
    return text


def test_the_readme_s_session_runs_as_it_stands(stack: Stack) -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## A first session")[1]
    script = section.split("```sh\n")[1].split("```")[0]
    for _ in range(2):  # trying it once more does no harm
        shown = run(["bash", "-euo", "pipefail", "-c", here(script, stack)], stack)
    for word in ('"team":"customer_service"', '"status":"met"', "case.resolved.v1", '"answers":', '"status":"breached"'):
        assert word in shown, shown[-2000:]
    assert '"type":"/problems/' not in shown


def test_the_program_runs_to_its_end(stack: Stack) -> None:
    shown = run([sys.executable, str(EXAMPLES / "session.py")], stack)
    before, after = map(int, re.search(r"before and after: (\d+) (\d+)", shown).groups())  # type: ignore[union-attr]
    assert after == before + 1
    assert "'resolution': 'met'" in shown and "broken: {" in shown and "'response': '" in shown


def test_the_editor_s_page_runs_to_its_end(stack: Stack) -> None:
    answers = play(here((EXAMPLES / "session.http").read_text("utf-8"), stack))
    before, after = (sum(one["answers"] for one in answers[name].json()["totals"]) for name in ("before", "after"))
    assert after == before + 1
    assert "survey.answered.v1" in [one["type"] for one in answers["told"].json()["items"]]
    assert {one["status"] for one in answers["kept"].json()["items"]} == {"met", "running"}


def test_a_reference_to_nothing_is_noticed() -> None:
    answers = {"asked": httpx.Response(200, json={"items": []})}
    with pytest.raises(NothingThere):
        filled("POST {{asked.response.body.$.items[0].link}}", answers, {})


class NothingThere(Exception):
    """A request refers to a field that an earlier answer does not have."""


def play(page: str) -> dict[str, httpx.Response]:
    """Send the requests of a page one by one; send one again until it shows what the next one refers to."""
    variables = dict(re.findall(r"^@(\w+) = (\S+)$", page, re.MULTILINE))
    answers: dict[str, httpx.Response] = {}
    before = ""
    for request in re.split(r"^###.*$", page, flags=re.MULTILINE)[1:]:
        eventually(partial(ask, request, answers, variables), partial(ask, before, answers, variables))
        before = request
    eventually(lambda: must_show(answers["broken"], "breached"), partial(ask, before, answers, variables))
    return answers


def eventually(step: Callable[[], None], otherwise: Callable[[], None]) -> None:
    end = time.monotonic() + SECONDS_MAX
    while True:
        try:
            return step()
        except NothingThere:
            assert time.monotonic() < end
            time.sleep(0.5)
            otherwise()


def ask(request: str, answers: dict[str, httpx.Response], variables: Mapping[str, str]) -> None:
    """Send a request and keep its answer under the request's name."""
    name = re.search(r"^# @name (\w+)$", request, re.MULTILINE)
    plain = re.sub(r"^#.*\n", "", request.strip() + "\n", flags=re.MULTILINE)
    answers[name[1] if name else ""] = send(filled(plain, answers, variables))


def must_show(answer: httpx.Response, word: str) -> None:
    if f'"{word}"' not in answer.text:
        raise NothingThere(word)


def send(request: str) -> httpx.Response:
    """Send one request; a service that has not read the facts behind it yet is asked again."""
    head, _, body = request.strip().partition("\n\n")
    (method, url), *lines = [line.split(" ", 1) for line in head.splitlines()]
    headers = {name.rstrip(":"): value for name, value in lines}
    end = time.monotonic() + SECONDS_MAX
    while True:
        answer = httpx.request(method, url, headers=headers, content=body.encode(), timeout=30)
        if answer.status_code != 503 or time.monotonic() > end:
            assert answer.is_success, f"{request}\n{answer.status_code} {answer.text}"
            return answer


def filled(request: str, answers: Mapping[str, httpx.Response], variables: Mapping[str, str]) -> str:
    """Return a request with its `{{references}}` resolved, as an editor does it."""

    def value(found: re.Match[str]) -> str:
        word = found[1]
        if word == "$guid":
            return str(new_id(real_now()))
        if word == "$datetime iso8601 -1 h":
            return (real_now() - timedelta(hours=1)).isoformat()
        if word in variables:
            return variables[word]
        name, _, place = word.partition(".response.")
        if place.startswith("headers."):
            return answers[name].headers[place.removeprefix("headers.")]
        return inside(json.loads(answers[name].text), re.findall(r"\w+", place.removeprefix("body.$")))

    return re.sub(r"\{\{(.+?)\}\}", value, request)


def inside(value: object, path: list[str]) -> str:
    for step in path:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]
        except (IndexError, KeyError):
            raise NothingThere(".".join(path)) from None
    return str(value)
