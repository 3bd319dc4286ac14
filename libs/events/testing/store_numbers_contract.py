"""What every Store must do about numbers, leases and checkpoints: gap-free, in commit order, and only by the owner."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from libs.events.log.port import Partition
from libs.events.store.port import Conflict, Fenced, Store
from libs.events.store.values import SOMEWHERE, Advance, Cursor, Numbered, Position, Rewind, Whereabouts
from libs.events.testing.store_contract import P0, P1, Bench, event, id_of, record
from libs.events.words.now import derived_id

A, B, C = (derived_id("instance", name) for name in "abc")
FOUR = [Partition("cases", number) for number in range(4)]


async def append(store: Store, *names: object, partition: Partition = P0) -> list[int]:
    """Append events in one transaction, trying again while others are quicker; return their numbers."""
    while True:
        try:
            async with store.transaction() as transaction:
                appended = await transaction.append([event(name, partition) for name in names])
            return [appended.positions[id_of(name)].seq for name in names]
        except Conflict:
            await asyncio.sleep(0)


async def numbered(store: Store, partition: Partition = P0, epoch: int = 1) -> list[tuple[int, bytes]]:
    found = await store.outbox.after({partition: Cursor(epoch, -1, 0)}, 1_000)
    return [(one.seq, one.record.body) for one in found.get(partition, ())]


class StoreNumbersContract:
    """Inherit, and give the fixture `bench`."""

    @pytest.fixture
    def store(self, bench: Bench) -> Store:
        return bench.store

    async def test_events_are_numbered_by_partition_without_gaps_in_the_order_given(self, store: Store) -> None:
        assert await append(store, "a", "b") == [0, 1]
        assert await append(store, "x", partition=P1) == [0]
        assert await append(store, "c") == [2]
        assert await numbered(store) == [(0, b"body a"), (1, b"body b"), (2, b"body c")]
        assert (await store.outbox.counter(P0), await store.outbox.counter(P1)) == ((1, 3), (1, 1))

    async def test_an_event_comes_out_of_the_outbox_as_it_went_in(self, store: Store) -> None:
        await append(store, "a")
        assert await store.outbox.after({P0: Cursor(1, -1, 0)}, 10) == {P0: [(1, 0, record("a"))]}

    async def test_concurrent_appenders_leave_no_gap_and_lose_nothing(self, store: Store) -> None:
        groups = await asyncio.gather(*(append(store, *(f"{n}-{i}" for i in range(1 + n % 3))) for n in range(12)))
        total = sum(1 + n % 3 for n in range(12))
        assert [seq for seq, _ in await numbered(store)] == list(range(total))
        assert sorted(seq for group in groups for seq in group) == list(range(total))
        assert all(group == list(range(group[0], group[0] + len(group))) for group in groups)

    async def test_a_rollback_takes_its_numbers_back(self, store: Store) -> None:
        await append(store, "a")
        with pytest.raises(ZeroDivisionError):
            async with store.transaction() as transaction:
                await transaction.append([event("lost"), event("lost too")])
                raise ZeroDivisionError
        assert await append(store, "b") == [1]

    async def test_what_was_said_before_keeps_its_number_and_its_words(self, store: Store) -> None:
        await append(store, "a", "b")
        async with store.transaction() as transaction:
            appended = await transaction.append([event("c"), event("a")])
        assert appended.said_before == {id_of("a"): b"body a"}
        assert {id: one.seq for id, one in appended.positions.items()} == {id_of("a"): 0, id_of("c"): 2}
        assert await store.outbox.counter(P0) == (1, 3)

    async def test_the_outbox_is_read_in_pages(self, store: Store) -> None:
        await append(store, *range(5))
        await append(store, *"xyz", partition=P1)
        found = await store.outbox.after({P1: Cursor(1, -1, 0), P0: Cursor(1, 0, 0)}, 2)
        assert {at: [one.seq for one in events] for at, events in found.items()} == {P0: [1, 2], P1: [0, 1]}
        assert [one.seq for one in (await store.outbox.after({P0: Cursor(1, 2, 0), P1: Cursor(1, 2, 0)}, 9))[P0]] == [3, 4]
        assert await store.outbox.after({P0: Cursor(1, 4, 0)}, 9) == await store.outbox.after({P0: Cursor(2, -1, 0)}, 9) == {}

    async def test_unsent_counts_what_the_cursor_has_not_passed(self, store: Store) -> None:
        await append(store, *range(5))
        await append(store, "x", partition=P1)
        await store.outbox.cursor(P0, 1)
        assert await store.outbox.unsent(FOUR) == {P0: 5, P1: 1}
        assert not await store.outbox.sent({P0: Cursor(1, 2, 70)}, {P0: 1})
        assert await store.outbox.unsent([P0]) == {P0: 2}
        assert not await store.outbox.sent({P0: Cursor(1, 4, 72)}, {P0: 1})
        assert await store.outbox.unsent([P0]) == {}

    async def test_the_cursor_belongs_to_the_newest_lease(self, store: Store) -> None:
        assert await store.outbox.cursor(P0, 3) == Cursor(1, -1, 0)
        assert not await store.outbox.sent({P0: Cursor(1, 7, 70)}, {P0: 3})
        assert await store.outbox.cursor(P0, 4) == Cursor(1, 7, 70)
        await store.outbox.cursor(P1, 3)
        assert set(await store.outbox.sent({P0: Cursor(1, 9, 90), P1: Cursor(1, 2, 20)}, {P0: 3, P1: 3})) == {P0}
        assert await store.outbox.cursor(P1, 3) == Cursor(1, 2, 20), "what is another's does not hold up what is its own"
        with pytest.raises(Fenced):
            await store.outbox.cursor(P0, 3)
        assert await store.outbox.cursor(P0, 4) == Cursor(1, 7, 70)

    @pytest.mark.parametrize(
        ("lease_epoch", "expected", "why"), [(1, 5, "an older lease"), (3, 5, "a lease not taken"), (2, 4, "another offset")]
    )
    async def test_only_the_owner_advances_and_only_from_where_it_read(
        self, store: Store, lease_epoch: int, expected: int, why: str
    ) -> None:
        await store.checkpoint(P0, 1)
        await store.checkpoint(P0, 2)
        await store.checkpoint(P1, 2)
        async with store.transaction() as transaction:
            await transaction.advance([Advance(P0, 2, 0, 5, {"routing": (1, 4)})])
        with pytest.raises(Fenced):
            async with store.transaction() as transaction:
                await transaction.append([event(why)])
                await transaction.advance([Advance(P1, 2, 0, 7, {}), Advance(P0, lease_epoch, expected, 9, {})])
        assert (await store.checkpoint(P1, 2)).next_offset == 0, "all or none"
        point = await store.checkpoint(P0, 2)
        assert (point.next_offset, point.seen, await store.outbox.counter(P0)) == (5, {"routing": (1, 4)}, (1, 0)), why
        with pytest.raises(Fenced):
            await store.checkpoint(P0, 1)

    async def test_a_position_is_read_when_the_source_was_heard_so_far_in_that_partition(self, store: Store) -> None:
        await store.checkpoint(P0, 1)
        async with store.transaction() as transaction:
            await transaction.advance([Advance(P0, 1, 0, 5, {"routing": (2, 4)})])
        read = [(P0, 2, 4), (P0, 2, 3), (P0, 1, 99)]
        unread = [(P0, 2, 5), (P0, 3, 0), (P1, 2, 4)]
        assert [await store.has_read(Position("routing", *at)) for at in read + unread] == [True] * 3 + [False] * 3
        assert not await store.has_read(Position("sla", P0, 1, 0)), "a source that was never heard"

    async def test_leases_are_renewed_shared_fairly_and_given_back(self, bench: Bench) -> None:
        store = bench.store
        alone = await store.leases.take(A, FOUR)
        assert set(alone) == set(FOUR)
        assert await store.leases.take(A, FOUR) == alone
        assert await store.leases.take(B, FOUR) == {}
        shared = await store.leases.take(A, FOUR)
        taken = await store.leases.take(B, FOUR)
        assert (len(shared), len(taken), set(shared) | set(taken)) == (2, 2, set(FOUR))
        assert all(taken[one] > alone[one] for one in taken)
        await store.leases.release(A)
        assert set(await store.leases.take(B, FOUR)) == set(FOUR)

    async def test_a_share_has_a_part_of_each_topic(self, store: Store) -> None:
        both = [Partition(topic, number) for topic in ("cases", "quality") for number in range(6)]
        for _ in range(3):
            held = [await store.leases.take(owner, both) for owner in (A, B, C)]
        found = [Counter(one.topic for one in mine) for mine in held]
        assert found == [{"cases": 2, "quality": 2}] * 3

    async def test_an_instance_with_a_wrong_clock_leaves_all_to_those_with_a_right_one(self, store: Store) -> None:
        wrong = Whereabouts("desk-2", 7, "1.0", timedelta(hours=-1))
        assert set(await store.leases.take(A, FOUR, wrong)) == set(FOUR), "nobody else is there"
        assert await store.leases.take(B, FOUR, Whereabouts("desk-1", 8, "1.1", timedelta(seconds=1))) == {}
        assert await store.leases.take(A, FOUR, wrong) == {}
        assert set(await store.leases.take(B, FOUR)) == set(FOUR)
        assert set(await store.leases.take(A, FOUR, Whereabouts("desk-2", 7, "1.0"))) == set()
        assert len(await store.leases.take(B, FOUR)) == 2, "the clock was set right"

    async def test_living_instances_are_listed_with_their_partitions(self, bench: Bench) -> None:
        store, about = bench.store, Whereabouts("desk-2", 7, "1.0", timedelta(hours=-1))
        held = await store.leases.take(B, FOUR[1:])
        await store.leases.take(A, FOUR, about)
        found = {one.owner: (one.about, set(one.held)) for one in await store.leases.instances()}
        assert found == {A: (about, set()), B: (SOMEWHERE, set(held))}
        assert all(one.since <= one.seen_at for one in await store.leases.instances())
        await store.leases.release(A)
        assert [one.owner for one in await store.leases.instances()] == [B]
        await bench.lapse()
        assert await store.leases.instances() == []

    async def test_a_transaction_bears_the_instant_at_which_it_began_by_the_shared_clock(self, store: Store) -> None:
        before = await store.now()
        async with store.transaction() as transaction:
            assert before <= transaction.at <= await store.now()

    async def test_an_owner_who_falls_silent_is_taken_over_under_a_new_epoch(self, bench: Bench) -> None:
        before = await bench.store.leases.take(A, FOUR)
        await bench.lapse()
        after = await bench.store.leases.take(B, FOUR)
        assert {one: after[one] - before[one] for one in FOUR} == dict.fromkeys(FOUR, 1)
        assert not set(await bench.store.leases.take(A, FOUR)) & set(await bench.store.leases.take(B, FOUR))

    async def test_an_owner_who_sleeps_beyond_its_lease_gets_it_back_under_a_new_epoch(self, bench: Bench) -> None:
        before = await bench.store.leases.take(A, [P0])
        await bench.lapse()
        assert (await bench.store.leases.take(A, [P0]))[P0] == before[P0] + 1

    @pytest.mark.parametrize(
        ("why", "cursor", "on_log", "epochs", "known"),
        [
            ("a lost event has a number of ours", (1, 1), "1:2 lost", ("a b lost", "c d"), ""),
            ("the log goes on behind ours", (1, 3), "1:4 lost", ("a b c d lost", ""), ""),
            ("what is on the log keeps its number", (1, 1), "1:2 lost, 1:3 d", ("a b lost d", "c"), "d"),
            ("the same in another order", (1, 1), "1:2 d, 1:3 c", ("a b d c", ""), "c d"),
            ("sent and not noted, then a lost one", (1, -1), "1:0 a, 1:1 b, 1:2 lost", ("a b lost", "c d"), "a b"),
            ("the log is in a later epoch", (1, 1), "2:0 lost", ("a b", "lost", "c d"), ""),
        ],
    )
    async def test_a_rewind_leaves_on_its_number_what_the_log_has_and_numbers_the_rest_again(
        self, store: Store, why: str, cursor: tuple[int, int], on_log: str, epochs: Sequence[str], known: str
    ) -> None:
        await append(store, *"abcd")
        await append(store, "other", partition=P1)
        async with store.transaction() as transaction:
            found = await transaction.rewind(Rewind(P0, 0, Cursor(*cursor, 0), standing(on_log), len(epochs)))
        assert found == {id_of(name) for name in known.split()}
        for epoch, names in enumerate(epochs, 1):
            assert await numbered(store, epoch=epoch) == list(enumerate(f"body {name}".encode() for name in names.split())), why
        moved = len(epochs[-1].split())
        assert (await store.outbox.counter(P0), await store.outbox.counter(P1)) == ((len(epochs), moved), (1, 1))
        assert await append(store, "e") == [moved]
        async with store.transaction() as transaction:
            again = await transaction.append([(P0, one.record) for one in standing(on_log)])
        assert again.said_before == {one.record.id: one.record.body for one in standing(on_log)}

    async def test_a_rewind_under_a_lease_that_ended_changes_nothing(self, store: Store) -> None:
        await append(store, *"abcd")
        await store.outbox.cursor(P0, 2)
        with pytest.raises(Fenced):
            async with store.transaction() as transaction:
                await transaction.rewind(Rewind(P0, 1, Cursor(1, 1, 0), standing("1:2 lost"), 2))
        assert (len(await numbered(store)), await store.outbox.counter(P0)) == (4, (1, 4))


def standing(on_log: str) -> list[Numbered]:
    """Return events on the log, each written as its epoch, number and name."""
    parts = [one.replace(":", " ").split() for one in on_log.split(",")]
    return [Numbered(int(epoch), int(seq), record(name)) for epoch, seq, name in parts]
