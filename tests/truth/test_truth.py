"""Real logs through the public HTTP API: what analysts then read is the truth, on the log in PostgreSQL and on Kafka.

Each log is proved on one engine, the smallest on both; `make truth` and `make truth KAFKA=1` prove all on each.
"""

from pathlib import Path

import pytest

from deploy.home import Home
from deploy.truth.__main__ import bare, prove
from deploy.truth.logs import LOGS
from tests.real_logs import DATA

ON_POSTGRES = ["uci498", "helpdesk"]
ON_KAFKA = ["helpdesk", "boston311"]


@pytest.mark.parametrize(("kafka", "names"), [(False, ON_POSTGRES), (True, ON_KAFKA)], ids=["postgres", "kafka"])
async def test_every_figure_and_every_case_is_the_truth(kafka: bool, names: list[str], server_folder: Path) -> None:
    with bare(Home(server_folder / f"truth-{kafka}"), kafka=kafka) as stack:
        assert await prove(stack, names, DATA) == 0


def test_no_log_is_left_out() -> None:
    assert {*ON_POSTGRES, *ON_KAFKA} == LOGS.keys()
