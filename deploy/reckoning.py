"""Asks sla for a reckoning written in YAML, follows it to its end, and returns what it comes to; as any client may."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import yaml

from libs.events.words.now import new_id, real_now
from libs.web.written import json_of, read_yaml
from services.routing.domain.standards.standard import BrokenStandard, sound

ANSWER_SECONDS_MAX = 600.0
"""Counting the cases of a scope takes about a second for 25,000 of them."""
LOOK_SECONDS = 0.5
OVER = ("done", "cancelled", "failed")
_REMEDIES = {
    401: "Give an API key that sla knows, in LOOPDESK_API_KEY.",
    403: "Give an API key with the scopes reckonings:write and clocks:read.",
    404: "Is this the address of sla? Give it with --url.",
    422: "Change what it names in the file and run the same command again.",
    429: "Wait for one of them, or cancel one.",
}

Shown = Mapping[str, Any]
"""A reckoning, as sla shows it."""


class NotReckoned(Exception):
    """A file cannot be read, or sla refused it; the message says why and what to do."""


@dataclass(frozen=True)
class Sla:
    """An sla that is asked over HTTP."""

    url: str
    http: httpx.Client

    def post(self, body: Mapping[str, Any]) -> Shown:
        """Ask for a reckoning, or with `dry` only for its count."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(new_id(real_now()))}
        return self._told(self.http.post(f"{self.url}/reckonings", content=json_of(body), headers=headers))

    def get(self, path: str, **query: str) -> Shown:
        """Return what a path below /reckonings shows."""
        return self._told(self.http.get(f"{self.url}/reckonings/{path}", params=query))

    def followed(self, id: str, progress: Callable[[Shown], None], pause: Callable[[float], None] = time.sleep) -> Shown:
        """Return a reckoning when it is over; tell how far it is until then."""
        while (shown := self.get(id))["state"] not in OVER:
            progress(shown)
            pause(LOOK_SECONDS)
        return shown

    def _told(self, response: httpx.Response) -> Shown:
        if not response.is_success:
            remedy = _REMEDIES.get(response.status_code, "Look at the output of sla.")
            raise NotReckoned(f"{response.request.url} answered {response.status_code} {_detail(response)} {remedy}")
        told: Shown = response.json()
        return told


def asked_in(file: Path) -> dict[str, Any]:
    """Return what a file asks for. Standards may be written as authors write them, or as routing shows them."""
    try:
        told = read_yaml(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NotReckoned(f"{file} cannot be read: {error}") from error
    if not isinstance(told, dict):
        raise NotReckoned(f"{file} asks for nothing; write scope, calendars, standards, policies, limits, as_of or known_at.")
    standards = told.get("standards")
    return told | ({"standards": [_shown(file, one) for one in standards]} if isinstance(standards, list) else {})


def _shown(file: Path, standard: Any) -> Any:
    if not isinstance(standard, dict) or "schema" not in standard:
        return standard
    try:
        return msgspec.to_builtins(sound(standard).standard)
    except BrokenStandard as error:
        raise NotReckoned(f"{file}: the standard {standard.get('id')} is not sound: {error}") from error


def _detail(response: httpx.Response) -> str:
    try:
        told = response.json()
        return " ".join([str(told["detail"]), *(f"{one['pointer']}: {one['detail']}." for one in told.get("errors", []))])
    except (ValueError, KeyError, TypeError):
        return response.text[:300]
