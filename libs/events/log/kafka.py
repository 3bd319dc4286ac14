"""The log in Kafka: topics kept for ever, a producer with deadlines of our own, a consumer without groups."""

import logging
from collections.abc import Mapping, Sequence

from aiokafka.structs import TopicPartition

from libs.events.log.kafka_reader import KafkaReader
from libs.events.log.kafka_topics import KafkaTopics
from libs.events.log.kafka_writer import KafkaWriter
from libs.events.log.port import Batch, Partition, Record, TopicSettings, refuse_large

# aiokafka shouts ten times a second while a broker is away; LogUnavailable says it once to the caller.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


class KafkaLog:
    """See libs.events.log.port.Log. A client of a Kafka cluster; topics are named `prefix` + topic there."""

    def __init__(self, bootstrap: str, *, prefix: str = "") -> None:
        self._prefix = prefix
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
        await self._topics.require(partition)
        return await self._writer.append(self._there(partition), records, timeout)

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        for partition in positions:
            await self._topics.require(partition)
        here = {self._there(partition): partition for partition in positions}
        found = await self._reader.read({there: positions[here[there]] for there in here}, limit, wait)
        return [Batch(here[there], records, next_offset) for there, (records, next_offset) in found.items()]

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        count = await self._topics.count(topic)
        here = {self._there(at): at for at in (Partition(topic, number) for number in range(count))}
        return {here[there]: end for there, end in (await self._reader.ends(list(here))).items()}

    async def close(self) -> None:
        """Let go of connections; what is not acknowledged yet may or may not land."""
        await self._writer.close()
        await self._reader.close()

    def _there(self, partition: Partition) -> TopicPartition:
        return TopicPartition(self._prefix + partition.topic, partition.number)
