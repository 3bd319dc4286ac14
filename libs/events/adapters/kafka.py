"""The log in Kafka: an idempotent producer with a deadline of our own, a consumer without groups, topics kept for ever."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, TopicPartition

from libs.events.adapters.kafka_topics import KafkaTopics
from libs.events.adapters.limits import RecordTooLarge, refuse_large
from libs.events.log import Batch, LogUnavailable, OffsetOutOfRange, Partition, Record, Stored, TopicSettings

BATCH_BYTES_MAX = 1_000_000  # below the broker's default limit of 1 MiB, counted before compression
ANSWER_SECONDS_MAX = 10.0
HEALTH_SECONDS = 2.0
CONTENT_TYPE = ("content-type", b"application/cloudevents+json")

CONSUMER = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "check_crcs": True,
    "max_partition_fetch_bytes": 2 << 20,
    "fetch_max_bytes": 8 << 20,
    "fetch_max_wait_ms": 100,  # a long poll also holds up a seek and a question for the ends
}
PRODUCER = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "zstd",
    "max_batch_size": BATCH_BYTES_MAX,
    "request_timeout_ms": 10_000,
}


class KafkaLog:
    """A client of a Kafka cluster. Topics are named `prefix` + topic there."""

    def __init__(self, bootstrap: str, *, prefix: str = "") -> None:
        self._bootstrap, self._prefix = bootstrap, prefix
        self._topics = KafkaTopics(bootstrap, prefix)
        self._writer = KafkaWriter(bootstrap)
        self._reader = KafkaReader(bootstrap)

    async def create(self, topic: TopicSettings) -> None:
        """Create the topic unless it exists, on three brokers where there are three."""
        await self._topics.create(topic)

    async def describe(self, topic: str) -> TopicSettings:
        """Return the topic's settings as the cluster has them now."""
        return await self._topics.describe(topic)

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        """Append all records in order and return the first offset.

        They land whole or not at all while they fit into one batch of Kafka's (1 MB); of more, the first ones may land.
        """
        refuse_large(records)
        await self._topics.count(partition.topic)
        return await self._writer.append(self._there(partition), records, timeout)

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        """Return what follows the positions, at most `limit` records of each partition; empty after `wait` seconds."""
        for topic in {at.topic for at in positions}:
            await self._topics.count(topic)
        there = {self._there(at): (at, position) for at, position in positions.items()}
        found = await self._reader.read({tp: position for tp, (_, position) in there.items()}, limit, wait)
        return [Batch(there[tp][0], records, next_offset) for tp, (records, next_offset) in found.items()]

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        """Return the offset after the last record of every partition."""
        partitions = [Partition(topic, number) for number in range(await self._topics.count(topic))]
        ends = await self._reader.ends([self._there(at) for at in partitions])
        return {at: ends[self._there(at)] for at in partitions}

    async def close(self) -> None:
        """Let go of connections; what is not acknowledged yet may or may not land."""
        await self._writer.close()
        await self._reader.close()

    def _there(self, partition: Partition) -> TopicPartition:
        return TopicPartition(self._prefix + partition.topic, partition.number)


class KafkaWriter:
    """A producer that is thrown away after any error.

    aiokafka never gives up an idempotent send while the broker is away, and after one rejected batch its sequence
    numbers are wrong for ever.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def append(self, partition: TopicPartition, records: Sequence[Record], timeout: float) -> int:
        """Send the records in order, one batch in flight."""
        try:
            async with asyncio.timeout(timeout):
                producer = await self._started()
                return await _send(producer, partition, records)
        except MessageSizeTooLargeError as error:
            await self.close()
            raise RecordTooLarge(f"topic {partition.topic}: {error}; raise its max.message.bytes to 1048588") from error
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise LogUnavailable(f"Kafka did not acknowledge {partition}: {error!r}") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Throw the producer away so that it sends nothing more."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _abandon(producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, **PRODUCER)
                try:
                    await producer.start()
                except BaseException:
                    await _abandon(producer)
                    raise
                self._producer = producer
            return self._producer


async def _send(producer: AIOKafkaProducer, partition: TopicPartition, records: Sequence[Record]) -> int:
    first, left = -1, list(records)
    while left:
        batch = producer.create_batch()
        taken = 0
        while taken < len(left) and _add(batch, left[taken]):
            taken += 1
        del left[:taken]
        batch.close()
        acknowledged = await (await producer.send_batch(batch, partition.topic, partition=partition.partition))
        first = int(acknowledged.offset) if first < 0 else first
    return first


def _add(batch: object, record: Record) -> bool:
    headers = [CONTENT_TYPE, ("ce_id", record.id.encode()), ("ce_type", record.type.encode())]
    return bool(batch.append(timestamp=None, key=record.key.encode(), value=record.value, headers=headers))  # type: ignore[attr-defined]


async def _abandon(producer: AIOKafkaProducer) -> None:
    # producer.stop() would first wait for the broker to take what is pending: for ever while it is away.
    producer._closed = True
    sender = producer._sender.sender_task
    if sender is not None:
        sender.cancel()
    producer._message_accumulator.fail_all(KafkaError("the producer was given up"))
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.client.close(), 1.0)


class KafkaReader:
    """A consumer that stands where it is told, and is thrown away when it stops moving.

    aiokafka hides a lost broker from getmany, so silence is checked: are the ends known, and were they reached?
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None
        self._starting, self._reading = asyncio.Lock(), asyncio.Lock()
        self._next: dict[TopicPartition, int] = {}
        self._fetched: dict[TopicPartition, list[ConsumerRecord]] = {}
        self._checked_at = 0.0
        self._stuck: dict[TopicPartition, int] = {}

    async def read(
        self, positions: Mapping[TopicPartition, int], limit: int, wait: float
    ) -> dict[TopicPartition, tuple[list[Stored], int]]:
        """Return records and where to read on, for each partition that has any."""
        if not positions:
            await asyncio.sleep(wait)
            return {}
        async with self._reading:
            try:
                consumer = await self._standing_at(positions)
                found = self._take(positions, limit)
                if not found:
                    await self._fetch(consumer, wait)
                    found = self._take(positions, limit)
                if not found:
                    await self._check(positions)
                return found
            except OffsetOutOfRangeError as error:
                await self.close()
                raise OffsetOutOfRange(f"the log does not reach, or no longer has, {error.args[0]}") from error
            except (KafkaError, OSError, TimeoutError) as error:
                await self.close()
                raise LogUnavailable(f"Kafka cannot be read: {error!r}") from error

    async def ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offset after the last record of each partition."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                ends: dict[TopicPartition, int] = await (await self._started()).end_offsets(partitions)
                return ends
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise LogUnavailable(f"Kafka does not tell its ends: {error!r}") from error

    async def close(self) -> None:
        """Throw the consumer away."""
        consumer, self._consumer = self._consumer, None
        self._next, self._fetched, self._stuck = {}, {}, {}
        if consumer is not None:
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(consumer.stop(), 2.0)

    async def _started(self) -> AIOKafkaConsumer:
        async with self._starting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=None, **CONSUMER)
                try:
                    async with asyncio.timeout(ANSWER_SECONDS_MAX):
                        await consumer.start()
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
            return self._consumer

    async def _standing_at(self, positions: Mapping[TopicPartition, int]) -> AIOKafkaConsumer:
        consumer = await self._started()
        if self._next.keys() != positions.keys():
            consumer.assign(list(positions))
            self._next, self._fetched, self._stuck = {}, {}, {}
        for partition, position in positions.items():
            if self._next.get(partition) != position:
                consumer.seek(partition, position)
                self._next[partition] = position
                self._fetched.pop(partition, None)
        return consumer

    async def _fetch(self, consumer: AIOKafkaConsumer, wait: float) -> None:
        fetched = await consumer.getmany(timeout_ms=max(1, int(wait * 1000)))
        for partition, records in fetched.items():
            self._fetched.setdefault(partition, []).extend(records)
