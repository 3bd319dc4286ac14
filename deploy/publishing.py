"""Publishes holiday sets, calendars, process standards, policies and rosters through the services' HTTP, as any client may."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from deploy.home import SHIPPED
from libs.web.written import json_of, read_yaml

ANSWER_SECONDS_MAX = 120.0


class Published(NamedTuple):
    """What was published, and the Position to pass on."""

    name: str
    position: str


class Kind(NamedTuple):
    """What a file may be: which entry names it, who takes it at which path and under which name, and which entries tell it."""

    called: str
    named_by: str
    service: str
    path: str
    sent_as: str
    told_by: frozenset[str] = frozenset()


HOLIDAYS = Kind("holiday set", "id", "sla", "holidays", "holidays", frozenset({"days", "icalendar"}))
CALENDAR = Kind("calendar", "id", "sla", "calendars", "calendar")
STANDARD = Kind("process standard", "id", "routing", "processes", "standard", frozenset({"schema", "nodes"}))
POLICY = Kind("policy of", "process", "sla", "policies", "policy", frozenset({"process", "rules"}))
ROSTER = Kind("roster of", "team", "routing", "rosters", "roster")

ORDER = (HOLIDAYS, CALENDAR, STANDARD, POLICY, ROSTER)
"""What names another comes after it: a calendar its holiday sets, a standard its calendar, a policy its process."""


class NotPublished(Exception):
    """A file cannot be read, or a service refused it; the message says why."""


def publish(
    files: Iterable[Path], *, sla: str, routing: str, api_key: str = "", transport: httpx.BaseTransport | None = None
) -> list[Published]:
    """Publish each file at the service that owns it, what others name first, and return the results in that order.

    Nothing is sent before all files are read. Doing it again changes nothing.
    """
    written = sorted((_read(file) for file in files), key=lambda one: ORDER.index(one[0]))
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    at, done = {"sla": sla, "routing": routing}, list[Published]()
    with httpx.Client(headers=headers, timeout=ANSWER_SECONDS_MAX, transport=transport) as http:
        for kind, one in written:
            after = next((one.position for one in reversed(done) if one.position), "")
            name = f"{kind.called} {one[kind.named_by]} version {one['version']}"
            done.append(Published(name, _publish(http, at[kind.service], kind, one, after)))
    return done


def with_calendar(standard: Path) -> list[Path]:
    """Return the files to publish for a standard: the shipped calendar that it names, and the standard."""
    named = read_yaml(standard.read_text("utf-8")).get("calendar")
    return [SHIPPED / "calendars" / f"{named['id']}.yaml", standard] if named else [standard]


def _read(file: Path) -> tuple[Kind, dict[str, Any]]:
    try:
        written = read_yaml(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NotPublished(f"{file} cannot be read: {error}") from error
    kind = _kind(written) if isinstance(written, dict) else None
    if kind and {kind.named_by, "version"} <= written.keys():
        return kind, written
    raise NotPublished(
        f"{file} is neither a holiday set nor a calendar, a process standard, a policy or a roster; write its id, its version "
        "and the rest. A policy has its process, and a roster its team, instead of an id"
    )


def _kind(written: Mapping[str, Any]) -> Kind:
    if str(written.get("schema", "")).startswith("roster/"):
        return ROSTER
    return next((kind for kind in (STANDARD, POLICY, HOLIDAYS) if kind.told_by & written.keys()), CALENDAR)


def _publish(http: httpx.Client, url: str, kind: Kind, written: Mapping[str, Any], after: str) -> str:
    """Publish a file `after` what was published before it, and return its Position."""
    position = _post(http, f"{url}/{kind.path}", {kind.sent_as: written}, after)
    if kind is STANDARD:
        return _post(http, f"{url}/{kind.path}/{written['id']}/versions/{written['version']}/publish", {}, after)
    return position


def _post(http: httpx.Client, url: str, body: Mapping[str, Any], after: str) -> str:
    """Post and return the answer's Position; empty if nothing new was published."""
    content = json_of(body)
    # The same request again gets the first answer again.
    key = hashlib.sha256(f"{url} {content}".encode()).hexdigest()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key} | ({"Position": after} if after else {})
    response = http.post(url, content=content, headers=headers)
    if not response.is_success:
        raise NotPublished(f"{url} answered {response.status_code} {response.text[:1000]}")
    return str(response.headers.get("Position", ""))
