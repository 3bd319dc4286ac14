"""Where the time and new ids come from. The only module that may look at the clock.

Instants have borders, years 1 to 9999. Arithmetic stops there, so a far date harms nobody. Time zones are the names of the
IANA database that we pin, because these have one meaning on every machine.
"""

import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha1
from importlib import resources
from uuid import UUID
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]

Ticks = Callable[[], timedelta]
"""How long something has been running: it only ever grows, whatever a clock is set to."""

APART_MAX = timedelta(seconds=1)
"""An instance whose own clock is further than this from the shared one has a wrong clock."""

NAMESPACE = UUID("6f1a7e0c-5d0b-5e53-9a5e-2f8f3c1d7b10")
"""Every derived id of Loopdesk is a UUIDv5 in this namespace."""

_IN_NAMESPACE = sha1(NAMESPACE.bytes, usedforsecurity=False)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def real_now() -> datetime:
    """Return the current instant in UTC."""
    return datetime.now(UTC)


def real_ticks() -> timedelta:
    """Return how long this machine has been running; setting its clock changes nothing."""
    return timedelta(seconds=time.monotonic())


def is_wrong(apart: timedelta) -> bool:
    """Test whether a clock so far from the shared one is wrong."""
    return abs(apart) > APART_MAX


class SharedClock:
    """The clock that all instances go by, the database's, as far as one process knows it.

    The database said its time between the question and the answer; from there the process counts on by its own ticks.
    So it does not matter how this machine's clock is set.
    """

    def __init__(self, own: Now, ticks: Ticks = real_ticks) -> None:
        self.ticks, self._own = ticks, own
        self._bounds: tuple[datetime, datetime] | None = None  # the shared time when the ticks stood at nothing
        self.leaps = 0
        """How often what was counted here turned out to be wrong: the process had been frozen, or the shared clock was set."""

    def __call__(self) -> datetime:
        """Return the shared time; it is never ahead of the database's."""
        return self._known()[0] + self.ticks()

    async def ask(self, say: Callable[[], Awaitable[datetime]]) -> datetime:
        """Ask the database for its time, learn from the answer and return it."""
        asked = self.ticks()
        at = await say()
        self.hear(at, asked)
        return at

    def hear(self, at: datetime, asked: timedelta) -> None:
        """Learn what the database said was the time, somewhen between `asked` and now."""
        said = at - self.ticks(), at - asked
        low, high = self._bounds or said
        both = max(low, said[0]), min(high, said[1])
        if both[0] > both[1]:  # they contradict each other, and the newer one stands
            self.leaps += both[0] - both[1] > APART_MAX
            both = said
        self._bounds = both

    def apart(self) -> timedelta:
        """Return how far this machine's own clock is certainly ahead of the shared one, or below zero behind it."""
        low, high = self._known()
        own = self._own() - self.ticks()
        return own - high if own > high else min(own - low, timedelta(0))

    def _known(self) -> tuple[datetime, datetime]:
        if self._bounds is None:
            raise LookupError("The database has not said its time yet; ask it first.")
        return self._bounds


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


def utc(at: datetime) -> datetime:
    """Return the instant in UTC."""
    if at.tzinfo is UTC:
        return at
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


def moved(at: datetime, by: timedelta) -> datetime:
    """Return the instant so much later, or earlier."""
    try:
        return at + by
    except OverflowError:
        return LAST if by > timedelta() else FIRST


_NO_PLACE = frozenset({"Factory"})
"""What the database has for a machine that nobody has told its zone."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every name; `localtime` is none of them, nor what else a machine has beside the database."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split()) - _NO_PLACE


def zone_named(name: object) -> ZoneInfo | None:
    """Return the zone of that name, or None where there is none."""
    return ZoneInfo(name) if isinstance(name, str) and name in zone_names() else None
