"""Publishes calendars and process standards written in YAML through the services' HTTP, as any client may."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from deploy.home import SHIPPED

ANSWER_SECONDS_MAX = 60.0


class Published(NamedTuple):
    """What was published, and the Position to pass on to who is to know it."""

    name: str
    position: str


class NotPublished(Exception):
    """A service refused what was written; the message quotes why."""


def publish(
    files: Iterable[Path], *, sla: str, routing: str, api_key: str = "", transport: httpx.BaseTransport | None = None
) -> list[Published]:
    """Publish each file at the service that owns it and return what was published. Doing it again changes nothing."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    done: list[Published] = []
    with httpx.Client(headers=headers, timeout=ANSWER_SECONDS_MAX, transport=transport) as http:
        for file in files:
            after = next((one.position for one in reversed(done) if one.position), "")
            done.append(_publish(http, yaml.safe_load(file.read_text("utf-8")), sla, routing, after))
    return done


def with_calendar(standard: Path) -> list[Path]:
    """Return the files to publish for a standard: the shipped calendar that it names, and the standard."""
    named = yaml.safe_load(standard.read_text("utf-8")).get("calendar")
    return [SHIPPED / "calendars" / f"{named['id']}.yaml", standard] if named else [standard]


def _publish(http: httpx.Client, written: Mapping[str, Any], sla: str, routing: str, after: str) -> Published:
    """Publish a file; a standard `after` the calendar that was published before it."""
    name = f"{written['id']} version {written['version']}"
    if "schema" not in written:
        return Published(f"calendar {name}", _post(http, f"{sla}/calendars", {"calendar": written}))
    _post(http, f"{routing}/processes", {"standard": written}, after)
    position = _post(http, f"{routing}/processes/{written['id']}/versions/{written['version']}/publish", {}, after)
    return Published(f"process standard {name}", position)


def _post(http: httpx.Client, url: str, body: Mapping[str, Any], after: str = "") -> str:
    """Post and return the answer's Position; nothing if it says nothing new."""
    # YAML has dates, JSON has not; the same request again gets the first answer again.
    content = json.dumps(body, default=str)
    key = hashlib.sha256(f"{url} {content}".encode()).hexdigest()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key} | ({"Position": after} if after else {})
    response = http.post(url, content=content, headers=headers)
    if not response.is_success:
        raise NotPublished(f"{url} answered {response.status_code} {response.text[:1000]}")
    return str(response.headers.get("Position", ""))
