"""The Kafka log keeps the contract on a real broker, refuses unfit topics, and survives the broker."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.kafka import KafkaBroker
from deploy.process import free_port
from libs.events.log.kafka import KafkaLog
from libs.events.log.opening import open_log
from libs.events.log.port import Log, LogUnavailable, OffsetOutOfRange, UnfitTopic, guard
from libs.events.testing.log_contract import P0, TOPIC, LogContract, LogFactory, read_on, record, values

FIT = {"retention.ms": "-1", "retention.bytes": "-1", "message.timestamp.type": "LogAppendTime"}


class TestKafkaLog(LogContract):
    @pytest.fixture
    async def log_factory(self, kafka_url: str) -> AsyncIterator[LogFactory]:
        opened: list[Log] = []

        def client() -> Log:
            opened.append(open_log(kafka_url))
            return opened[-1]

        yield client
        for log in opened:
            await log.close()


@pytest.fixture
async def log(kafka_url: str) -> AsyncIterator[Log]:
    log = open_log(kafka_url)
    await log.create(TOPIC)
    yield log
    await log.close()


async def test_a_read_that_is_cancelled_takes_nothing_away(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.events.log.kafka_reader.UNPACKED_AT_ONCE", 5)  # many awaits to be cancelled at
    await log.append(P0, [record(str(n)) for n in range(1_000)])
    for n in range(60):
        reading = asyncio.create_task(log.read({P0: 0}, limit=5_000, wait=1.0))
        await asyncio.sleep(0.002 * n)
        reading.cancel()
        await asyncio.wait([reading])
        batches = await log.read({P0: 0}, limit=5, wait=1.0)
        assert [values(batch.records) for batch in batches] == [[str(n) for n in range(5)]]


def topic_of(kafka_url: str) -> str:
    return kafka_url.rsplit("/", 1)[1] + "cases"


@pytest.mark.parametrize(
    ("why", "setting", "broken", "says"),
    [
        ("facts would expire", "retention.ms", "604800000", "retention_ms is 604800000, must be -1"),
        ("facts would be cut off", "retention.bytes", "1000000", "retention_bytes is 1000000, must be -1"),
        ("facts would be overwritten", "cleanup.policy", "compact", "cleanup_policy is compact, must be delete"),
        ("facts would be both", "cleanup.policy", "compact,delete", "cleanup_policy is compact,delete, must be delete"),
        ("old facts would expire at once", "message.timestamp.type", "CreateTime", "timestamp_type is CreateTime, must"),
    ],
)  # fmt: skip
async def test_a_topic_broken_on_the_broker_is_refused(
    kafka: KafkaBroker, kafka_url: str, log: Log, why: str, setting: str, broken: str, says: str
) -> None:
    await guard(log, TOPIC)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    # This call sets every setting: the others stay fit.
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic_of(kafka_url), {**FIT, setting: broken})])
    await admin.close()
    refused = await refusal(log)
    assert says in refused
    assert refused.count("must be") == 1
    assert "deploy/topics.yaml" in refused


async def refusal(log: Log) -> str:
    """Return why the guard refuses; a broker learns of a changed setting a moment after it is told."""
    for _ in range(100):
        try:
            await guard(log, TOPIC)
        except UnfitTopic as error:
            return str(error)
        await asyncio.sleep(0.1)
    raise AssertionError("the guard let a broken topic pass")


async def test_partitions_added_on_the_broker_are_refused(kafka: KafkaBroker, kafka_url: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic_of(kafka_url), 4, 1, topic_configs=FIT)])
    await admin.close()
    log = open_log(kafka_url)
    await log.create(TOPIC)
    with pytest.raises(UnfitTopic, match="partitions is 4, must be 3"):
        await guard(log, TOPIC)
    await log.close()


async def test_marks_of_transactions_are_holes_that_a_reader_passes(kafka: KafkaBroker, kafka_url: str, log: Log) -> None:
    await log.append(P0, [record("before")])
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=kafka_url)
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(topic_of(kafka_url), b"committed", partition=0)
    await producer.begin_transaction()
    await producer.send_and_wait(topic_of(kafka_url), b"aborted", partition=0)
    await producer.abort_transaction()
    await producer.stop()
    await log.append(P0, [record("after")])
    found, position = await read_on(log, P0)
    assert values(found) == ["before", "committed", "after"]
    assert found[2].offset - found[1].offset > 1
    assert position == (await log.ends("cases"))[P0]


async def test_a_reader_arrives_at_an_end_that_is_a_mark(kafka: KafkaBroker, kafka_url: str, log: Log) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=kafka_url)
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(topic_of(kafka_url), b"committed", partition=0)
    await producer.stop()
    found, position = await read_on(log, P0)
    assert values(found) == ["committed"]
    assert position == (await log.ends("cases"))[P0] == 2


async def test_a_client_that_has_read_for_now_fetches_nothing_and_reads_on_where_it_is_told(
    kafka_url: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.events.log.kafka_reader.REST_SECONDS", 0.0)
    assert isinstance(log, KafkaLog)
    await log.append(P0, [record("a"), record("b")])
    assert values((await read_on(log, P0))[0]) == ["a", "b"]
    consumer = await log._reader._started()
    assert consumer.assignment()
    assert (await log.ends(P0.topic))[P0] == 2
    assert not consumer.assignment()
    await log.append(P0, [record("c")])
    assert values((await read_on(log, P0, 1))[0]) == ["b", "c"]


@pytest.mark.parametrize(
    ("why", "position", "error", "says"),
    [
        ("there is something to read", 1, LogUnavailable, "does not move on"),
        ("the log is shorter than that", 3, OffsetOutOfRange, "does not reach so far"),
    ],
)
async def test_a_consumer_that_is_stuck_is_found_out_and_replaced(
    log: Log, monkeypatch: pytest.MonkeyPatch, why: str, position: int, error: type[Exception], says: str
) -> None:
    monkeypatch.setattr("libs.events.log.kafka_reader.CHECK_SECONDS", 0.1)
    assert isinstance(log, KafkaLog)
    await log.append(P0, [record("a"), record("b")])
    monkeypatch.setattr(await log._reader._started(), "getmany", AsyncMock(return_value={}))
    assert not await log.read({P0: 2}, wait=0.1)
    with pytest.raises(error, match=says):
        await silence(log, position)
    assert values((await read_on(log, P0))[0]) == ["a", "b"]


async def silence(log: Log, position: int) -> None:
    for _ in range(20):
        await asyncio.sleep(0.1)
        assert not await log.read({P0: position}, wait=0.0)


async def test_each_record_says_on_the_wire_what_it_is(kafka: KafkaBroker, kafka_url: str, log: Log) -> None:
    from aiokafka import AIOKafkaConsumer, TopicPartition

    sent = record("a", "key")
    await log.append(P0, [sent])
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    consumer.assign([TopicPartition(topic_of(kafka_url), 0)])
    await consumer.seek_to_beginning()
    message = await consumer.getone()
    await consumer.stop()
    assert (message.key, message.value, message.timestamp_type) == (b"key", b"a", 1)
    assert dict(message.headers) == {
        "content-type": b"application/cloudevents+json",
        "ce_id": str(sent.id).encode(),
        "ce_type": b"case.registered.v1",
    }


async def test_a_cluster_that_is_away_is_unavailable_not_empty() -> None:
    log = KafkaLog(f"127.0.0.1:{free_port()}")
    for ask in (log.ends("cases"), log.read({P0: 0}), log.append(P0, [record("a")]), log.create(TOPIC)):
        with pytest.raises(LogUnavailable, match="Kafka"):
            await ask
    await log.close()


@pytest.fixture
def frail(kafka: KafkaBroker, server_folder: Path) -> Iterator[KafkaBroker]:
    """A broker to break."""
    with KafkaBroker(server_folder / "frail") as broker:
        yield broker


async def test_a_killed_or_paused_broker_is_unavailable_in_time_and_clients_go_on_without_being_told(
    frail: KafkaBroker,
) -> None:
    log = open_log(frail.url)
    await log.create(TOPIC)
    await log.append(P0, [record("first")])
    frail.pause()
    with pytest.raises(LogUnavailable):
        await log.append(P0, [record("paused")], timeout=0.5)
    frail.resume()
    await append_until_acknowledged(log, "after the pause")

    _, end = await read_on(log, P0)
    frail.kill()
    with pytest.raises(LogUnavailable):
        await log.append(P0, [record("killed")], timeout=0.5)
    with pytest.raises(LogUnavailable):
        await read_for_ten_seconds(log, end)
    await asyncio.to_thread(frail.start)
    await append_until_acknowledged(log, "after the kill")

    found = values((await read_on(log, P0))[0])
    assert [one for one in dict.fromkeys(found) if one not in {"paused", "killed"}] == [
        "first",
        "after the pause",
        "after the kill",
    ]
    await log.close()


async def append_until_acknowledged(log: Log, value: str) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await log.append(P0, [record(value)], timeout=3.0)
                return
            except LogUnavailable:
                await asyncio.sleep(0.1)


async def read_for_ten_seconds(log: Log, position: int) -> None:
    for _ in range(20):
        await log.read({P0: position}, wait=0.5)
