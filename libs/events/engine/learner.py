"""Topic `standards` is small, so every instance knows all of it; this reads what is new there."""

import asyncio

import structlog

from libs.events.engine.known import Known
from libs.events.log.envelope import Envelope, Undecodable, Unknown, open_envelope, read_fact
from libs.events.log.port import Log, Partition
from libs.events.log.sequence import NOTHING, Impostor, numbers_of, refuse_impostor, source_of
from libs.events.store.values import Position, Seen
from libs.events.words.event import Topic

_output = structlog.get_logger()


class Learner:
    """Keeps a Known up to date from the log, and knows how far it has read what each source said."""

    _PARTITION = Partition(Topic.STANDARDS, 0)

    def __init__(self, log: Log, known: Known) -> None:
        self._log, self._known, self._next = log, known, 0
        self._seen: Seen = {}
        self._learning = asyncio.Lock()

    async def learn(self) -> None:
        """Read to the end that the topic has now. If it has not grown, only its end is asked for."""
        async with self._learning:
            end = (await self._log.ends(Topic.STANDARDS))[self._PARTITION]
            while self._next != end:
                await self.read(wait=1.0)
                end = max(end, self._next)

    async def read(self, *, wait: float) -> None:
        """Read what is new. A record that cannot be understood is told and passed over: subjects that need it wait."""
        for batch in await self._log.read({self._PARTITION: self._next}, wait=wait):
            for record in batch.records:
                try:
                    self._put(open_envelope(record.body), record.offset)
                except Unknown:
                    continue
                except (Undecodable, Impostor) as error:
                    _output.error("a standard cannot be understood", offset=record.offset, why=str(error))
            self._next = batch.next_offset
            self._known.read_to = max(self._known.read_to, batch.next_offset)

    def _put(self, envelope: Envelope, offset: int) -> None:
        refuse_impostor(envelope)
        source, at = source_of(envelope), numbers_of(envelope)
        self._seen[source] = max(self._seen.get(source, NOTHING), at)  # an echo stands behind what came later
        self._known.learn(read_fact(envelope), offset)

    def has_read(self, position: Position) -> bool:
        """Test whether what the source had said at the position is known."""
        return self._seen.get(position.source, NOTHING) >= (position.epoch, position.seq)
