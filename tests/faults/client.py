"""A good client: one name for one request, the same name again until there is an answer; now and then once too often."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from random import Random
from typing import Any

import httpx

from tests.faults.history import HEADERS, Attempt, History, Request

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


class Client:
    """Sends requests to one instance after the other, as long as the patience lasts, and writes everything down."""

    def __init__(self, urls: Mapping[str, Sequence[str]], key: str, history: History, random: Random, patience: Patience) -> None:
        self._urls, self._history, self._random, self._patience = urls, history, random, patience
        self._http = httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"})

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def ask(self, request: Request, position: str = "") -> Attempt | None:
        """Return the answer to a request, or nothing when there was none before the deadline.

        A customer's answer is a form of a browser; every other request is JSON. `position` is where the client has read to.
        """
        copies = 2 if self._random.random() < DOUBLED else 1
        answers = await asyncio.gather(*(self._until_answered(request, position) for _ in range(copies)))
        if self._random.random() < REPEATED:
            await self._until_answered(request, position)
        return next((one for one in answers if one is not None), None)

    async def _until_answered(self, request: Request, position: str) -> Attempt | None:
        urls = self._urls[request.service]
        turn, (seconds, seconds_max) = self._random.randrange(len(urls)), ANSWER_SECONDS
        while True:
            attempt = await self._send(request, position, urls[turn % len(urls)], seconds)
            if not asks_again(attempt):
                return attempt
            if self._patience.is_over:
                return None
            turn, seconds = turn + 1, min(seconds * 1.3, seconds_max)
            # A service that is not there yet does not come sooner when it is asked ten times a second.
            await asyncio.sleep(self._random.uniform(*PAUSE_SECONDS) * (4 if attempt.error == "ConnectError" else 1))

    async def _send(self, request: Request, position: str, url: str, seconds: float) -> Attempt:
        told: dict[str, Any] = {"instance": url, "sent_at": self._history.now()}
        headers = {"Idempotency-Key": request.name} | ({"Position": position} if position else {})
        words: dict[str, Any] = {"json": request.body, "headers": headers}
        if request.kind == "answer":
            words = {"data": request.body, "headers": {"Authorization": ""}}  # a customer has no API key
        try:
            response = await self._http.post(f"{url}{request.path}", timeout=seconds, **words)
            told["headers"] = {name: response.headers[name] for name in HEADERS if name in response.headers}
            told |= {"status": response.status_code, "answer": response.text}
        except httpx.HTTPError as error:
            told["error"] = type(error).__name__
        attempt = Attempt(**asdict(request), **told, ended_at=self._history.now())
        self._history.add(attempt)
        return attempt

    async def look(self, service: str, path: str) -> Any:
        """Return the JSON of a question, or nothing if it could not be answered now."""
        try:
            response = await self._http.get(f"{self._random.choice(self._urls[service])}{path}")
            return response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, json.JSONDecodeError):
            return None


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
