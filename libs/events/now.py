"""Where the time and new ids come from. The only module that may look at the clock."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from uuid import UUID

Now = Callable[[], datetime]

NAMESPACE = UUID("6f1a7e0c-5d0b-5e53-9a5e-2f8f3c1d7b10")
"""Every derived id of Loopdesk is a UUIDv5 in this namespace."""

_IN_NAMESPACE = sha1(NAMESPACE.bytes, usedforsecurity=False)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def real_now() -> datetime:
    """Return the current instant in UTC."""
    return datetime.now(UTC)


class StoppedClock:
    """A clock that moves only when told to; for tests and the simulated world."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def new_id(at: datetime) -> UUID:
    """Return a UUIDv7: sorts by its millisecond, unique by 74 random bits (RFC 9562)."""
    millis = (at - EPOCH) // timedelta(milliseconds=1) & (1 << 48) - 1
    rand = int.from_bytes(os.urandom(10), "big")
    value = millis << 80 | 7 << 76 | (rand >> 68 & 0xFFF) << 64 | 2 << 62 | rand & (1 << 62) - 1
    return UUID(int=value)


def derived_id(*parts: object) -> UUID:
    """Return the UUIDv5 of `parts`: the same words always give the same id."""
    digest = _IN_NAMESPACE.copy()
    digest.update("|".join(map(str, parts)).encode())
    return UUID(bytes=digest.digest()[:16], version=5)
