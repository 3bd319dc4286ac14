"""Publishes calendars, process standards and rosters written in YAML through the services' HTTP, as any client may."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from deploy.home import SHIPPED
from libs.web.written import read_yaml

ANSWER_SECONDS_MAX = 120.0


class Published(NamedTuple):
    """A published calendar, standard or roster, and the Position to pass on."""

    name: str
    position: str


class NotPublished(Exception):
    """A file cannot be read, or a service refused it; the message says why."""


def publish(
    files: Iterable[Path], *, sla: str, routing: str, api_key: str = "", transport: httpx.BaseTransport | None = None
) -> list[Published]:
    """Publish each file at the service that owns it and return the result. Doing it again changes nothing."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    done: list[Published] = []
    with httpx.Client(headers=headers, timeout=ANSWER_SECONDS_MAX, transport=transport) as http:
        for file in files:
            after = next((one.position for one in reversed(done) if one.position), "")
            done.append(_publish(http, _read(file), sla, routing, after))
    return done


def with_calendar(standard: Path) -> list[Path]:
    """Return the files to publish for a standard: the shipped calendar that it names, and the standard."""
    named = read_yaml(standard.read_text("utf-8")).get("calendar")
    return [SHIPPED / "calendars" / f"{named['id']}.yaml", standard] if named else [standard]


def _read(file: Path) -> dict[str, Any]:
    try:
        written = read_yaml(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NotPublished(f"{file} cannot be read: {error}") from error
    if not isinstance(written, dict) or not {"id", "version"} <= written.keys() | ({"id"} if _is_roster(written) else set()):
        raise NotPublished(
            f"{file} is neither a calendar nor a process standard nor a roster; write its id, its version and the rest"
        )
    return written


def _is_roster(written: Mapping[str, Any]) -> bool:
    return str(written.get("schema", "")).startswith("roster/")


def _publish(http: httpx.Client, written: Mapping[str, Any], sla: str, routing: str, after: str) -> Published:
    """Publish a file; a standard `after` the calendar that was published before it."""
    if _is_roster(written):
        name = f"roster of {written.get('team')} version {written['version']}"
        return Published(name, _post(http, f"{routing}/rosters", {"roster": written}))
    name = f"{written['id']} version {written['version']}"
    if "schema" not in written:
        return Published(f"calendar {name}", _post(http, f"{sla}/calendars", {"calendar": written}))
    _post(http, f"{routing}/processes", {"standard": written}, after)
    position = _post(http, f"{routing}/processes/{written['id']}/versions/{written['version']}/publish", {}, after)
    return Published(f"process standard {name}", position)


def _post(http: httpx.Client, url: str, body: Mapping[str, Any], after: str = "") -> str:
    """Post and return the answer's Position; empty if nothing new was published."""
    # YAML has dates, JSON does not. The same request again gets the first answer again.
    content = json.dumps(body, default=str)
    key = hashlib.sha256(f"{url} {content}".encode()).hexdigest()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key} | ({"Position": after} if after else {})
    response = http.post(url, content=content, headers=headers)
    if not response.is_success:
        raise NotPublished(f"{url} answered {response.status_code} {response.text[:1000]}")
    return str(response.headers.get("Position", ""))
