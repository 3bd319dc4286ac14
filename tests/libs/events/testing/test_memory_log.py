"""The memory log keeps the contract, with holes and without."""

import pytest

from libs.events.log.opening import open_log
from libs.events.log.port import TopicSettings, UnfitTopic, guard
from libs.events.testing.log_contract import TOPIC, LogContract, LogFactory
from libs.events.testing.memory_log import Broker, MemoryLog

pytestmark = pytest.mark.slow


class TestMemoryLog(LogContract):
    @pytest.fixture(params=[1, 3], ids=["dense", "holes"])
    def log_factory(self, request: pytest.FixtureRequest) -> LogFactory:
        broker = Broker(stride=request.param)
        return lambda: MemoryLog(broker)


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("facts would expire", {"retention_ms": 604_800_000}),
        ("facts would be cut off", {"retention_bytes": 1_000}),
        ("facts would be overwritten by later ones of the case", {"cleanup_policy": "compact"}),
        ("old facts would expire at once", {"timestamp_type": "CreateTime"}),
    ],
)
async def test_an_unfit_topic_is_refused_naming_what_to_set(why: str, wrong: dict[str, object]) -> None:
    log = MemoryLog()
    await log.create(TopicSettings("cases", 3, **wrong))  # type: ignore[arg-type]
    [(name, value)] = wrong.items()
    with pytest.raises(UnfitTopic, match=f"{name} is {value}, must be {getattr(TOPIC, name)}"):
        await guard(log, TOPIC)


def test_an_address_of_no_log_is_refused_with_examples() -> None:
    with pytest.raises(ValueError, match=r"kafka://host:port"):
        open_log("amqp://nowhere")
