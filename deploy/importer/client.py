"""Sends facts to intake in batches, many at a time; each is tried again until it is answered. After a stop, run it
again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import httpx
import msgspec

from deploy.importer.account import Account
from deploy.importer.facts import SourceFact

BATCH_FACTS_MAX = 1000
ATTEMPTS_MAX = 12
PAUSE_SECONDS = 0.25
PAUSE_SECONDS_MAX = 20.0
ANSWER_SECONDS_MAX = 120.0
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
QUICKER = "/problems/conflict"
"""The problem type of the only 409 that is worth another try: others wrote at the same time, and nothing was
recorded."""

Pause = Callable[[float], Awaitable[None]]


class Verdict(msgspec.Struct):
    """Intake's verdict on one fact."""

    status: str
    detail: str = ""


class _Answer(msgspec.Struct):
    verdicts: list[Verdict]


class _Body(msgspec.Struct):
    facts: Sequence[SourceFact]


class _Problem(msgspec.Struct):
    type: str = ""


class ImportStopped(Exception):
    """The import cannot go on; the message says why and what to do. `account` has what was answered before."""

    account: Account | None = None


class Client:
    """One connection to an intake. Every fact has an identity of its own, so a batch sent twice is recorded once."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        position: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`position` is that of the standard published last; intake reads so far before it judges a fact."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        headers |= {"Position": position} if position else {}
        self._url, self._pause = f"{url.rstrip('/')}/import", pause
        self._http = httpx.AsyncClient(headers=headers, timeout=ANSWER_SECONDS_MAX, transport=transport)
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(_Answer)

    async def send(self, facts: Sequence[SourceFact]) -> list[Verdict]:
        """Return the verdicts on `facts`, in their order."""
        body = self._encoder.encode(_Body(facts))
        said = "nothing"
        for attempt in range(ATTEMPTS_MAX):
            try:
                response = await self._http.post(self._url, content=body)
            except httpx.TransportError as error:
                said = f"{type(error).__name__}: {error}"
                await self._pause(_seconds(attempt, ""))
                continue
            if response.status_code == 200:
                return self._verdicts(response, len(facts))
            said = f"{response.status_code} {response.text[:300]}"
            if not _passes(response):
                raise ImportStopped(f"{self._url} answered {said}{_advice(response.status_code)}")
            await self._pause(_seconds(attempt, response.headers.get("Retry-After", "")))
        raise ImportStopped(
            f"{self._url} did not take a batch in {ATTEMPTS_MAX} attempts; last: {said}. "
            "Run the same import again when it is back: facts recorded already are answered `duplicate`."
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    def _verdicts(self, response: httpx.Response, expected: int) -> list[Verdict]:
        try:
            verdicts = self._decoder.decode(response.content).verdicts
        except msgspec.MsgspecError as error:
            raise ImportStopped(f"{self._url} answered no verdicts ({error}); is this the address of intake?") from error
        if len(verdicts) != expected:
            raise ImportStopped(f"{self._url} answered {len(verdicts)} verdicts on {expected} facts")
        return verdicts


def _passes(response: httpx.Response) -> bool:
    """Test whether the same request may be taken later."""
    if response.status_code != 409:
        return response.status_code in TRY_AGAIN
    try:
        return msgspec.json.decode(response.content, type=_Problem).type == QUICKER
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


def _seconds(attempt: int, retry_after: str) -> float:
    """Return how long to wait: as the server asks, or doubling with a random part, so that clients do not come all at
    once."""
    if retry_after.isdecimal():
        return min(float(retry_after), PAUSE_SECONDS_MAX)
    return min(PAUSE_SECONDS * (1 << attempt), PAUSE_SECONDS_MAX) * random.uniform(0.5, 1.0)  # noqa: S311


def _advice(status: int) -> str:
    return {
        401: " Give an API key that intake knows.",
        403: " Give an API key with the scope import:write.",
        413: " Take a smaller batch.",
        404: " Is this the address of intake?",
    }.get(status, "")
