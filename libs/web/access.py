"""Who may do what: a route asks for a scope and gets the client."""

import ipaddress
from collections.abc import Sequence
from functools import cache, lru_cache
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from libs.events.words.refusal import Refused
from libs.web.keys import LOCAL, Client, Keyring
from libs.web.pages.origin import must_be_ours

BEARER, API_KEY = "bearer", "apiKey"
"""The two ways to send a key, by their names in /openapi.json."""


class Scoped(SecurityBase):
    """A dependency that asks for a scope. `headers` are those that it reads beside the key; see libs/web/openapi.py."""

    # One dependency for all headers and the scope, because FastAPI takes longer over a dependency than we over its work.

    def __init__(self, scope: str, headers: Sequence[str] = ()) -> None:
        self.model = HTTPBearer(description="An API key: `Authorization: Bearer <key>`.")
        self.scheme_name = BEARER
        self.scope, self.headers = scope, headers


class Granted(Scoped):
    """A dependency that yields the client, if the scope was granted."""

    async def __call__(self, request: Request) -> Client:
        return permitted(request, self.scope)


@cache
def require(scope: str) -> Granted:
    """Return a dependency that yields the client, if the scope was granted."""
    return Granted(scope)


def permitted(request: Request, scope: str) -> Client:
    """Return the client; refuse one without the scope."""
    client = identify(request)
    if not client.may(scope):
        raise Refused("forbidden", f"This key lacks the scope {scope}; use one that has it.", 403)
    return client


def identify(request: Request) -> Client:
    """Return the client, whatever its scopes; refuse one that is not known. For each request it looks once."""
    state = request.scope.setdefault("state", {})
    known: Client | None = state.get("client")
    if known is None:
        known = state["client"] = _found(request)
        structlog.contextvars.bind_contextvars(client=known.name)
    return known


def _found(request: Request) -> Client:
    keyring: Keyring | None = request.app.state.keyring
    if keyring is None:
        must_be_ours(request, is_browser=False)
        return _local(request)
    client = keyring.client(plain) if (plain := _key(request)) else _signed_in(request)
    if client is None:
        detail = "Send a valid API key as `Authorization: Bearer <key>` or `X-API-Key: <key>`."
        raise Refused("unauthenticated", detail, 401)
    return client


def _signed_in(request: Request) -> Client | None:
    """Return who signed in; what a page of somebody else sends in their name is refused."""
    client: Client | None = request.app.state.sessions.client(request)
    if client is not None:
        must_be_ours(request, is_browser=True)
    return client


def _key(request: Request) -> str:
    scheme, credentials = get_authorization_scheme_param(request.headers.get("authorization"))
    return credentials if scheme.lower() == "bearer" and credentials else request.headers.get("x-api-key", "")


def _local(request: Request) -> Client:
    host = request.headers.get("host", "")
    if not _is_ours(host):
        raise Refused("unauthenticated", f"Without a keys file, call this service by its address, not as {host}.", 401)
    return LOCAL


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    # Without keys, a web page must not reach us through a name of its own that points at this machine (DNS
    # rebinding): only IP addresses and names without a dot, which no stranger can register, are ours.
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return "." not in name or name.endswith(".localhost") or _is_address(name)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
