"""Time passes for a subject only as far as the log is known, and each alarm is answered once."""

from datetime import timedelta

import pytest

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
