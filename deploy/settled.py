"""Waits until nothing is left to do: every event is on the log and was heard, and every timer due has fired."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from libs.events.log.opening import open_log
from libs.events.log.port import Log, LogUnavailable
from libs.events.upkeep.live import remaining
from services.__main__ import service_of

POLL_SECONDS = 0.25
TIMERS_FIRE_WITHIN = timedelta(seconds=5)
"""A timer that became due less than this ago may still wait for its turn; an older one is work left undone."""

KEYS_NAMED_MAX = 5


class Unsettled(Exception):
    """Work was left when the time was over; the message says how much and where."""


@dataclass(frozen=True, slots=True)
class Left:
    """The work that one service has left."""

    service: str
    unsent: int
    unread: int
    due: int
    parked: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.unsent or self.unread or self.due)

    @property
    def aside(self) -> str:
        """Return in words which keys are set aside; their later events are in no table."""
        many = len(self.parked)
        named = ", ".join([*self.parked[:KEYS_NAMED_MAX], *(["…"] if many > KEYS_NAMED_MAX else [])])
        return f"{many} key{'s' * (many > 1)} set aside: {named} (`loopdesk parked {self.service}`)"

    def __str__(self) -> str:
        aside = f", {self.aside}" if self.parked else ""
        return f"{self.service} has {self.unsent} to send, {self.unread} to read, {self.due} timers due{aside}"


Watch = Callable[[Sequence[Left]], None]


async def settled(
    names: Sequence[str],
    url: str,
    log_url: str,
    *,
    seconds: float = 600.0,
    timers_within: timedelta = TIMERS_FIRE_WITHIN,
    watch: Watch = lambda left: None,
) -> list[Left]:
    """Return the services when none has anything left to do, with the keys set aside; raise Unsettled if it takes too
    long.

    A timer that has been due for `timers_within` and has not fired is work left undone. A log that cannot be reached
    for a while is asked again.
    """
    end = time.monotonic() + seconds
    log = open_log(log_url)
    connection = await asyncpg.connect(url)
    try:
        while True:
            try:
                left = await _left_by_all(connection, log, names, timers_within)
                watch(left)
                # Twice, because the last thing that one service does may be work for the next.
                if _is_nothing(left) and _is_nothing(left := await _left_by_all(connection, log, names, timers_within)):
                    return left
                still = "; ".join(str(one) for one in left if one.parked or not one.is_nothing)
            except LogUnavailable as error:
                still = str(error)
            if time.monotonic() > end:
                raise Unsettled(f"Not settled after {seconds:.0f} s: {still}")
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await connection.close()
        await log.close()


def _is_nothing(left: Sequence[Left]) -> bool:
    return all(one.is_nothing for one in left)


async def _left_by_all(
    connection: "asyncpg.Connection[asyncpg.Record]", log: Log, names: Sequence[str], timers_within: timedelta
) -> list[Left]:
    return [await _left_by(connection, log, name, timers_within) for name in names]


async def _left_by(connection: "asyncpg.Connection[asyncpg.Record]", log: Log, name: str, timers_within: timedelta) -> Left:
    left, unread = await remaining(connection, name, timers_within), 0
    for topic in service_of(name).topics_heard:
        unread += sum(max(0, end - left.read.get(partition, 0)) for partition, end in (await log.ends(topic)).items())
    return Left(name, left.unsent, unread, left.due, left.parked)
