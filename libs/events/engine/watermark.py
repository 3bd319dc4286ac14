"""Until which instant all that a service reads is applied, whichever of its instances reads it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from libs.events.engine.leases import Standing
from libs.events.engine.service import Service
from libs.events.store.port import Store
from libs.events.store.values import Applied
from libs.events.words.now import FIRST, Ticks

EVERY = timedelta(seconds=1)
"""How often the watermark is written and read: often enough for windows that wait for it, and hardly any work."""


class Watermark:
    """What follows from the absence of facts in all partitions waits for it: `if (until := watermark()) and until > end: …`.

    It counts facts on the log. A fact that was written a moment before an instant may reach the log after it. So a window is
    closed a little later (alarms.GRACE), and a fact that comes after that is answered as any late fact.
    """

    def __init__(self, service: Service, store: Store, ticks: Ticks) -> None:
        self._topics, self._store, self._ticks = service.topics_heard, store, ticks
        self._at: datetime | None = None
        self._asked: timedelta | None = None

    def __call__(self) -> datetime | None:
        """Return the watermark as it was about a second ago, and so never ahead of what is applied; nothing while not known."""
        return self._at

    def forget(self) -> None:
        """Forget what is known: the database may come back as it was yesterday."""
        self._at = self._asked = None

    async def move(self, readings: Sequence[Standing]) -> None:
        """Write down what this instance has learned, and learn what all have written, about once a second."""
        if not self._is_due(readings):
            return
        learned = {
            one: Applied(one.partition, one.lease_epoch, one.read.next_offset, one.known_until)
            for one in readings
            if one.known_until and one.known_until > _noted(one)
        }
        async with self._store.transaction() as transaction:
            noted = await transaction.note_applied(list(learned.values())) if learned else ()
            at = await transaction.watermark(self._topics)
        self._at, self._asked = at, self._ticks()
        for one, applied in learned.items():
            if one.partition in noted:
                one.read = replace(one.read, applied_until=applied.until)

    def _is_due(self, readings: Sequence[Standing]) -> bool:
        is_old = self._asked is None or self._ticks() >= self._asked + EVERY
        return is_old or any(one.known_until and one.known_until >= _noted(one) + EVERY for one in readings)


def _noted(standing: Standing) -> datetime:
    """Return until when all is applied, as far as the checkpoint says so."""
    return standing.read.applied_until or FIRST
