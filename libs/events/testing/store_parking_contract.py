"""What every Store must do about keys set aside. See store_contract."""

from datetime import timedelta

import pytest

from libs.events.store.port import Store
from libs.events.testing.store_contract import AT, C0, ONE, P0, P1, Bench, stored, timer, write


class StoreParkingContract:
    """Inherit, and give the fixture `bench`."""

    @pytest.fixture
    def store(self, bench: Bench) -> Store:
        return bench.store

    async def test_parked_records_wait_in_order_once_and_hide_the_keys_timers(self, store: Store) -> None:
        await write(store, upserts=[timer(ONE, 0, "t", AT)])
        for records in ("5:a", "5:a 9:b", ""):
            async with store.transaction() as transaction:
                await transaction.park(P0, "one", "bad", stored(records))
        (parked,) = await store.parked.all()
        assert (parked.partition, parked.key, parked.error, list(parked.records)) == (P0, "one", "bad", stored("5:a 9:b"))
        assert await store.due({C0: AT + timedelta(days=1)}, 9) == []
        assert (await store.checkpoint(P0, 1)).parked == {"one"}
        async with store.transaction() as transaction:
            await transaction.unpark(P0, "one")
        assert (await store.parked.all(), (await store.checkpoint(P0, 1)).parked) == ([], frozenset())
        assert await store.due({C0: AT + timedelta(days=1)}, 9) == [(P0, ONE)]

    async def test_a_wish_to_retry_stands_until_the_next_error(self, store: Store) -> None:
        async def parked(error: str, records: str) -> tuple[str, bool, int]:
            async with store.transaction() as transaction:
                await transaction.park(P0, "one", error, stored(records))
            (one,) = await store.parked.all()
            return one.error, one.is_asked, len(one.records)

        assert await parked("bad", "1:a") == ("bad", False, 1)
        assert (await store.parked.ask_retry("two"), await store.parked.ask_retry("one")) == (0, 1)
        assert await parked("", "2:b") == ("bad", True, 2), "what merely waits hides neither error nor wish"
        assert await parked("still bad", "") == ("still bad", False, 2)

    async def test_what_a_key_waits_for_stands_until_the_next_error_and_is_counted_apart(self, store: Store) -> None:
        async def park(error: str, waits_for: str = "") -> None:
            async with store.transaction() as transaction:
                await transaction.park(P0, "one", error, stored("1:a"), waits_for)

        await park("waits for x", "x")
        await park("")
        assert [(one.waits_for, one.error) for one in await store.parked.all()] == [("x", "waits for x")]
        assert [(one.name, one.keys) for one in await store.parked.waiting()] == [("x", 1)]
        assert (await store.arrears()).parked == 0
        assert await store.parked.retriable([P0], lambda name: name == "y", 9) == []
        assert await store.parked.retriable([P1], lambda name: name == "x", 9) == []
        assert [one.key for one in await store.parked.retriable([P0], lambda name: name == "x", 9)] == ["one"]
        await park("bad")
        assert (await store.parked.waiting(), (await store.arrears()).parked) == ([], 1)
        assert await store.parked.retriable([P0], lambda name: True, 9) == []
        await store.parked.ask_retry("one")
        assert [one.is_asked for one in await store.parked.retriable([P0], lambda name: False, 9)] == [True]

    async def test_records_given_up_are_kept_with_the_name_of_the_operator_and_the_key_is_free(self, store: Store) -> None:
        for key, records in (("one", "5:a 9:b"), ("two", "")):
            async with store.transaction() as transaction:
                await transaction.park(P0, key, f"bad {key}", stored(records))
            assert await store.parked.ask_drop(key, "anna") == 1
        assert [one.dropped_by for one in await store.parked.retriable([P0], lambda name: False, 9)] == ["anna", "anna"]
        for key in ("one", "two"):
            async with store.transaction() as transaction:
                await transaction.drop(P0, key)
        assert (await store.parked.all(), (await store.checkpoint(P0, 1)).parked) == ([], frozenset())
        found = [(one.partition, one.key, one.error, one.by, list(one.records)) for one in await store.parked.dropped()]
        assert found == [(P0, "one", "bad one", "anna", stored("5:a 9:b")), (P0, "two", "bad two", "anna", [])]
