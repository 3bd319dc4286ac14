"""Who may do what: a route asks for a scope and gets the client."""

import ipaddress
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Annotated

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from libs.events.refusal import Refused
from libs.web.keys import LOCAL, Client, Keyring

_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key: `Authorization: Bearer <key>`.")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="apiKey", description="The same key, alone.")


async def identify(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
    alone: Annotated[str | None, Security(_header)] = None,
) -> Client:
    """Return who calls; refuse whom nobody knows."""
    keyring: Keyring | None = request.app.state.keyring
    client = _local(request) if keyring is None else keyring.client(bearer.credentials if bearer else alone or "")
    if client is None:
        detail = "Send a valid API key as `Authorization: Bearer <key>` or `X-API-Key: <key>`."
        raise Refused("unauthenticated", detail, 401)
    structlog.contextvars.bind_contextvars(client=client.name)
    return client


Caller = Annotated[Client, Depends(identify)]
"""Whoever calls, whatever they may do."""


@cache
def require(scope: str) -> Callable[[Client], Awaitable[Client]]:
    """Return a dependency that yields the client, if the scope was granted."""

    async def granted(client: Caller) -> Client:
        if not client.may(scope):
            raise Refused("forbidden", f"This key lacks the scope {scope}; use one that has it.", 403)
        return client

    return granted


def _local(request: Request) -> Client:
    # Without keys, a web page must not reach us through a name of its own that points at this machine (DNS
    # rebinding): only IP addresses and names without a dot, which no stranger can register, are ours.
    host = (request.url.hostname or "").strip("[]")
    if "." in host and not host.endswith(".localhost") and not _is_address(host):
        raise Refused("unauthenticated", f"Without a keys file, call this service by its address, not as {host}.", 401)
    return LOCAL


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
