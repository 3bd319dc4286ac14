"""What every Store must do about the watermark: only its owner says until when a partition is applied, and the least counts."""

from datetime import datetime, timedelta

import pytest

from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.port import Store
from libs.events.store.values import Advance, Applied
from libs.events.testing.store_contract import AT, P0, P1, Bench


async def noted(store: Store, *applied: Applied) -> set[Partition]:
    async with store.transaction() as transaction:
        return set(await transaction.note_applied(applied))


async def watermark(store: Store, *topics: str) -> datetime | None:
    async with store.transaction() as transaction:
        return await transaction.watermark(topics)


class StoreWatermarkContract:
    """Inherit, and give the fixture `bench`."""

    @pytest.fixture
    def store(self, bench: Bench) -> Store:
        return bench.store

    async def test_until_when_a_partition_is_applied_only_grows_under_any_owner(self, store: Store) -> None:
        earlier, later = AT - timedelta(hours=1), AT + timedelta(hours=1)
        assert (await store.checkpoint(P0, 1)).applied_until is None
        assert await noted(store, Applied(P0, 1, 0, AT), Applied(P1, 1, 0, AT)) == {P0}, "nobody reads the other one yet"
        assert await noted(store, Applied(P0, 1, 0, earlier)) == await noted(store, Applied(P0, 1, 0, AT)) == set()
        assert (await store.checkpoint(P0, 2)).applied_until == AT, "the next owner knows what the last one knew"
        assert await noted(store, Applied(P0, 2, 0, earlier)) == set()
        async with store.transaction() as transaction:
            await transaction.advance([Advance(P0, 2, 0, 5, {})])
        assert await noted(store, Applied(P0, 2, 4, later)) == {P0}, "what was known before a batch holds behind it"
        assert (await store.checkpoint(P0, 2)).applied_until == later

    @pytest.mark.parametrize(
        ("lease_epoch", "next_offset", "why"),
        [(1, 0, "an older lease"), (3, 0, "a lease not taken"), (2, 1, "what it read is not there, as after a restore")],
    )
    async def test_an_instance_says_nothing_of_a_partition_it_does_not_own(
        self, store: Store, lease_epoch: int, next_offset: int, why: str
    ) -> None:
        await store.checkpoint(P0, 2)
        await store.checkpoint(P1, 2)
        assert await noted(store, Applied(P0, lease_epoch, next_offset, AT), Applied(P1, 2, 0, AT)) == {P1}, why
        assert (await store.checkpoint(P0, 2)).applied_until is None, why

    async def test_the_watermark_is_the_least_of_all_partitions_and_none_while_one_was_not_read(self, store: Store) -> None:
        every = [Partition("cases", number) for number in range(PARTITIONS["cases"])]
        for partition in every:
            await store.checkpoint(partition, 1)
        assert await watermark(store, "cases") is None
        hours = {at: AT + timedelta(hours=5 - at.number) for at in every}
        await noted(store, *(Applied(at, 1, 0, hours[at]) for at in every[:-1]))
        assert await watermark(store, "cases") is None, "nobody has ever come to the end of the last one"
        await noted(store, Applied(every[-1], 1, 0, hours[every[-1]]))
        assert await watermark(store, "cases") == hours[every[-1]]
        await noted(store, Applied(every[-1], 1, 0, hours[every[0]]))
        assert await watermark(store, "cases") == hours[every[-2]]
        assert await watermark(store, "cases", "standards") is None
        await store.checkpoint(Partition("standards", 0), 1)
        await noted(store, Applied(Partition("standards", 0), 1, 0, AT - timedelta(days=1)))
        assert await watermark(store, "cases", "standards") == AT - timedelta(days=1)

    async def test_the_watermark_of_a_service_that_reads_nothing_is_now(self, store: Store) -> None:
        before, at = await store.now(), await watermark(store)
        assert at is not None and before <= at <= await store.now()
