"""What every Store must do: tables, states, rows and timers here, numbers and leases in store_numbers_contract, the
watermark in store_watermark_contract, parked keys in store_parking_contract.

class TestMine(StoreContract):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[Bench]: ...   # a fresh store of the toy service
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.events.log.envelope import Order
from libs.events.log.port import Partition, Record, Stored
from libs.events.store.port import Conflict, Store
from libs.events.store.values import Answer, Changes, HeardFact, Idempotency, Kept, Place, StateChange, Subject
from libs.events.words.now import derived_id
from libs.events.words.row import Row

AT = datetime(2025, 7, 1, 8, 30, 0, 123456, tzinfo=UTC)
P0, P1 = Partition("cases", 0), Partition("cases", 1)
C0, C1 = Place("cases", P0), Place("cases", P1)
ONE, TWO = ("cases", "one"), ("cases", "two")


@dataclass(frozen=True)
class Bench:
    """A store, a way to see a table of it (the vault's too), and a way to let every lease run out."""

    store: Store
    rows: Callable[[str], Awaitable[Mapping[tuple[Any, ...], tuple[Any, ...]]]]
    lapse: Callable[[], Awaitable[None]]


def id_of(name: object) -> UUID:
    return derived_id("store", name)


def record(name: object, *, key: str = "one", type: str = "contact.logged.v1") -> Record:
    return Record(id_of(name), key, type, f"body {name}".encode())


def event(name: object, partition: Partition = P0, **words: str) -> tuple[Partition, Record]:
    return partition, record(name, **words)


def stored(records: str) -> list[Stored]:
    """Return records of subject `one`, written as `5:a 9:b`."""
    return [Stored(int(offset), "one", body.encode()) for offset, body in (one.split(":") for one in records.split())]


def timer(subject: Subject, part: int, name: str, at: datetime) -> Row:
    return Row("timer", (*subject, name), (part, at))


def awaiting(subject: Subject, part: int, name: str, known_to: int) -> Row:
    return Row("awaiting", (*subject, name), (part, known_to))


def order(hour: int) -> Order:
    return Order(AT + timedelta(hours=hour), 3, id_of(hour))


def state(subject: tuple[str, str], expected: int, body: bytes = b"{}", hour: int = 0) -> StateChange:
    return StateChange(subject, expected, body, order(hour))


async def write(store: Store, **changes: Any) -> None:
    async with store.transaction() as transaction:
        await transaction.change(Changes(**changes))


class StoreContract:
    """Inherit, and give the fixture `bench`."""

    @pytest.fixture
    def store(self, bench: Bench) -> Store:
        return bench.store

    async def test_a_state_comes_back_as_it_was_kept_and_an_unknown_subject_not_at_all(self, store: Store) -> None:
        await write(store, states=[state(ONE, 0, b"first", 1)])
        await write(store, states=[state(ONE, 1, b"second", 2)])
        async with store.transaction() as transaction:
            kept = await transaction.states([ONE, TWO])
        assert {at: (one.version, one.state, one.last) for at, one in kept.items()} == {ONE: (2, b"second", order(2))}

    @pytest.mark.parametrize(("expected", "why"), [(0, "it exists"), (2, "it is not that far"), (7, "nor that far")])
    async def test_a_state_computed_from_another_version_is_a_conflict_that_writes_nothing(
        self, bench: Bench, expected: int, why: str
    ) -> None:
        await write(bench.store, states=[state(ONE, 0)])
        with pytest.raises(Conflict):
            await write(bench.store, states=[state(ONE, expected, b"x"), state(TWO, 0)], upserts=[toy("a")])
        async with bench.store.transaction() as transaction:
            kept = await transaction.states([ONE, TWO])
        assert [(one.version, one.state) for one in kept.values()] == [(1, b"{}")], why
        assert await bench.rows("toys") == {}

    async def test_a_subject_that_awaits_a_name_is_found_when_it_is_published_later(self, store: Store) -> None:
        awaited = [awaiting(ONE, 0, "calendar a", 5), awaiting(ONE, 0, "calendar b", 5), awaiting(TWO, 1, "calendar a", 7)]
        await write(store, states=[state(ONE, 0), state(TWO, 0)], upserts=awaited)

        async def found(limit: int = 9, **published: int) -> set[tuple[int, str]]:
            names = {f"calendar {name}": offset for name, offset in published.items()}
            return {(at.number, key) for at, (_, key) in await store.awaiting([C0, C1], names, limit)}

        assert await found() == await found(c=9) == await found(a=4) == set(), "nothing of what they await is new to them"
        assert await found(a=5) == {(0, "one")}, "what stands at the offset up to which they knew is new"
        assert await found(a=7, b=7) == {(0, "one"), (1, "two")} and len(await found(1, a=7)) == 1
        assert await store.awaiting([C1], {"calendar b": 9}, 9) == []
        async with store.transaction() as transaction:
            await transaction.looked([ONE], 8)
            await transaction.park(P1, "two", "bad", [])
        assert await found(a=7, b=7) == set(), "one was looked at since, and who is set aside is left out"
        await write(store, deletes=[awaiting(ONE, 0, "calendar a", 8)])
        assert (await found(a=9), await found(b=9)) == (set(), {(0, "one")})

    async def test_an_exception_takes_everything_back(self, bench: Bench) -> None:
        with pytest.raises(ZeroDivisionError):
            async with bench.store.transaction() as transaction:
                await transaction.change(Changes(states=[state(ONE, 0)], upserts=[toy("a"), timer(ONE, 0, "t", AT)]))
                await transaction.append([event("a")])
                await transaction.park(P0, "one", "bad", stored("1:x"))
                raise ZeroDivisionError
        async with bench.store.transaction() as transaction:
            assert await transaction.states([ONE]) == {}
            position = (await transaction.append([event("b")])).positions[id_of("b")]
        assert (await bench.rows("toys"), await bench.store.parked.all(), position.seq) == ({}, [], 0)
        assert await bench.store.due({C0: AT + timedelta(days=1)}, 9) == []

    async def test_facts_of_a_subject_are_its_own_and_the_heard_ones_of_the_types_asked_for(self, store: Store) -> None:
        async with store.transaction() as transaction:
            heard = [
                HeardFact("cases", AT, 3, record(name, key=key, type=type))
                for name, key, type in [
                    ("entered", "one", "node.entered.v1"),
                    ("entered", "one", "node.entered.v1"),
                    ("closed", "one", "case.closed.v1"),
                    ("other", "two", "node.entered.v1"),
                ]
            ]
            await transaction.change(Changes(heard=heard))
            await transaction.append([event("own"), event("own2", key="two"), event("own3", type="case.cancelled.v1")])
            found = await transaction.facts([ONE, ("cases", "three")], ["node.entered.v1", "contact.logged.v1"])
        assert {at: sorted(bodies) for at, bodies in found.items()} == {
            ONE: [b"body entered", b"body own"],
            ("cases", "three"): [],
        }

    async def test_a_question_is_told_the_state_as_it_is_kept_and_nothing_of_an_unknown_subject(self, store: Store) -> None:
        await write(store, states=[state(ONE, 0, b"first", 1)])
        await write(store, states=[state(ONE, 1, b"second", 2)])
        assert (await store.state(ONE), await store.state(TWO)) == (Kept(2, b"second", order(2)), None)

    async def test_a_walk_meets_every_subject_of_a_book_once(self, store: Store) -> None:
        await write(store, states=[state(("cases", key), 0, key.encode(), 1) for key in ("c", "a", "B", "d")])
        await write(store, states=[state(("others", "a"), 0, b"other", 1)])
        found: list[tuple[str, Kept]] = []
        while part := await store.walk("cases", found[-1][0] if found else "", 2):
            found += part
        # How letters compare is the database's own affair.
        assert sorted((key, kept.state) for key, kept in found) == [(key, key.encode()) for key in ("B", "a", "c", "d")]

    async def test_a_question_is_told_each_own_and_heard_fact_of_the_subject_once(self, store: Store) -> None:
        heard = [record("heard", type="case.closed.v1"), record("own")]
        async with store.transaction() as transaction:
            await transaction.append([event("own"), event("other", key="two")])
            await transaction.change(Changes(heard=[HeardFact("cases", AT, 1, one) for one in heard]))
        assert sorted(await store.facts(ONE)) == [b"body heard", b"body own"]
        assert await store.facts(("cases", "three")) == await store.facts(("quality", "one")) == []

    async def test_rows_are_written_replaced_and_deleted_by_key(self, bench: Bench) -> None:
        await write(bench.store, upserts=[toy("a"), toy("b"), toy("c")])
        await write(bench.store, upserts=[toy("a", "later")], deletes=[toy("b"), toy("never")])
        assert {key: row[0] for key, row in (await bench.rows("toys")).items()} == {("a",): "later", ("c",): "phone"}

    async def test_a_row_deleted_and_written_in_one_transaction_stands(self, bench: Bench) -> None:
        await write(bench.store, upserts=[toy("a")])
        await write(bench.store, upserts=[toy("a", "new")], deletes=[toy("a")])
        assert (await bench.rows("toys"))["a",][0] == "new"

    async def test_additive_rows_are_sums_of_differences(self, bench: Bench) -> None:
        for change in ((1, 2), (1, 5), (-1, -3)):
            await write(bench.store, additions={("channels", ("web",)): change, ("channels", ("phone",)): (0, 0)})
        found = await bench.rows("channels")
        assert found["web",] == (1, 4)
        assert found.get(("phone",), (0, 0)) == (0, 0)

    async def test_differences_added_at_the_same_time_are_all_counted(self, bench: Bench) -> None:
        async def add() -> None:
            while True:
                try:
                    return await write(bench.store, additions={("channels", ("web",)): (1, 1)})
                except Conflict:
                    await asyncio.sleep(0)

        await asyncio.gather(*(add() for _ in range(8)))
        assert (await bench.rows("channels"))["web",] == (8, 8)

    async def test_private_rows_go_to_the_vault_and_a_later_one_replaces(self, bench: Bench) -> None:
        await write(bench.store, private=[Row("notes", ("one",), ("his words",))])
        await write(bench.store, private=[Row("notes", ("one",), ("her words",))])
        assert await bench.rows("notes") == {("one",): ("her words",)}

    async def test_answers_are_remembered_byte_for_byte_by_client_and_key(self, store: Store) -> None:
        asked = Idempotency("anna", "k1", b"\x00print")
        answer = Answer(201, b'{"a":1}\xff', (("ETag", '"3"'), ("Location", "/x")))
        async with store.transaction() as transaction:
            await transaction.remember([(asked, answer)])
        async with store.transaction() as transaction:
            others = [Idempotency("bo", "k1", b""), Idempotency("anna", "k2", b"")]
            assert await transaction.answers([asked, *others]) == {("anna", "k1"): (b"\x00print", answer)}

    async def test_a_twin_that_was_quicker_is_a_conflict(self, store: Store) -> None:
        asked = Idempotency("anna", "k1", b"")
        async with store.transaction() as transaction:
            await transaction.remember([(asked, Answer(200, b"first"))])
        with pytest.raises(Conflict):
            async with store.transaction() as transaction:
                await transaction.append([event("twin")])
                await transaction.remember([(asked, Answer(200, b"second"))])
        assert await store.outbox.counter(P0) == (1, 0)

    async def test_a_timer_is_due_only_after_its_instant_and_only_in_its_partition(self, store: Store) -> None:
        await write(store, upserts=[timer(ONE, 0, "t", AT), timer(ONE, 0, "u", AT), timer(TWO, 1, "t", AT)])
        tick = timedelta(microseconds=1)
        assert await store.due({C0: AT, C1: AT}, 9) == []
        assert await store.due({C0: AT + tick, C1: AT}, 9) == [(P0, ONE)]
        assert sorted(await store.due({C0: AT + tick, C1: AT + tick}, 9)) == [(P0, ONE), (P1, TWO)]
        assert len(await store.due({C0: AT + tick, C1: AT + tick}, 1)) == 1

    async def test_a_timer_is_moved_disarmed_and_forgotten_when_it_fired(self, store: Store) -> None:
        later, far = AT + timedelta(hours=5), {C0: AT + timedelta(days=9)}
        await write(store, upserts=[timer(ONE, 0, "t", AT), timer(TWO, 0, "t", AT), timer(TWO, 0, "u", later)])
        await write(store, upserts=[timer(ONE, 0, "t", later)])
        assert await store.due({C0: later}, 9) == [(P0, TWO)]
        async with store.transaction() as transaction:
            await transaction.fired([ONE, TWO], later)
        assert sorted(await store.due(far, 9)) == [(P0, ONE), (P0, TWO)]
        await write(store, deletes=[timer(TWO, 0, "u", later), timer(TWO, 0, "never", later)])
        assert await store.due(far, 9) == [(P0, ONE)]


def toy(key: str, channels: str = "phone") -> Row:
    return Row("toys", (key,), (channels, "n1", AT))
