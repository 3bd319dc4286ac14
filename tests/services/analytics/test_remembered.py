"""An answer is kept for a minute, not longer, and not too many are."""

import asyncio
from datetime import timedelta

import pytest

from services.analytics.queries.remembered import ANSWERS_MAX, REMEMBERED, Remembered
from tests.services.analytics.story import START

A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def kept(asked: list[str]) -> Remembered[str, str]:
    async def ask(question: str) -> str:
        asked.append(question)
        return question.upper()

    return Remembered(ask)


@pytest.mark.parametrize(
    ("why", "after", "times"),
    [
        ("at once", timedelta(), 1),
        ("to the end of the minute", REMEMBERED - A_MOMENT, 1),
        ("a minute later", REMEMBERED, 2),
        ("the clock was put back", -A_MOMENT, 2),
    ],
)
async def test_the_same_question_is_asked_again_when_its_minute_is_over(
    kept: Remembered[str, str], asked: list[str], why: str, after: timedelta, times: int
) -> None:
    await kept("a", START)
    found_at, answer = await kept("a", START + after)
    assert (answer, len(asked)) == ("A", times), why
    assert found_at == (START if times == 1 else START + after)


async def test_another_question_is_another_answer_and_the_least_asked_is_forgotten(
    kept: Remembered[str, str], asked: list[str]
) -> None:
    for n in range(ANSWERS_MAX):
        assert await kept(f"q{n}", START) == (START, f"Q{n}")
    await kept("q0", START)
    await kept("new", START)
    assert len(asked) == ANSWERS_MAX + 1
    await kept("q0", START)
    await kept("q1", START)
    assert asked[ANSWERS_MAX + 1 :] == ["q1"]


async def test_who_asks_while_somebody_does_gets_the_same_answer() -> None:
    asked, may_answer = [], asyncio.Event()

    async def ask(question: str) -> str:
        asked.append(question)
        await may_answer.wait()
        return question

    kept = Remembered(ask)
    both = [asyncio.create_task(kept("a", START)) for _ in range(2)]
    await asyncio.sleep(0)
    may_answer.set()
    assert await asyncio.gather(*both) == [(START, "a")] * 2 and asked == ["a"]


async def test_what_fails_is_not_kept() -> None:
    async def ask(question: str) -> str:
        raise ValueError(question)

    kept = Remembered(ask)
    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            await kept("a", START)
