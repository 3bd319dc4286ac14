"""Kafka's topics: made so that they keep everything, and described as the cluster has them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from libs.events.log.port import LogUnavailable, Partition, TopicSettings, UnfitTopic

ANSWER_SECONDS_MAX = 15.0
REPLICAS = 3
LEADER_POLLS_MAX = 200
MESSAGE_BYTES_MAX = 1_048_588


class KafkaTopics:
    """What is asked of a cluster rarely, each time over a connection of its own."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._bootstrap, self._prefix = bootstrap, prefix
        self._counts: dict[str, int] = {}  # fixed for good, so asked once

    async def create(self, topic: TopicSettings) -> None:
        """Create the topic unless it exists, and wait until each partition has a leader."""
        async with self._admin() as admin:
            brokers = len((await admin.describe_cluster())["brokers"])
            replicas = REPLICAS if brokers >= REPLICAS else 1
            new = NewTopic(self._prefix + topic.name, topic.partitions, replicas, topic_configs=_configs(topic, replicas))
            for _, code, text in (await admin.create_topics([new])).topic_errors:
                if for_code(code) not in (NoError, TopicAlreadyExistsError):
                    raise UnfitTopic(f"Kafka did not create topic {new.name}: {for_code(code).__name__} {text}")
            await self._until_led(admin, topic.name)

    async def describe(self, topic: str) -> TopicSettings:
        """Return the topic's settings; say so when there is none."""
        async with self._admin() as admin:
            partitions = await self._partitions(admin, topic)
            answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, self._prefix + topic)])
        if not partitions:
            raise self._missing(topic)
        entries = answers[0].resources[0][4]
        config = {entry[0]: entry[1] for entry in entries}
        return TopicSettings(
            topic,
            len(partitions),
            retention_ms=int(config["retention.ms"]),
            retention_bytes=int(config["retention.bytes"]),
            cleanup_policy=config["cleanup.policy"],
            timestamp_type=config["message.timestamp.type"],
        )

    async def count(self, topic: str) -> int:
        """Return the topic's number of partitions; say so when there is no such topic."""
        if topic not in self._counts:
            async with self._admin() as admin:
                partitions = await self._partitions(admin, topic)
            if not partitions:
                raise self._missing(topic)
            self._counts[topic] = len(partitions)
        return self._counts[topic]

    async def require(self, partition: Partition) -> None:
        """Say so when there is no such partition."""
        if partition.number >= await self.count(partition.topic):
            raise UnfitTopic(f"topic {self._prefix}{partition.topic} has no partition {partition.number}")

    async def _until_led(self, admin: AIOKafkaAdminClient, topic: str) -> None:
        for _ in range(LEADER_POLLS_MAX):
            partitions = await self._partitions(admin, topic)
            if partitions and all(partition["leader"] >= 0 for partition in partitions):
                return
            await asyncio.sleep(0.05)
        raise KafkaError(f"topic {topic} has partitions without a leader")

    async def _partitions(self, admin: AIOKafkaAdminClient, topic: str) -> list[Any]:
        # All topics are asked for, because asking for one by name makes it where the broker may create topics.
        name = self._prefix + topic
        return next((found["partitions"] for found in await admin.describe_topics() if found["topic"] == name), [])

    def _missing(self, topic: str) -> UnfitTopic:
        return UnfitTopic(f"topic {self._prefix}{topic} does not exist in this cluster; create it first")

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                await admin.start()
                yield admin
        except (KafkaError, OSError, TimeoutError) as error:
            raise LogUnavailable(f"Kafka at {self._bootstrap}: {error!r}") from error
        finally:
            await admin.close()


def _configs(topic: TopicSettings, replicas: int) -> dict[str, str]:
    return {
        "retention.ms": str(topic.retention_ms),
        "retention.bytes": str(topic.retention_bytes),
        "cleanup.policy": topic.cleanup_policy,
        "message.timestamp.type": topic.timestamp_type,
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
        "min.insync.replicas": str(max(1, replicas - 1)),
        "unclean.leader.election.enable": "false",
        "compression.type": "producer",
    }
