"""A question outstanding is not asked twice, and never cancelled."""

import asyncio

import pytest

from libs.web.probe import Probe


async def test_a_second_caller_waits_for_the_same_answer() -> None:
    asked = 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.02)
        return asked

    probe = Probe("p", ask)
    assert await asyncio.gather(probe.answer(1), probe.answer(1)) == [1, 1]
    assert await probe.answer(1) == 2


async def test_waiting_ends_and_the_question_goes_on() -> None:
    done = asyncio.Event()

    async def ask() -> str:
        await asyncio.sleep(0.05)
        done.set()
        return "late"

    probe = Probe("p", ask)
    with pytest.raises(TimeoutError):
        await probe.answer(0.01)
    await asyncio.wait_for(done.wait(), 1)
    assert await probe.answer(1) == "late"


async def test_a_cancelled_asker_leaves_the_question_alone() -> None:
    done = asyncio.Event()

    async def ask() -> None:
        await asyncio.sleep(0.03)
        done.set()

    asker = asyncio.create_task(Probe("p", ask).answer(1))
    await asyncio.sleep(0.01)
    asker.cancel()
    await asyncio.wait_for(done.wait(), 1)


async def test_what_asking_raises_is_raised_once_and_forgotten() -> None:
    answers = iter([ValueError("no"), None])

    async def ask() -> str:
        if error := next(answers):
            raise error
        return "yes"

    probe = Probe("p", ask)
    with pytest.raises(ValueError, match="no"):
        await probe.answer(1)
    assert await probe.answer(1) == "yes"
