"""The store in memory keeps the contract that PostgreSQL keeps."""

from datetime import timedelta

import pytest

from libs.events.testing.clocks import StoppedClock
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.store_contract import AT, Bench, StoreContract
from libs.events.testing.store_numbers_contract import StoreNumbersContract
from libs.events.testing.store_parking_contract import StoreParkingContract
from libs.events.testing.store_watermark_contract import StoreWatermarkContract


@pytest.fixture
async def bench():
    clock = StoppedClock(AT)
    store = MemoryStore("intake", clock)

    async def rows(table):
        return store.memory.tables.get(table, {})

    async def lapse():
        clock.advance(timedelta(seconds=11))

    return Bench(store, rows, lapse)


class TestMemoryStore(StoreContract):
    """Tables, states, rows, timers, answers."""


class TestMemoryStoreNumbers(StoreNumbersContract):
    """Numbers, leases, checkpoints."""


class TestMemoryStoreWatermark(StoreWatermarkContract):
    """Until when partitions are applied."""


class TestMemoryStoreParking(StoreParkingContract):
    """Keys that are set aside."""
