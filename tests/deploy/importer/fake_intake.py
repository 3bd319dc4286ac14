"""An intake in memory: remembers every fact by its identity, and fails as it is told to."""

import json
from collections.abc import Callable

import httpx

Failure = Callable[[], httpx.Response]


def disconnected() -> httpx.Response:
    raise httpx.ConnectError("nobody there")


class FakeIntake(httpx.AsyncBaseTransport):
    """Answers POST /import as intake does. `failures` are used up first; `lost` answers are recorded, then lost."""

    def __init__(self, failures: list[Failure] | None = None, lost: int = 0) -> None:
        self.failures = failures or []
        self.lost = lost
        self.kept: dict[tuple[str, str, int, str], dict] = {}
        self.order: list[tuple[str, int]] = []
        self.batches: list[int] = []
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.failures:
            return self.failures.pop(0)()
        facts = json.loads(request.content)["facts"]
        self.batches.append(len(facts))
        verdicts = [{"status": self._keep(fact), "detail": "said otherwise before"} for fact in facts]
        if self.lost:
            self.lost -= 1
            raise httpx.ReadError("connection lost")
        return httpx.Response(200, json={"verdicts": verdicts})

    def _keep(self, fact: dict) -> str:
        identity = (fact["system"], fact["case"], fact["sequence"], fact["type"])
        self.order.append((fact["case"], fact["sequence"]))
        if fact["case"] == "bad":
            return "rejected"
        kept = self.kept.setdefault(identity, fact)
        return "recorded" if kept is fact else "duplicate" if kept == fact else "conflict"


class Pauses:
    """Waits for nothing and remembers how long it would have waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
