"""A few runs of the random faults on each log, with seeds that never change; `make faults` does as many as you like."""

from random import Random

import pytest

from tests.faults.driver import run_once
from tests.faults.house import House, some_twins
from tests.stack.running import started

RUNS, SEED = 3, 7


@pytest.mark.parametrize("kafka", [False, True], ids=["postgres", "kafka"])
async def test_nothing_is_lost_or_counted_twice_by_any_mishap(server_folder, kafka):
    house = House(server_folder / f"fire-{kafka}", some_twins(Random(SEED)), kafka=kafka, module="services")
    with started(house):
        outcomes = [await run_once(house, SEED, run, rebuilds=run == RUNS - 1) for run in range(RUNS)]
    assert [complaint for one in outcomes for complaint in one.complaints] == []
    assert sum(one.numbers()["acknowledged"] for one in outcomes) > RUNS
    assert sum(one.mishaps().total() for one in outcomes) >= RUNS
