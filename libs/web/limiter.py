"""Refuses a caller that asks too often, counted by client or by address. Every answer says how much is left.

The headers are those of draft-ietf-httpapi-ratelimit-headers.
"""

import ipaddress
from functools import lru_cache

from fastapi import Request

from libs.events.words.refusal import Refused
from libs.web.context import add_headers
from libs.web.keys import LOCAL, Client
from libs.web.rates import Rate, Seconds, Windows


class Limiter:
    """Counts by client where there is a key, else by address. Calls of this machine without a key are not counted."""

    def __init__(self, rate: Rate, ticks: Seconds) -> None:
        self._rate = rate
        # Two tables, so that strange addresses, when they are too many to count apart, never crowd out a client with a key.
        self._kinds = {"key": Windows(rate, ticks), "address": Windows(rate, ticks)}

    def count(self, request: Request, client: Client | None) -> None:
        """Count the request, add to its answer how much is left, and refuse it when it is one too many."""
        kind, caller = ("key", client.name) if client else ("address", _place(request.client.host if request.client else ""))
        if client is LOCAL or not caller:
            return
        left, seconds = self._kinds[kind].count(caller)
        policy = f'"{kind}";q={self._rate.requests};w={self._rate.seconds}'
        standing = f'"{kind}";r={max(left, 0)};t={seconds}'
        add_headers(request, {"ratelimit-policy": policy, "ratelimit": standing})
        if left < 0:
            detail = (
                f"These are more than {self._rate.requests} requests in {self._rate.seconds} seconds. Wait {seconds} seconds."
            )
            raise Refused("rate-limited", detail, 429, seconds)


@lru_cache(maxsize=1024)
def _place(host: str) -> str:
    """Return what an address is counted as: of IPv6 the network, because one customer has all of it; None on this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    # A socket for both versions shows a caller of version 4 as ::ffff:192.0.2.1, all in one network of version 6.
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(ipaddress.IPv6Network((int(address), 64), strict=False))
