"""The five services as people find them: which pages there are, and at whose address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection


@dataclass(frozen=True, slots=True)
class Place:
    """A service: the port where it listens unless told otherwise, its pages that navigation names, and every other one."""

    port: int
    pages: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Test whether the service has a page at this path."""
        return any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path) for one in (*self.pages, *self.others) if one != "/")


SITE: Mapping[str, Place] = {
    "intake": Place(
        8001,
        ("/cases",),
        others=(
            "/cases/new",
            "/cases/{case_id}",
            "/cases/{case_id}/attachments/new",
            "/cases/{case_id}/confirmations/new",
            "/cases/{case_id}/contacts/new",
            "/cases/{case_id}/dossier",
            "/cases/{case_id}/due/new",
            "/cases/{case_id}/records/new",
            "/reads",
            "/track/{token}",
        ),
    ),
    "routing": Place(
        8002,
        ("/work", "/processes", "/rosters"),
        others=("/cases/{case_id}", "/processes/{process_id}", "/reads", "/rosters/{team}"),
    ),
    "sla": Place(
        8003,
        ("/clocks", "/calendars"),
        others=(
            "/board",
            "/breaches",
            "/calendars/{calendar_id}",
            "/clocks/{case_id}",
            "/clocks/{case_id}/{clock}/explain",
            "/policies",
            "/policies/{process}",
            "/reckonings",
            "/reckonings/{reckoning_id}",
        ),
    ),
    "survey": Place(8004, ("/surveys",), others=("/reads", "/surveys/{survey_id}", "/s/{token}")),
    "analytics": Place(
        8005,
        ("/", "/figures", "/timeliness"),
        others=("/cases", "/cases/{id}", "/counted", "/figures/{name}", "/processes/{id}", "/reads", "/rules/{question}"),
    ),
}
"""Name → where its pages are. The words of navigation are `nav /path` in the words of the shell."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where people reach the services: what the operator has set, else the host of the request with the usual port."""

    known: Mapping[str, str]

    def of(self, service: str, path: str, at: HTTPConnection) -> str:
        """Return the address of a service's page."""
        if base := self.known.get(service):
            return f"{base.rstrip('/')}{path}"
        return f"{at.url.scheme}://{_host(at)}:{SITE[service].port}{path}"

    def base(self, service: str) -> str:
        """Return what stands before the paths of a service's own pages, where a proxy gives all services one origin."""
        return urlsplit(self.known.get(service, "")).path.rstrip("/")

    def owners(self, path: str, at: HTTPConnection) -> dict[str, str]:
        """Return which services have a page at this path, each with its address."""
        return {name: self.of(name, path, at) for name, place in SITE.items() if place.has(path)}


def _host(at: HTTPConnection) -> str:
    name = at.url.hostname or "127.0.0.1"
    return f"[{name}]" if ":" in name else name
