"""Both real logs through the public HTTP API: what analysts then read is the truth, on the log in PostgreSQL and on Kafka."""

from pathlib import Path

import pytest

from deploy.home import Home
from deploy.process import free_port
from deploy.stack import Stack
from deploy.truth.__main__ import LOGS, prove
from services.__main__ import PORTS
from tests.stack.conftest import needs_data
from tests.stack.running import DATA

pytestmark = needs_data


@pytest.mark.parametrize("kafka", [False, True], ids=["postgres", "kafka"])
async def test_every_figure_and_every_case_is_the_truth(kafka: bool, server_folder: Path) -> None:
    ports = {name: free_port() for name in PORTS}
    with Stack(Home(server_folder / f"truth-{kafka}"), kafka=kafka, ports=ports) as stack:
        assert await prove(stack, list(LOGS), DATA) == 0
