"""The Kafka broker we start ourselves: its data and address survive a kill, a pause is no death."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka import KafkaBroker, KafkaFailed


@pytest.fixture(scope="module")
def broker(kafka: KafkaBroker, server_folder: Path) -> Iterator[KafkaBroker]:
    with KafkaBroker(server_folder / "own-kafka") as own:
        yield own


async def topics(broker: KafkaBroker, create: str = "") -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        if create:
            await admin.create_topics([NewTopic(create, 1, 1)])
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def test_topics_and_address_survive_a_kill(broker: KafkaBroker) -> None:
    await topics(broker, create="kept")
    address = broker.bootstrap
    broker.kill()
    assert not broker.is_running()
    broker.start()
    assert broker.bootstrap == address
    assert "kept" in await topics(broker)


async def test_a_paused_broker_lives_and_goes_on(broker: KafkaBroker) -> None:
    broker.pause()
    assert broker.is_running()
    broker.resume()
    assert "kept" in await topics(broker)


def test_another_handle_finds_the_running_broker(broker: KafkaBroker) -> None:
    other = KafkaBroker(broker.folder)
    assert other.is_running()
    assert other.bootstrap == broker.bootstrap


def test_a_start_that_fails_quotes_the_log(kafka: KafkaBroker, server_folder: Path) -> None:
    with pytest.raises(KafkaFailed, match="Address already in use"):
        KafkaBroker(server_folder / "taken", port=kafka.port).start()
