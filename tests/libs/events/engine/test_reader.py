"""Reading: nothing is skipped unless it may be, one bad key stops no other, and nobody writes under a lease that is gone."""

import asyncio
import itertools
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from libs.events.catalogue.routing import CaseClosed, ProcessPublished
from libs.events.catalogue.standard import Label, Node, Standard
from libs.events.engine.pace import AT_ONCE, LEAST, LONG_SECONDS, Portion
from libs.events.log.envelope import draft, record_of
from libs.events.log.port import Record, partition_for
from libs.events.store.port import Conflict, Fenced, StoreUnavailable
from libs.events.testing.memory_transaction import MemoryTransaction
from libs.events.testing.toy import CROWDS, POISON, TOY, TOYS
from tests.libs.events.kernel import ELSEWHERE, KEY, PARTITION, SAME, Kernel, at, contact, entered, registered


def partition(key):
    return partition_for("cases", key)


@pytest.fixture
async def kernel():
    kernel = Kernel()
    kernel.one = await kernel.open()
    return kernel


async def read(instance):
    while await instance.read(wait=0):
        pass


def nodes(kernel, key=KEY):
    state = kernel.state(key)
    return state.nodes if state else None


def offset(kernel):
    return kernel.store.memory.checkpoints[PARTITION][1]


async def test_what_is_heard_is_folded_answered_and_noted_together(kernel):
    await kernel.put(entered(0, "n1"))
    await read(kernel.one)
    assert (nodes(kernel), [fact.data.channel for fact in kernel.said()], offset(kernel)) == (["n1"], ["told-n1"], 1)
    assert kernel.one.said.is_set()


async def test_a_duplicate_on_the_log_is_answered_once(kernel):
    fact = entered(0, "n1")
    await kernel.put(fact)
    await kernel.put(fact, seq=0)
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    assert (nodes(kernel), len(kernel.said()), kernel.one.leases.stopped()) == (["n1", "n2"], 2, [])


async def test_a_gap_stops_the_partition_before_anything_of_the_batch_is_written(kernel):
    await kernel.put(entered(0, "n1"))
    await kernel.put(entered(1, "n3"), seq=2)
    await read(kernel.one)
    (why,) = kernel.one.leases.stopped()
    assert "expected 1" in why
    assert (nodes(kernel), kernel.said(), offset(kernel)) == (None, [], 0)


def transactions(kernel, monkeypatch):
    """Return a list that grows with every transaction."""
    begun, begin = [], kernel.store.transaction
    monkeypatch.setattr(kernel.store, "transaction", lambda: begun.append(1) or begin())
    return begun


@pytest.mark.parametrize(("many", "count", "why"), [(15, 1, "small ones go together"), (14, 3, "large ones each for themselves")])
async def test_small_batches_of_all_partitions_are_one_transaction(kernel, monkeypatch, many, count, why):
    kernel.one.portion.size = many
    for key in ELSEWHERE[:3]:
        await kernel.put(entered(0, "n1", key))
    begun = transactions(kernel, monkeypatch)
    assert (await kernel.one.read(wait=0), len(begun)) == (3, count), why
    assert [nodes(kernel, key) for key in ELSEWHERE[:3]] == [["n1"]] * 3


async def test_of_many_large_batches_a_few_are_handled_at_once(kernel, monkeypatch):
    kernel.one.portion.size = 1
    for n, key in enumerate(ELSEWHERE[:5]):
        await kernel.put(entered(0, f"n{n}", key))
    begin, running, seen = kernel.store.transaction, 0, []

    @asynccontextmanager
    async def slowly():
        nonlocal running
        running += 1
        seen.append(running)
        async with begin() as transaction:
            await asyncio.sleep(0)
            yield transaction
        running -= 1

    monkeypatch.setattr(kernel.store, "transaction", slowly)
    assert (await kernel.one.read(wait=0), max(seen)) == (5, AT_ONCE)


async def test_a_round_under_way_goes_on_in_smaller_batches_when_the_machine_becomes_slow(kernel, monkeypatch):
    keys = ELSEWHERE[:3]
    for n, key in itertools.product(range(60), keys):
        await kernel.put(entered(n, "n1", key))
    ticks = itertools.count(step=2 * LONG_SECONDS)
    monkeypatch.setattr(kernel.one, "portion", Portion(60, lambda: next(ticks)))
    await kernel.one.read(wait=0)
    assert sorted(kernel.store.memory.checkpoints[partition(key)][1] for key in keys) == [LEAST, 30, 60]
    await read(kernel.one)
    assert all(len(nodes(kernel, key)) == 60 for key in keys)


async def test_a_reader_fenced_under_an_old_lease_keeps_the_new_one(kernel, monkeypatch):
    await kernel.put(entered(0, "n1"))

    async def fenced(work):
        [(standing, _)] = work
        kernel.one.leases.owned[PARTITION] = replace(kernel.one.leases.owned[PARTITION], lease_epoch=standing.lease_epoch + 1)
        raise Fenced("of old")

    monkeypatch.setattr(kernel.one.reader, "handle", fenced)
    assert (await kernel.one.read(wait=0), PARTITION in kernel.one.leases.owned) == (0, True)


async def test_what_fails_together_and_goes_well_alone_is_counted_once(kernel):
    bad, good, known = ELSEWHERE[:3]
    await kernel.put(entered(0, "n1", bad), seq=5)
    await kernel.put(entered(0, "n1", good))
    await kernel.put(entered(0, "n1", known))
    await kernel.put(entered(0, "n1", known), seq=0)
    await kernel.one.read(wait=0)
    meters = kernel.one.meters
    counted = (meters.gaps, meters.read, meters.duplicates)
    assert [one.labels("intake", "cases")._value.get() for one in counted] == [1, 3, 1]


async def test_only_the_sick_partition_s_subjects_are_tried_one_by_one(kernel, monkeypatch):
    sick, healthy = ELSEWHERE[0], SAME[:20]
    await kernel.put(entered(0, POISON, sick))
    for key in healthy:
        await kernel.put(entered(0, "n1", key))
    begun = transactions(kernel, monkeypatch)
    await kernel.one.read(wait=0)
    together, alone, trial, without = 1, 2, 1, 1
    assert len(begun) == together + alone + trial + without
    assert all(nodes(kernel, key) == ["n1"] for key in healthy)


@pytest.mark.parametrize(
    ("trouble", "stopped", "owns", "why"),
    [
        ("gap", 1, True, "one partition's log has a hole"),
        ("lease", 0, False, "one partition was taken by another"),
        ("poison", 0, True, "one subject cannot be handled"),
    ],
)
async def test_what_is_wrong_with_one_partition_holds_up_no_other(kernel, trouble, stopped, owns, why):
    bad, good = ELSEWHERE[:2]
    await kernel.put(entered(0, POISON if trouble == "poison" else "n1", bad), seq=5 if trouble == "gap" else None)
    await kernel.put(entered(0, "n1", good))
    if trouble == "lease":
        await kernel.store.checkpoint(partition(bad), 99)
    await kernel.one.read(wait=0)
    assert (nodes(kernel, bad), nodes(kernel, good)) == (None, ["n1"]), why
    assert (len(kernel.one.leases.stopped()), partition(bad) in kernel.one.leases.owned) == (stopped, owns), why


@pytest.mark.parametrize(("is_cut", "handled", "why"), [(False, 0, "the relay comes first"), (True, 1, "its relay has stopped")])
async def test_nothing_is_read_while_too_much_waits_for_the_log(kernel, monkeypatch, is_cut, handled, why):
    monkeypatch.setattr("libs.events.engine.relay.UNSENT_EVENTS_MAX", 1)
    await kernel.say(registered(0), contact(1))
    await kernel.put(entered(0, "n1", ELSEWHERE[0]))
    kernel.one.leases.owned[PARTITION].is_cut = is_cut
    await kernel.one.send()
    assert await kernel.one.read(wait=0) == handled, why
    await kernel.one.send()
    await read(kernel.one)
    assert nodes(kernel, ELSEWHERE[0]) == ["n1"]


async def test_a_log_shorter_than_what_was_read_stops_its_partition_only_and_nobody_jumps(kernel):
    other = ELSEWHERE[0]
    await kernel.put(entered(0, "n1"))
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    line = kernel.log.broker.partitions[PARTITION]
    line.records, line.end = line.records[:1], 1
    await kernel.put(entered(0, "n1", other))
    await read(kernel.one)
    (why,) = kernel.one.leases.stopped()
    assert "shorter than what was read" in why
    await read(kernel.one)
    assert (offset(kernel), nodes(kernel, other)) == (2, ["n1"])


async def test_an_impostor_stops_the_partition(kernel):
    await kernel.put(entered(0, "n1"), source="survey")
    await read(kernel.one)
    (why,) = kernel.one.leases.stopped()
    assert "survey said node.entered.v1, which belongs to routing" in why
    assert nodes(kernel) is None


async def test_an_impostor_that_says_nothing_anybody_here_listens_to_stops_it_too(kernel):
    await kernel.put(draft(CaseClosed(), KEY, at(0)), source="survey")
    await read(kernel.one)
    assert kernel.one.leases.stopped()


async def test_an_own_event_is_no_news_but_its_number_counts(kernel):
    await kernel.put(registered(0))
    await kernel.put(entered(1, "n1"))
    await read(kernel.one)
    assert (nodes(kernel), kernel.state().channels) == (["n1"], ["told-n1"])
    assert kernel.store.memory.checkpoints[PARTITION][2] == {"intake": (1, 0), "routing": (1, 0)}


async def test_a_poisoned_key_is_set_aside_with_all_that_follows_and_the_others_flow(kernel):
    await kernel.put(entered(0, "n1"))
    await kernel.put(entered(1, POISON))
    await kernel.put(entered(2, "n2"))
    await kernel.put(entered(0, "n1", SAME[1]))
    await read(kernel.one)
    await kernel.put(entered(3, "n3"))
    await kernel.put(entered(3, "n2", SAME[1]))
    await read(kernel.one)
    (parked,) = await kernel.store.parked.all()
    assert [one.offset for one in parked.records] == [0, 1, 2, 4]
    assert (nodes(kernel), nodes(kernel, SAME[1]), offset(kernel)) == (None, ["n1", "n2"], 6)
    assert "cannot be handled" in parked.error, "what is wrong must not be hidden by what merely waits"


async def test_a_parked_key_stays_parked_for_the_next_owner(kernel):
    await kernel.put(entered(0, POISON))
    await read(kernel.one)
    two = await kernel.successor()
    await kernel.put(entered(1, "n1"))
    await read(two)
    assert (nodes(kernel), len((await kernel.store.parked.all())[0].records)) == (None, 2)


async def test_bytes_that_are_no_event_park_their_key_only(kernel):
    body = b'{"specversion": '
    await kernel.log.append(PARTITION, [Record(UUID(int=0), KEY, "", body)])
    await kernel.put(entered(0, "n1", SAME[1]))
    await read(kernel.one)
    assert [one.key for one in await kernel.store.parked.all()] == [KEY]
    assert nodes(kernel, SAME[1]) == ["n1"]


async def test_a_retry_handles_what_waited_in_order_and_lets_the_key_flow(kernel):
    await kernel.put(entered(0, POISON))
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    (parked,) = await kernel.store.parked.all()
    kernel.service = replace(TOY, books=(replace(TOYS, reactions={}), CROWDS))  # the repaired code
    two = await kernel.successor()
    await two.parking.retry(parked.partition, parked.key, parked.records)
    assert (nodes(kernel), await kernel.store.parked.all()) == ([POISON, "n2"], [])
    three = await kernel.successor()
    await kernel.put(entered(2, "n3"))
    await read(three)
    assert nodes(kernel) == [POISON, "n2", "n3"]


async def test_a_retry_that_fails_leaves_the_key_where_it_was(kernel):
    await kernel.put(entered(0, "n1"))
    await kernel.put(entered(1, POISON))
    await read(kernel.one)
    (parked,) = await kernel.store.parked.all()
    with pytest.raises(Exception, match="cannot be handled"):
        await kernel.one.parking.retry(parked.partition, parked.key, parked.records)
    assert (nodes(kernel), len((await kernel.store.parked.all())[0].records)) == (None, 2)


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), Conflict("changed")])
async def test_a_database_that_fails_in_the_middle_of_a_decision_is_no_poison(kernel, monkeypatch, error):
    await kernel.put(entered(5, "n2"))
    await read(kernel.one)

    async def fails(self, subjects, types):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(MemoryTransaction, "facts", fails)
        await kernel.put(entered(1, "n1"))  # it occurred before, so the state is computed again from the kept facts
        await kernel.one.read(wait=0)
    assert (await kernel.store.parked.all(), offset(kernel)) == ([], 1)
    await read(kernel.one)
    assert (nodes(kernel), offset(kernel)) == (["n1", "n2"], 2)


async def test_a_record_that_no_service_numbered_stops_the_partition(kernel):
    await kernel.log.append(PARTITION, [record_of(entered(0, "n1"), kernel.clock())])
    await read(kernel.one)
    assert "carries no outbox numbers" in kernel.one.leases.stopped()[0]


@pytest.mark.parametrize(("healthy", "failed"), [(0, 101), (1, 101)])
async def test_no_number_of_keys_that_fail_stops_their_partition(kernel, healthy, failed):
    """One writer's data harms nobody else; that nothing went well for so long is told apart, and ends with the next that does."""
    keys = [f"k{n}" for n in range(4_000) if partition(f"k{n}") == PARTITION][: failed + 1]
    for key in keys[failed : failed + healthy]:
        await kernel.put(entered(0, "n1", key))
    for key in keys[:failed]:
        await kernel.put(entered(0, POISON, key))
    await read(kernel.one)
    assert (len(await kernel.store.parked.all()), kernel.one.leases.stopped(), offset(kernel)) == (failed, [], failed + healthy)
    assert kernel.one.reader.failed_in_a_row == 101
    await kernel.put(entered(0, "n1", KEY))
    await read(kernel.one)
    assert (nodes(kernel), kernel.one.reader.failed_in_a_row) == (["n1"], 0)


async def test_what_stands_before_a_culprit_is_done_before_it_is_looked_for(kernel, monkeypatch):
    """On a slow machine it takes minutes to find them, and a reader must not stand still for so long."""
    for key in SAME[:32]:
        await kernel.put(entered(0, POISON, key))
    begun, begin = 0, kernel.store.transaction

    def until_it_is_away():
        nonlocal begun
        begun += 1
        if begun > 20:
            raise StoreUnavailable("gone")
        return begin()

    with monkeypatch.context() as patched:
        patched.setattr(kernel.store, "transaction", until_it_is_away)
        await kernel.one.read(wait=0)
    assert (offset(kernel), len(await kernel.store.parked.all())) == (8, 8), "whole, half, quarter, 8 trials, the write; 8 again"
    await read(kernel.one)
    assert (offset(kernel), len(await kernel.store.parked.all())) == (32, 32)


async def test_an_unknown_type_is_passed_over(kernel):
    fact = entered(0, "n1")
    await kernel.put(fact, body=record_of(fact, at(0)).body.replace(b"node.entered.v1", b"node.painted.v7"))
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    assert (nodes(kernel), await kernel.store.parked.all(), offset(kernel)) == (["n2"], [], 2)


def published(name):
    node = Node(id="n1", name=Label(en="a", zh="b"), role="r", approver="r")
    standard = Standard(process_id=name, version=1, name=Label(en="x", zh="x"), calendar=None, nodes=(node,), targets=())
    return draft(ProcessPublished(standard=standard), name, at(0))


async def test_a_reader_a_moment_behind_on_the_standards_reads_them_and_nothing_waits(kernel, monkeypatch):
    await kernel.put(published("process-x"))
    await kernel.put(entered(0, "process-x"))
    begun = transactions(kernel, monkeypatch)
    assert (await kernel.one.read(wait=0), len(begun)) == (1, 2), "the same again, no subject for itself"
    assert (nodes(kernel), await kernel.store.parked.all()) == (["process-x"], [])


async def test_a_subject_that_names_what_is_not_known_waits_by_itself_and_is_taken_up_in_order(kernel):
    await kernel.put(entered(0, "process-x"))
    await kernel.put(entered(0, "n1", SAME[1]))
    await read(kernel.one)
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    assert (nodes(kernel), nodes(kernel, SAME[1]), offset(kernel), kernel.one.leases.stopped()) == (None, ["n1"], 3, [])
    (one,) = await kernel.store.parked.all()
    assert (one.waits_for, [each.offset for each in one.records]) == ("process process-x version 1", [0, 2])
    assert [(name, keys) for name, keys, _ in await kernel.store.parked.waiting()] == [("process process-x version 1", 1)]
    assert ((await kernel.store.arrears()).parked, kernel.one.reader.failed_in_a_row) == (0, 0), "nothing is wrong with it"
    await kernel.one.retry()
    assert len(await kernel.store.parked.all()) == 1, "nothing is tried in vain"
    two = await kernel.successor()
    await kernel.put(published("process-x"))
    await two.learner.learn()
    assert two.parking.has_learned()
    await two.retry()
    assert (nodes(kernel), await kernel.store.parked.all(), two.parking.has_learned()) == (["process-x", "n2"], [], False)
    await kernel.put(entered(2, "n3"))
    await read(two)
    assert nodes(kernel) == ["process-x", "n2", "n3"]


async def test_waiting_keys_are_taken_up_a_few_between_two_reads_while_the_machine_is_slow(kernel, monkeypatch):
    for key in SAME[:5]:
        await kernel.put(entered(0, "process-x", key))
    await read(kernel.one)
    await kernel.put(published("process-x"))
    await kernel.one.learner.learn()
    begin = kernel.store.transaction

    def slowly():
        kernel.clock.advance(timedelta(seconds=LONG_SECONDS * 0.6))
        return begin()

    monkeypatch.setattr(kernel.store, "transaction", slowly)
    left = []
    while kernel.one.parking.has_learned():
        await kernel.one.retry()
        left.append(len(await kernel.store.parked.all()))
    assert left == [3, 1, 0]


async def test_a_subject_taken_up_that_names_another_unknown_goes_on_waiting(kernel):
    await kernel.put(entered(0, "process-x"))
    await kernel.put(entered(1, "process-y"))
    await read(kernel.one)
    for name in ("process-x", "process-y"):
        assert (await kernel.store.parked.all())[0].waits_for == f"process {name} version 1"
        await kernel.put(published(name))
        await kernel.one.learner.learn()
        await kernel.one.retry()
    assert nodes(kernel) == ["process-x", "process-y"]


async def test_a_key_given_up_flows_again_without_what_was_set_aside_and_that_is_recorded(kernel):
    await kernel.put(entered(0, POISON))
    await kernel.put(entered(1, "n2"))
    await read(kernel.one)
    assert (await kernel.store.parked.ask_drop("nobody", "anna"), await kernel.store.parked.ask_drop(KEY, "anna")) == (0, 1)
    await kernel.one.retry()
    await kernel.put(entered(2, "n3"))
    await read(kernel.one)
    assert (nodes(kernel), await kernel.store.parked.all()) == (["n3"], [])
    (one,) = await kernel.store.parked.dropped()
    assert (one.key, one.by, [each.offset for each in one.records]) == (KEY, "anna", [0, 1])
    assert "cannot be handled" in one.error


async def test_a_fenced_zombie_writes_nothing(kernel):
    await kernel.put(entered(0, "n1"))
    zombie, two = kernel.one, await kernel.successor()
    assert await zombie.read(wait=0) == 0
    assert (nodes(kernel), kernel.said()) == (None, [])
    assert PARTITION not in zombie.leases.owned
    await read(two)
    assert nodes(kernel) == ["n1"]


async def test_a_zombie_that_read_before_and_writes_after_is_fenced(kernel):
    await kernel.put(entered(0, "n1"))
    zombie, standing = kernel.one, kernel.one.leases.owned[PARTITION]
    (batch,) = await kernel.log.read({PARTITION: 0}, wait=0)
    await read(await kernel.successor())
    before = kernel.store.memory
    with pytest.raises(Fenced):
        await zombie.reader.handle([(standing, batch)])
    assert kernel.store.memory is before


async def test_an_answer_that_nobody_may_say_sets_its_key_aside_and_the_partition_goes_on(kernel):
    """The node fits into its event, and the channel that is made of it does not: the rule is at fault, not the batch."""
    await kernel.put(entered(0, "n" * 200))
    await kernel.put(entered(0, "n1", SAME[1]))
    await read(kernel.one)
    parked = await kernel.store.parked.all()
    assert [(one.key, "malformed" in one.error or "channel" in one.error) for one in parked] == [(KEY, True)]
    assert nodes(kernel, SAME[1]) == ["n1"]
