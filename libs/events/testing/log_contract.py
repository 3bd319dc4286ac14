"""What every adapter of Log must do. An adapter does not exist until it passes.

    class TestMine(LogContract):
        @pytest.fixture
        async def log_factory(self) -> AsyncIterator[LogFactory]: ...   # each call: one more client of the same, empty log

Adapters that can leave holes between offsets run it a second time with holes.
"""

import asyncio
import os
from collections.abc import Callable, Sequence

import pytest

from libs.events.log.port import (
    RECORD_BYTES_MAX,
    Batch,
    Log,
    OffsetOutOfRange,
    Partition,
    Record,
    RecordTooLarge,
    Stored,
    TopicSettings,
    UnfitTopic,
    guard,
)
from libs.events.words.now import derived_id

LogFactory = Callable[[], Log]
TOPIC = TopicSettings("cases", 3)
P0, P1, P2 = (Partition("cases", number) for number in range(3))


def record(value: str, key: str = "k") -> Record:
    return Record(derived_id(value), key, "case.registered.v1", value.encode())


def values(stored: Sequence[Stored]) -> list[str]:
    return [one.body.decode() for one in stored]


async def read_on(log: Log, partition: Partition, position: int = 0, limit: int = 500) -> tuple[list[Stored], int]:
    """Read until the end of the partition as it is now; return the records and the position after them."""
    found: list[Stored] = []
    end = (await log.ends(partition.topic))[partition]
    async with asyncio.timeout(30):
        while position < end:
            for batch in await log.read({partition: position}, limit=limit, wait=1.0):
                assert batch.next_offset > position
                assert len(batch.records) <= limit
                found += batch.records
                position = batch.next_offset
    return found, position


class LogContract:
    """Inherit, and give the fixture `log_factory`."""

    @pytest.fixture
    async def log(self, log_factory: LogFactory) -> Log:
        log = log_factory()
        await log.create(TOPIC)
        return log

    async def test_what_was_appended_is_read_in_order_with_its_key_and_bytes(self, log: Log) -> None:
        await log.append(P0, [record("a", "k1"), record("b", "k2")])
        await log.append(P0, [record("c", "k1")])
        found, _ = await read_on(log, P0)
        assert [(one.key, one.body) for one in found] == [("k1", b"a"), ("k2", b"b"), ("k1", b"c")]

    async def test_offsets_strictly_increase_and_append_returns_the_first_of_its_records(self, log: Log) -> None:
        firsts = [await log.append(P0, [record(f"{n}-{i}") for i in range(3)]) for n in range(3)]
        found, after = await read_on(log, P0)
        offsets = [one.offset for one in found]
        assert offsets == sorted(set(offsets))
        assert [offsets[0], offsets[3], offsets[6]] == firsts
        assert after > offsets[-1]

    async def test_partitions_are_apart(self, log: Log) -> None:
        await log.append(P0, [record("zero")])
        await log.append(P2, [record("two")])
        batches: list[Batch] = []
        positions = {P0: 0, P1: 0, P2: 0}
        async with asyncio.timeout(30):
            while len(batches) < 2:
                for batch in await log.read(positions, wait=1.0):
                    batches.append(batch)
                    positions[batch.partition] = batch.next_offset
        assert {batch.partition: values(batch.records) for batch in batches} == {P0: ["zero"], P2: ["two"]}

    async def test_every_client_reads_the_same_at_the_same_offsets(self, log: Log, log_factory: LogFactory) -> None:
        first = await log.append(P0, [record(str(n)) for n in range(20)])
        other = log_factory()
        assert await read_on(other, P0) == await read_on(log, P0)
        assert await other.append(P0, [record("more")]) > first
        assert values((await read_on(log, P0))[0])[-1] == "more"

    async def test_concurrent_appenders_lose_nothing_and_keep_each_batch_whole(self, log: Log, log_factory: LogFactory) -> None:
        async def append(client: Log, name: str) -> None:
            for n in range(10):
                await client.append(P0, [record(f"{name}-{n}-{i}") for i in range(3)])

        await asyncio.gather(*(append(log_factory(), name) for name in "abcd"))
        found = values((await read_on(log, P0))[0])
        batches = [found[i : i + 3] for i in range(0, len(found), 3)]
        assert all(one == [f"{one[0][:-1]}{i}" for i in range(3)] for one in batches)
        for name in "abcd":
            assert [one[0] for one in batches if one[0][0] == name] == [f"{name}-{n}-0" for n in range(10)]

    async def test_one_client_appends_to_several_partitions_at_once(self, log: Log) -> None:
        await asyncio.gather(*(log.append(at, [record(str(n)) for n in range(50)]) for at in (P0, P1, P2)))
        for at in (P0, P1, P2):
            assert values((await read_on(log, at))[0]) == [str(n) for n in range(50)]

    async def test_a_reader_never_sees_a_later_record_before_an_earlier_one(self, log: Log, log_factory: LogFactory) -> None:
        appending = asyncio.gather(*(_append_many(log_factory(), name, 15) for name in "abc"))
        seen: list[str] = []
        position = 0
        async with asyncio.timeout(30):
            while len(seen) < 45:
                for batch in await log.read({P0: position}, wait=0.2):
                    seen += values(batch.records)
                    position = batch.next_offset
        await appending
        assert seen == values((await read_on(log, P0))[0])

    @pytest.mark.parametrize("limit", [1, 7, 100])
    async def test_a_read_is_bounded_and_goes_on_from_its_batch(self, log: Log, limit: int) -> None:
        await log.append(P0, [record(str(n)) for n in range(25)])
        assert values((await read_on(log, P0, limit=limit))[0]) == [str(n) for n in range(25)]

    @pytest.mark.parametrize(("many", "limit"), [(9, 4), (1_300, 700)], ids=["few", "more than a client unpacks at once"])
    async def test_the_limit_is_for_each_partition(self, log: Log, many: int, limit: int) -> None:
        for at in (P0, P1):
            await log.append(at, [record(str(n)) for n in range(many)])
        positions = {P0: 0, P1: 0}
        found: dict[Partition, list[str]] = {P0: [], P1: []}
        async with asyncio.timeout(30):
            while sum(map(len, found.values())) < 2 * many:
                for batch in await log.read(positions, limit=limit, wait=1.0):
                    assert len(batch.records) <= limit
                    found[batch.partition] += values(batch.records)
                    positions[batch.partition] = batch.next_offset
        assert found == {at: [str(n) for n in range(many)] for at in (P0, P1)}

    async def test_reading_can_start_at_any_offset_of_a_record(self, log: Log) -> None:
        await log.append(P0, [record(str(n)) for n in range(10)])
        found, _ = await read_on(log, P0)
        for n in (9, 4, 0):
            assert values((await read_on(log, P0, found[n].offset))[0]) == [str(i) for i in range(n, 10)]

    async def test_reading_at_the_end_is_silence(self, log: Log) -> None:
        await log.append(P0, [record("a")])
        _, end = await read_on(log, P0)
        assert not await log.read({P0: end}, wait=0.3)
        assert not await log.read({P1: 0}, wait=0.3)

    async def test_reading_nothing_is_silence(self, log: Log) -> None:
        assert not await log.read({}, wait=0.0)

    @pytest.mark.parametrize("beyond", [1, 1_000_000])
    async def test_reading_beyond_the_end_is_an_error_and_never_a_jump(self, log: Log, beyond: int) -> None:
        await log.append(P0, [record("a")])
        _, end = await read_on(log, P0)
        with pytest.raises(OffsetOutOfRange):
            await log.read({P0: end + beyond}, wait=5.0)
        assert values((await read_on(log, P0))[0]) == ["a"]

    async def test_a_waiting_reader_is_answered_soon_after_an_append(self, log: Log, log_factory: LogFactory) -> None:
        writer = log_factory()
        await writer.append(P1, [record("warm up")])
        _, end = await read_on(log, P1)
        waiting = asyncio.create_task(log.read({P1: end, P0: 0}, wait=10.0))
        await asyncio.sleep(0.3)
        await writer.append(P1, [record("news")])
        async with asyncio.timeout(3):
            assert [values(batch.records) for batch in await waiting] == [["news"]]

    async def test_the_ends_are_where_readers_arrive(self, log: Log) -> None:
        assert await log.ends("cases") == {P0: 0, P1: 0, P2: 0}
        await log.append(P1, [record("a"), record("b")])
        ends = await log.ends("cases")
        assert ends[P0] == ends[P2] == 0
        assert (await read_on(log, P1))[1] == ends[P1]

    @pytest.mark.parametrize(
        ("why", "key", "value"),
        [
            ("unicode", "客户-ß-🙂", "一百二十 ½ \u0000 🙂".encode()),
            ("no key, no value", "", b""),
            ("no text", "k", bytes(range(256)) * 10),
            ("as large as allowed", "k", bytes(range(250)) * (RECORD_BYTES_MAX // 250)),
        ],
    )  # fmt: skip
    async def test_bytes_come_back_as_they_went(self, log: Log, why: str, key: str, value: bytes) -> None:
        await log.append(P0, [Record(derived_id("i"), key, "t", value)])
        found, _ = await read_on(log, P0)
        assert [(one.key, one.body) for one in found] == [(key, value)]

    async def test_many_large_records_come_in_order(self, log: Log) -> None:
        sent = [Record(derived_id(n), "k", "t", os.urandom(400_000)) for n in range(5)]  # no compression makes them smaller
        for at in (P0, P1):
            await log.append(at, sent)
        for at in (P0, P1):
            assert [one.body for one in (await read_on(log, at))[0]] == [one.body for one in sent]

    async def test_a_record_too_large_for_one_log_is_refused_by_all_and_nothing_lands(self, log: Log) -> None:
        with pytest.raises(RecordTooLarge, match="at most"):
            await log.append(P0, [record("small"), Record(derived_id("i"), "k", "t", bytes(RECORD_BYTES_MAX + 1))])
        await log.append(P0, [record("next")])
        assert values((await read_on(log, P0))[0]) == ["next"]

    async def test_creating_twice_keeps_what_is_there(self, log: Log, log_factory: LogFactory) -> None:
        await log.append(P0, [record("kept")])
        await log_factory().create(TOPIC)
        await asyncio.gather(*(log_factory().create(TOPIC) for _ in range(3)))
        assert values((await read_on(log, P0))[0]) == ["kept"]

    async def test_a_topic_is_described_as_created_and_fit(self, log: Log, log_factory: LogFactory) -> None:
        assert await log_factory().describe("cases") == TOPIC
        await guard(log, TOPIC)

    async def test_another_number_of_partitions_is_refused_with_advice(self, log: Log) -> None:
        with pytest.raises(UnfitTopic, match=r"cases: partitions is 3, must be 12.*topics\.yaml"):
            await guard(log, TopicSettings("cases", 12))

    async def test_a_topic_or_partition_that_does_not_exist_is_said_so(self, log: Log, log_factory: LogFactory) -> None:
        nowhere, outside = Partition("nowhere", 0), Partition("cases", 3)
        for client in (log, log_factory()):
            for ask in (client.describe("nowhere"), client.ends("nowhere"), client.append(nowhere, [record("a")])):
                with pytest.raises(UnfitTopic):
                    await ask
            for at in (nowhere, outside):
                with pytest.raises(UnfitTopic):
                    await client.read({at: 0}, wait=0.1)
            with pytest.raises(UnfitTopic):
                await client.append(outside, [record("a")])

    async def test_a_closed_client_may_be_closed_again(self, log: Log) -> None:
        await log.append(P0, [record("a")])
        await log.close()
        await log.close()


async def _append_many(log: Log, name: str, count: int) -> None:
    for n in range(count):
        await log.append(P0, [record(f"{name}-{n}")])
        await asyncio.sleep(0)
