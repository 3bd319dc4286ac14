"""Appending to Kafka: one batch in flight, acknowledged by all replicas in time, or the producer is thrown away."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.structs import TopicPartition

from libs.events.log.kafka_close import discard_producer
from libs.events.log.port import LogUnavailable, Record, RecordTooLarge

BATCH_BYTES_MAX = 1_000_000  # below the broker's default limit of 1 MiB, and counted before compression
CONTENT_TYPE = ("content-type", b"application/cloudevents+json")

SETTINGS: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "zstd",
    "max_batch_size": BATCH_BYTES_MAX,
    "request_timeout_ms": 10_000,
}


class KafkaWriter:
    """A producer that does not outlive an error.

    aiokafka never gives up an idempotent send while the broker is away, and after one rejected batch its sequence
    numbers are wrong for ever.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def append(self, partition: TopicPartition, records: Sequence[Record], timeout: float) -> int:
        """Send the records in order and return the offset of the first."""
        try:
            async with asyncio.timeout(timeout):
                return await _send(await self._started(), partition, records)
        except MessageSizeTooLargeError as error:
            await self.close()
            raise RecordTooLarge(f"topic {partition.topic} takes less than 1 MiB; set max.message.bytes=1048588") from error
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise LogUnavailable(f"Kafka did not acknowledge {partition}: {error!r}") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Throw the producer away; it sends nothing more."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard_producer(producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, **SETTINGS)
                try:
                    await producer.start()
                except BaseException:
                    await discard_producer(producer)
                    raise
                self._producer = producer
            return self._producer


async def _send(producer: AIOKafkaProducer, partition: TopicPartition, records: Sequence[Record]) -> int:
    first, sent = -1, 0
    while sent < len(records):
        batch = producer.create_batch()
        while sent < len(records) and _add(batch, records[sent]):
            sent += 1
        batch.close()
        # Only one in flight: a rejected batch must not be overtaken by the next.
        acknowledged = await (await producer.send_batch(batch, partition.topic, partition=partition.partition))
        first = acknowledged.offset if first < 0 else first
    return first


def _add(batch: Any, record: Record) -> bool:
    headers = [CONTENT_TYPE, ("ce_id", str(record.id).encode()), ("ce_type", record.type.encode())]
    return batch.append(timestamp=None, key=record.key.encode(), value=record.body, headers=headers) is not None
