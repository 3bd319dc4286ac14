"""The history of a run: requests, answers and mishaps, line by line as they happened."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HEADERS = ("content-type", "etag", "position", "location")
"""The headers that belong to an answer; the others name the one transmission."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a client wants. `name` is its Idempotency-Key; `value` is in no other request of its kind."""

    name: str
    kind: str
    service: str
    path: str
    value: str = ""
    case: str = ""
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Request):
    """One transmission of a request, and its end: an answer or an error."""

    instance: str = ""
    sent_at: float = 0.0
    ended_at: float = 0.0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    error: str = ""

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300

    @property
    def about(self) -> str:
        """The case that it is about; a new one is named in the answer."""
        return self.case or self.headers.get("location", "").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing done to one process, from when until when."""

    kind: str
    target: str
    since: float
    until: float


class History:
    """One run's attempts and mishaps, in seconds since it began, written to a file as they come."""

    def __init__(self, file: Path | None = None) -> None:
        self.file, self.begun = file, time.monotonic()
        self.attempts: list[Attempt] = []
        self.mishaps: list[Mishap] = []

    def add(self, entry: Attempt | Mishap) -> None:
        """Take an entry in."""
        (self.attempts if isinstance(entry, Attempt) else self.mishaps).append(entry)  # type: ignore[arg-type]
        if self.file is not None:
            with self.file.open("a") as out:
                out.write(json.dumps({"what": type(entry).__name__.lower(), **asdict(entry)}, ensure_ascii=False) + "\n")

    def now(self) -> float:
        """Return how many seconds have passed."""
        return round(time.monotonic() - self.begun, 4)

    def requests(self) -> dict[str, Sequence[Attempt]]:
        """Return the attempts of each request, in the order they ended."""
        found: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in self.attempts:
            found[attempt.name].append(attempt)
        return dict(found)

    def acknowledged(self) -> dict[str, Attempt]:
        """Return the first acknowledgement of each request that had one."""
        return {
            name: next(one for one in attempts if one.is_acknowledged)
            for name, attempts in self.requests().items()
            if any(one.is_acknowledged for one in attempts)
        }
