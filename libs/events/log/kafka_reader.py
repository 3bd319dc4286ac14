"""Reading Kafka: a consumer that stands where it is told and is thrown away when it fails or no longer moves."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError, KafkaError, OffsetOutOfRangeError
from aiokafka.structs import TopicPartition

from libs.events.log.kafka_close import discard_consumer
from libs.events.log.port import LogUnavailable, OffsetOutOfRange, Stored

Found = dict[TopicPartition, tuple[list[Stored], int]]

ANSWER_SECONDS_MAX = 5.0
CHECK_SECONDS = 2.0
REST_SECONDS = 1.0
UNPACKED_AT_ONCE = 500
"""Records: some milliseconds of work, between which others have the loop."""

SETTINGS: dict[str, Any] = {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "check_crcs": True,
    "max_partition_fetch_bytes": 512 << 10,
    "fetch_max_bytes": 2 << 20,
    # A broker answers when this much has come, or after this long: one answer for many small batches costs far less than one
    # for each. Longer would not do, because a waiting fetch also holds up a seek and a question for the ends.
    "fetch_min_bytes": 16 << 10,
    "fetch_max_wait_ms": 100,
}

_TROUBLE = (KafkaError, ConsumerStoppedError, OSError, TimeoutError)


class KafkaReader:
    """One consumer and what it has fetched but not handed out."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None
        self._starting, self._reading = asyncio.Lock(), asyncio.Lock()
        self._next: dict[TopicPartition, int] = {}
        self._fetched: dict[TopicPartition, list[Stored]] = {}
        self._amiss: set[tuple[TopicPartition, int]] = set()
        self._checked_at = self._read_at = 0.0

    async def read(self, positions: Mapping[TopicPartition, int], limit: int, wait: float) -> Found:
        """Return records, and where to read on, of the partitions that have any."""
        if not positions:
            await asyncio.sleep(wait)
            return {}
        async with self._reading:
            try:
                found = await self._read(positions, limit, wait)
                self._read_at = asyncio.get_running_loop().time()
                return found
            except OffsetOutOfRangeError as error:
                await self.close()
                raise OffsetOutOfRange(f"the log does not reach so far, or begins later: {error.args[0]}") from error
            except _TROUBLE as error:
                await self.close()
                raise LogUnavailable(f"Kafka cannot be read: {error!r}") from error

    async def ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offset after the last record of each partition."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                consumer = await self._started()
                self._rest(consumer)
                return dict(await consumer.end_offsets(partitions))
        except _TROUBLE as error:
            await self.close()
            raise LogUnavailable(f"Kafka does not say where it ends: {error!r}") from error

    async def close(self) -> None:
        """Throw the consumer away."""
        consumer, self._consumer = self._consumer, None
        self._next, self._fetched, self._amiss = {}, {}, set()
        if consumer is not None:
            await discard_consumer(consumer)

    async def _started(self) -> AIOKafkaConsumer:
        async with self._starting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, **SETTINGS)
                try:
                    async with asyncio.timeout(ANSWER_SECONDS_MAX):
                        await consumer.start()
                except BaseException:
                    await discard_consumer(consumer)
                    raise
                self._consumer = consumer
            return self._consumer

    async def _read(self, positions: Mapping[TopicPartition, int], limit: int, wait: float) -> Found:
        consumer = await self._started()
        self._stand_at(consumer, positions)
        if not any(self._fetched.values()):
            await self._unpack(consumer, limit * len(positions), wait)
        if found := await self._hand_out(consumer, limit):
            self._amiss.clear()
        else:
            await self._check()
        return found

    async def _unpack(self, consumer: AIOKafkaConsumer, most: int, wait: float) -> None:
        """Take out what was fetched: what stays inside stops the fetching of other partitions."""
        # Straight into `_fetched`, because the consumer has moved behind it and a read may end at any await.
        for turn in range(-(-most // UNPACKED_AT_ONCE)):
            some = await consumer.getmany(timeout_ms=0 if turn else int(wait * 1000), max_records=UNPACKED_AT_ONCE)
            for partition, records in some.items():
                stored = [Stored(r.offset, _text(r.key), r.value or b"") for r in records]
                self._fetched.setdefault(partition, []).extend(stored)
            if sum(map(len, some.values())) < UNPACKED_AT_ONCE:
                break
            await asyncio.sleep(0)

    def _stand_at(self, consumer: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]) -> None:
        if self._next.keys() != positions.keys():
            consumer.assign(list(positions))
            self._next, self._fetched = {}, {}
        for partition, position in positions.items():
            if self._next.get(partition) != position:
                consumer.seek(partition, position)
                self._next[partition] = position
                self._fetched.pop(partition, None)

    def _rest(self, consumer: AIOKafkaConsumer) -> None:
        """Fetch nothing any more when nobody has read for some time; aiokafka would ask the broker for ever."""
        is_idle = asyncio.get_running_loop().time() > self._read_at + REST_SECONDS
        if self._next and is_idle and not self._reading.locked():
            consumer.unsubscribe()
            self._next, self._fetched = {}, {}

    async def _hand_out(self, consumer: AIOKafkaConsumer, limit: int) -> Found:
        found: Found = {}
        for partition in self._next:
            fetched = self._fetched.pop(partition, [])
            records, rest = fetched[:limit], fetched[limit:]
            if rest:
                self._fetched[partition] = rest
            # Behind the last record may stand marks of transactions; only the consumer knows that it passed them.
            next_offset = rest[0].offset if rest else await consumer.position(partition)
            if next_offset > self._next[partition]:
                self._next[partition] = next_offset
                found[partition] = records, next_offset
        return found

    async def _check(self) -> None:
        """Say so when silence is not the end of the log: aiokafka hides a lost broker, and at times gets stuck."""
        now = asyncio.get_running_loop().time()
        if now - self._checked_at < CHECK_SECONDS:
            return
        self._checked_at = now
        ends = await self.ends(list(self._next))
        before, self._amiss = self._amiss, {(at, position) for at, position in self._next.items() if ends[at] != position}
        lasting = dict(before & self._amiss)  # once may be a record that has just come, or a leader that has just changed
        if beyond := {at: position for at, position in lasting.items() if ends[at] < position}:
            raise OffsetOutOfRangeError(beyond)
        if lasting:
            raise KafkaError(f"the consumer does not move on at {lasting}")


def _text(key: bytes | None) -> str:
    return (key or b"").decode(errors="replace")
