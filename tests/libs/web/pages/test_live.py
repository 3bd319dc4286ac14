"""A stream says when something changed, and ends when the service stops; all who watch share one look."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from libs.web.pages import live as streams
from libs.web.pages.live import is_live, live, shared


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.002)
    monkeypatch.setattr(streams, "STOP_SECONDS", 0.001)


def request(is_stopping: bool = False) -> Any:
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(is_stopping=is_stopping)))


async def told(asked: Any, stamps: list[int]) -> list[str]:
    """Return what the stream says of these stamps; with the last one the service stops."""

    async def stamp() -> int:
        if len(stamps) == 1:
            asked.app.state.is_stopping = True
        return stamps.pop(0)

    return [str(part) async for part in live(asked, stamp).body_iterator]


@pytest.mark.usefixtures("quick")
async def test_it_says_each_change_once_and_ends_with_the_service() -> None:
    said = await told(request(), [1, 1, 2, 2, 3, 3])
    assert [one for one in said if one.startswith("event")] == ["event: changed\ndata:\n\n"] * 2
    assert said[0].startswith("retry:")


@pytest.mark.usefixtures("quick")
async def test_it_is_not_silent_for_long() -> None:
    assert (await told(request(), [1] * (streams.SILENT_MAX + 2))).count(": still here\n\n") == 1


async def test_all_who_watch_share_a_look() -> None:
    looks, ticks = [], [0.0]

    async def look() -> int:
        looks.append(1)
        return len(looks)

    looked = shared(look, lambda: ticks[0])
    assert await asyncio.gather(*(looked() for _ in range(5))) == [1] * 5
    ticks[0] = streams.LOOK_SECONDS
    assert await looked() == 2


@pytest.mark.parametrize(("kind", "is_one"), [(b"text/event-stream; charset=utf-8", True), (b"text/html", False)])
def test_such_an_answer_is_known_by_its_type(kind: bytes, is_one: bool) -> None:
    assert is_live({"headers": [(b"content-type", kind)]}) == is_one
