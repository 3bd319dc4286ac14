"""A good client: one name for one request, the same name again until there is an answer; now and then once too often."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from tests.faults.history import HEADERS, Attempt, History

ANSWER_SECONDS = (2.0, 15.0)
"""How long an answer is waited for: at first, and at most."""

PAUSE_SECONDS = (0.05, 0.4)
REPEATED, DOUBLED = 0.15, 0.1
"""How often an answered request is sent again, and how often two copies set out at once."""


class Patience:
    """How long a client comes again: as long as something may still be broken, and some seconds after that."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, float("inf")

    def begin_to_end(self) -> None:
        """Everything runs again: from now on it counts."""
        self._end = time.monotonic() + self._seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._end


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a client wants. `name` is its Idempotency-Key; a `form` is what a customer's browser sends."""

    name: str
    kind: str
    service: str
    path: str
    value: str = ""
    case: str = ""
    body: Any = None
    form: Mapping[str, str] | None = None
    position: str = ""


class Client:
    """Sends requests to one instance after the other, as long as the patience lasts, and writes everything down."""

    def __init__(self, urls: Mapping[str, Sequence[str]], key: str, history: History, random: Random, patience: Patience) -> None:
        self._urls, self._history, self._random, self._patience = urls, history, random, patience
        self._http = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"})

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def ask(self, request: Request) -> Attempt | None:
        """Return the answer to a request, or nothing when there was none before the deadline."""
        copies = 2 if self._random.random() < DOUBLED else 1
        answers = await asyncio.gather(*(self._until_answered(request) for _ in range(copies)))
        if self._random.random() < REPEATED:
            await self._until_answered(request)
        return next((one for one in answers if one is not None), None)

    async def _until_answered(self, request: Request) -> Attempt | None:
        urls = self._urls[request.service]
        turn, (seconds, seconds_max) = self._random.randrange(len(urls)), ANSWER_SECONDS
        while True:
            attempt = await self._send(request, urls[turn % len(urls)], seconds)
            if not asks_again(attempt):
                return attempt
            if self._patience.is_over:
                return None
            turn, seconds = turn + 1, min(seconds * 1.3, seconds_max)
            # A service that is not there yet does not come sooner when it is asked ten times a second.
            await asyncio.sleep(self._random.uniform(*PAUSE_SECONDS) * (4 if attempt.error == "ConnectError" else 1))

    async def _send(self, request: Request, url: str, seconds: float) -> Attempt:
        sent_at = self._history.now()
        told: dict[str, Any] = {}
        try:
            response = await self._http.post(f"{url}{request.path}", timeout=seconds, **_words(request))
            told["headers"] = {name: response.headers[name] for name in HEADERS if name in response.headers}
            told |= {"status": response.status_code, "answer": response.text}
        except httpx.HTTPError as error:
            told["error"] = type(error).__name__
        attempt = Attempt(
            name=request.name,
            kind=request.kind,
            service=request.service,
            instance=url,
            path=request.path,
            value=request.value,
            case=request.case,
            body=request.body if request.form is None else dict(request.form),
            sent_at=sent_at,
            ended_at=self._history.now(),
            **told,
        )
        self._history.add(attempt)
        return attempt

    async def look(self, service: str, path: str) -> Any:
        """Return the JSON of a question, or nothing if it could not be answered now."""
        try:
            response = await self._http.get(f"{self._random.choice(self._urls[service])}{path}")
            return response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, json.JSONDecodeError):
            return None


def _words(request: Request) -> dict[str, Any]:
    if request.form is not None:
        return {"data": dict(request.form), "headers": {"Authorization": ""}}  # a customer has no API key
    headers = {"Idempotency-Key": request.name}
    if request.position:
        headers["Position"] = request.position
    return {"json": request.body if request.body is not None else {}, "headers": headers}


def asks_again(attempt: Attempt) -> bool:
    """Test whether a good client comes again: no answer, `not now`, `still running`, `not here yet`."""
    if attempt.status == 0 or attempt.status >= 500 or attempt.status == 429:
        return True
    return code_of(attempt) in ("idempotency-key-in-use", "conflict", "unknown-case", "unknown-process", "unknown-version")


def code_of(attempt: Attempt) -> str:
    """Return the code of a refusal."""
    try:
        return str(json.loads(attempt.answer)["type"]).removeprefix("/problems/")
    except (ValueError, KeyError, TypeError):
        return ""
