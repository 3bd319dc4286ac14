"""A caller is answered in time, even when the work behind the answer never ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from libs.web.answers import shown
from libs.web.app import create_app
from libs.web.settings import WebSettings
from tests.libs.web.tiny import calling


@dataclass
class Silent:
    """A route behind which nothing answers until `spoken` is set, and then does as `says` has it."""

    says: Callable[[], object] = lambda: shown("done")
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    spoken: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self, seconds: float):
        router = APIRouter()

        @router.get("/silent")
        async def silent() -> Response:
            self.asked.set()
            await self.spoken.wait()
            self.done.set()
            return self.says()

        @router.get("/quick")
        async def quick() -> Response:
            return shown("done")

        @router.get("/long")
        async def long() -> Response:
            async def parts() -> AsyncIterator[bytes]:
                yield b"first, "
                await self.spoken.wait()
                yield b"last"

            return StreamingResponse(parts(), media_type="text/plain")

        return create_app("tiny", "Tiny", [router], settings=WebSettings(answer_seconds=seconds))


def broken():
    raise RuntimeError("password=hunter2")


@pytest.mark.parametrize("says", [lambda: shown("done"), broken])
async def test_a_client_that_waits_too_long_is_asked_to_come_again_and_its_request_goes_on(says, logged):
    silent = Silent(says)
    async with calling(silent.app(0.01)) as client:
        answered = await client.get("/silent")
        told = answered.json()
        assert (answered.status_code, told["type"], answered.headers["Retry-After"]) == (503, "/problems/answer-overdue", "5")
        assert silent.asked.is_set() and not silent.done.is_set()
        assert (await client.get("/quick")).status_code == 200, "nobody else waits"
        silent.spoken.set()
        await silent.done.wait()
        assert 'status="503"' in (await client.get("/metrics")).text
    assert "hunter2" not in str(logged)


async def test_an_answer_that_has_begun_is_not_broken_off():
    silent = Silent()
    async with calling(silent.app(0.01)) as client:
        asked = asyncio.create_task(client.get("/long"))
        await asyncio.sleep(0.05)
        silent.spoken.set()
        assert (await asked).text == "first, last"


async def test_a_client_that_hangs_up_ends_its_request():
    silent = Silent()
    async with calling(silent.app(60.0)) as client:
        asked = asyncio.create_task(client.get("/silent"))
        await silent.asked.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        silent.spoken.set()
        await asyncio.sleep(0)
    assert not silent.done.is_set()
