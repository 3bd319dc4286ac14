"""Commands share a transaction, and one that is refused, repeated or unstorable spoils no neighbour."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from libs.events.engine.writer import Command
from libs.events.store.port import StoreUnavailable, Unstorable
from libs.events.store.values import Answer, Idempotency
from libs.events.testing.memory_transaction import MemoryTransaction
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from tests.libs.events.kernel import KEY, SAME, Kernel, contact, registered


def told(outcome):
    return Answer(201, f"{outcome.version} {outcome.state.channels} {len(outcome.said)}".encode())


def told_import(outcome):
    return Answer(200, b"")


def command(fact, *, once=None, expected=None, decide=None):
    return Command(told, (Topic.CASES, fact.key), decide or (lambda toy: [fact]), idempotency=once, expected_version=expected)


def refuse(toy):
    raise Refused("no", "not like this")


@pytest.fixture
async def kernel():
    kernel = Kernel()
    kernel.writer = (await kernel.open()).writer
    kernel.commits = 0
    begin = kernel.store.transaction

    @asynccontextmanager
    async def counting():
        async with begin() as transaction:
            yield transaction
        kernel.commits += 1

    kernel.store.transaction = counting
    running = asyncio.create_task(kernel.writer.run())
    yield kernel
    running.cancel()


async def together(kernel, *commands):
    return await asyncio.gather(*(kernel.writer.execute(one) for one in commands), return_exceptions=True)


async def test_commands_that_wait_together_are_committed_together(kernel):
    answers = await together(kernel, *(command(registered(0, key)) for key in SAME[:9]))
    assert [answer.body for answer in answers] == [b"1 ['phone'] 1"] * 9
    assert kernel.commits == 1


async def test_a_group_locks_at_once_all_that_it_will_change(kernel, monkeypatch):
    """Otherwise two groups that need each other's locks would wait until the database ends one of them."""
    asked, states = [], MemoryTransaction.states

    async def asking(transaction, subjects, claimed=()):
        asked.append([key for book, key in subjects if book == Topic.CASES])
        return await states(transaction, subjects, claimed)

    monkeypatch.setattr(MemoryTransaction, "states", asking)
    late, early = sorted(SAME[:2], reverse=True)
    await together(kernel, command(registered(0, late)), Command(told_import, facts=[registered(0, early)]))
    assert asked[0] == [early, late]


async def test_one_group_is_written_while_another_commits_and_no_subject_is_in_both(kernel):
    begin, may_commit, second = kernel.store.transaction, asyncio.Event(), asyncio.create_task(kernel.writer.run())

    @asynccontextmanager
    async def slow():
        async with begin() as transaction:
            yield transaction
            if len(transaction.memory.outbox) == 1 and not kernel.commits:
                kernel.commits += 1
                await may_commit.wait()

    kernel.store.transaction = slow
    first = asyncio.create_task(kernel.writer.execute(command(registered(0))))
    await settled()
    same = asyncio.create_task(kernel.writer.execute(command(contact(3))))
    other = asyncio.create_task(kernel.writer.execute(command(registered(0, SAME[1]))))
    await settled()
    assert (first.done(), same.done(), other.done()) == (False, False, True)
    may_commit.set()
    assert [answer.body for answer in await asyncio.gather(first, same)] == [b"1 ['phone'] 1", b"2 ['phone', 'web'] 1"]
    second.cancel()


async def settled():
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_refused_command_leaves_no_trace_and_spoils_no_neighbour(kernel):
    first, refused, last = await together(
        kernel, command(registered(0)), command(registered(0, SAME[1]), decide=refuse), command(registered(0, SAME[2]))
    )
    assert (first.status, refused.code, last.status, kernel.commits) == (201, "no", 201, 1)
    assert {fact.key for fact in kernel.said()} == {KEY, SAME[2]}


async def test_malformed_facts_are_refused_to_their_author_only(kernel):
    good, bad = await together(kernel, command(registered(0)), command(registered(0, SAME[1], channel="")))
    assert (good.status, bad.code) == (201, "malformed")
    assert {fact.key for fact in kernel.said()} == {KEY}


@pytest.mark.parametrize(("error", "shape"), [(Unstorable("no such byte"), "unstorable"), (ZeroDivisionError(), "")])
async def test_what_the_database_cannot_hold_is_found_and_its_neighbours_are_kept(kernel, error, shape):
    begin = kernel.store.transaction

    @asynccontextmanager
    async def choosy():
        async with begin() as transaction:
            yield transaction
            if any(event.key == SAME[1] for _, event in transaction.memory.outbox.values()):
                raise error

    kernel.store.transaction = choosy
    one, culprit, three = await together(kernel, *(command(registered(0, key)) for key in SAME[:3]))
    assert (one.status, three.status) == (201, 201)
    assert getattr(culprit, "code", "") == shape and isinstance(culprit, Exception)
    assert {fact.key for fact in kernel.said()} == {KEY, SAME[2]}


async def test_an_unreachable_database_is_said_to_everybody_and_the_writer_goes_on(kernel):
    begin = kernel.store.transaction

    @asynccontextmanager
    async def away():
        raise StoreUnavailable("gone")
        yield

    kernel.store.transaction = away
    assert [type(one) for one in await together(kernel, command(registered(0)), command(registered(0, SAME[1])))] == [
        StoreUnavailable
    ] * 2
    kernel.store.transaction = begin
    assert (await kernel.writer.execute(command(registered(0)))).status == 201


async def test_a_repeated_request_is_answered_byte_for_byte_and_says_nothing_again(kernel):
    once = Idempotency("anna", "k", b"print")
    first = await kernel.writer.execute(command(registered(0), once=once))
    await kernel.writer.execute(command(contact(3)))
    again = await kernel.writer.execute(command(contact(9), once=once))
    assert again == first
    assert len(kernel.said()) == 2


async def test_the_same_key_for_something_else_is_refused_and_anothers_key_is_not_mine(kernel):
    await kernel.writer.execute(command(registered(0), once=Idempotency("anna", "k", b"print")))
    with pytest.raises(Refused) as reused:
        await kernel.writer.execute(command(contact(3), once=Idempotency("anna", "k", b"other")))
    assert (reused.value.code, reused.value.status) == ("idempotency-key-reused", 422)
    assert (await kernel.writer.execute(command(contact(3), once=Idempotency("bo", "k", b"other")))).status == 201


async def test_twins_in_one_group_are_executed_once(kernel):
    once = Idempotency("anna", "k", b"print")
    first, twin = await together(kernel, command(registered(0), once=once), command(registered(0, SAME[1]), once=once))
    assert (first.status, twin.code, twin.status, len(kernel.said())) == (201, "idempotency-key-in-use", 409, 1)


async def test_a_refusal_is_not_remembered(kernel):
    once = Idempotency("anna", "k", b"print")
    with pytest.raises(Refused):
        await kernel.writer.execute(command(registered(0), once=once, decide=refuse))
    assert (await kernel.writer.execute(command(registered(0), once=once))).status == 201


@pytest.mark.parametrize(("expected", "status"), [(None, 201), (1, 201), (0, 412), (2, 412)])
async def test_an_expected_version_must_be_the_subjects(kernel, expected, status):
    await kernel.writer.execute(command(registered(0)))
    (answer,) = await together(kernel, command(contact(3), expected=expected))
    assert answer.status == status


async def test_a_second_command_on_one_subject_sees_the_first(kernel):
    answers = await together(kernel, command(registered(0)), command(contact(3)), command(registered(0, SAME[1])))
    assert [answer.body for answer in answers] == [b"1 ['phone'] 1", b"2 ['phone', 'web'] 1", b"1 ['phone'] 1"]
    assert kernel.commits == 2


async def test_a_command_that_took_its_instant_from_a_lost_time_is_refused_and_writes_nothing(kernel):
    asked = asyncio.create_task(kernel.writer.execute(command(registered(0))))
    await asyncio.sleep(0)  # it waits, with its instant
    kernel.writer._clock.leaps += 1
    with pytest.raises(Refused) as no:
        await asked
    assert (no.value.status, no.value.code, kernel.said()) == (503, "out-of-time", [])
    assert (await kernel.writer.execute(command(registered(0)))).status == 201, "asked again it is right"
