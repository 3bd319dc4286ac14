"""Time passes for a subject only as far as the log is known, and each alarm is answered once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.log.envelope import draft, open_envelope
from libs.events.testing.toy import CROWDS, PATIENCE, TOY, TOYS
from tests.libs.events.kernel import Kernel, at, contact, entered, registered

DAY = 24 * 60


@pytest.fixture
async def kernel():
    kernel = Kernel()
    kernel.one = await kernel.open()
    await kernel.say(registered(0))
    return kernel


def cancelled(kernel):
    return [fact.time for fact in kernel.said() if fact.kind.name == "case.cancelled"]


@pytest.mark.parametrize(
    ("now", "fires", "why"),
    [
        (at(DAY) - timedelta(microseconds=1), [], "not due"),
        (at(DAY), [], "the instant itself is still good"),
        (at(DAY) + timedelta(microseconds=1), [at(DAY)], "over"),
        (at(9 * DAY), [at(DAY)], "noticed late, and still broken at its own instant"),
    ],
)
async def test_an_alarm_fires_after_its_instant_and_speaks_of_that_instant(kernel, now, fires, why):
    kernel.clock.at = now
    await kernel.one.tick()
    assert cancelled(kernel) == fires, why


async def test_an_alarm_waits_until_everything_before_its_instant_was_read(kernel):
    kernel.clock.at = at(DAY - 5)
    await kernel.put(entered(DAY - 10, "n1"))  # it moves the alarm, and nobody has read it yet
    kernel.clock.at = at(DAY + 5)
    assert await kernel.one.tick() == 0
    await kernel.one.read(wait=0)
    assert await kernel.one.tick() == 0
    assert cancelled(kernel) == []
    kernel.clock.at = at(2 * DAY)
    await kernel.one.tick()
    assert cancelled(kernel) == [at(2 * DAY - 10)]


async def test_an_alarm_is_answered_once_by_whomever(kernel):
    kernel.clock.at = at(2 * DAY)
    assert await kernel.one.tick() == 1
    assert await kernel.one.tick() == 0
    assert await (await kernel.successor()).tick() == 0
    assert cancelled(kernel) == [at(DAY)]


async def test_a_word_in_time_moves_the_alarm(kernel):
    await kernel.say(contact(600))
    kernel.clock.at = at(DAY + 1)
    assert await kernel.one.tick() == 0
    assert cancelled(kernel) == []


@pytest.mark.parametrize(
    ("why", "wrong_by", "fires", "says"),
    [
        ("right", timedelta(0), True, ""),
        ("a second is not much", timedelta(seconds=1), True, ""),
        ("ahead", timedelta(seconds=1, microseconds=1), False, "1.0 s ahead of the database's"),
        ("an hour ahead", timedelta(hours=1), False, "3600.0 s ahead of the database's"),
        ("an hour behind", timedelta(hours=-1), False, "3600.0 s behind the database's"),
    ],
)
async def test_an_instance_with_a_wrong_clock_fires_nothing_and_says_so(kernel, why, wrong_by, fires, says):
    wrong = await kernel.instance(own_clock=lambda: kernel.clock() + wrong_by)
    await wrong.lease()
    kernel.clock.at = at(DAY - 1)
    await kernel.one.lease()
    assert await wrong.tick() == await kernel.one.tick() == 0, "whatever its own clock says, nothing is due"
    kernel.clock.at = at(DAY + 1)
    await wrong.lease()  # it is alone now: the other one has been silent for too long
    await wrong.tick()
    assert cancelled(kernel) == ([at(DAY)] if fires else []), why
    assert says in wrong.leases.wrong_clock()
    await kernel.one.lease()
    await wrong.lease()
    await kernel.one.lease()
    await kernel.one.tick()
    assert cancelled(kernel) == [at(DAY)], "somebody with a right clock takes its partitions over"


async def test_what_it_says_was_recorded_by_the_shared_clock(kernel):
    wrong = await kernel.instance(own_clock=lambda: kernel.clock() + timedelta(hours=1))
    await kernel.successor()
    await wrong.lease()
    await kernel.put(entered(1, "n1"))
    while await wrong.read(wait=0) or await kernel.one.read(wait=0):
        pass
    recorded = {open_envelope(event.body).recordedtime for _, event in kernel.store.memory.outbox.values()}
    assert recorded <= {at(0), kernel.clock()}


async def test_what_is_over_by_now_is_said_at_once_however_much_follows_from_it():
    """Each reminder moves the alarm to the next day; when the instance was away for long, all of them are over."""

    def remind(key, toy, known, until):
        if until is None or toy.last_at is None or len(toy.channels) > 3 or until <= toy.last_at + PATIENCE:
            return []
        return [draft(ContactLogged(direction="outbound", channel="web", purpose="progress"), key, toy.last_at + PATIENCE)]

    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=remind, reactions={}), CROWDS)))
    one = await kernel.open()
    await kernel.say(registered(0))
    kernel.clock.at = at(9 * DAY)
    while await one.tick():
        pass
    assert [fact.time for fact in kernel.said()[1:]] == [at(DAY), at(2 * DAY), at(3 * DAY)]
