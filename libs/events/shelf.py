"""The standards shelf: topic `standards` is small, and every instance keeps all of it in memory."""

from libs.events.envelope import Unknown, open_envelope, read_fact
from libs.events.event import Topic
from libs.events.log import Log, Partition
from libs.events.standards import Standards


class Shelf:
    """Keeps a Standards up to date from the log."""

    _PARTITION = Partition(Topic.STANDARDS, 0)

    def __init__(self, log: Log, standards: Standards) -> None:
        self._log, self._standards, self._next = log, standards, 0

    async def fill(self) -> None:
        """Read to the end the topic has now, if it has grown; between, nothing waits for what is said so rarely."""
        end = (await self._log.ends(Topic.STANDARDS))[self._PARTITION]
        while self._next != end:
            await self.read(wait=1.0)
            end = max(end, self._next)

    async def read(self, *, wait: float) -> None:
        """Read what is new."""
        for batch in await self._log.read({self._PARTITION: self._next}, wait=wait):
            for record in batch.records:
                try:
                    self._standards.learn(read_fact(open_envelope(record.value)))
                except Unknown:
                    continue
            self._next = batch.next_offset
