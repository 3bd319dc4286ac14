"""One desk and one Chromium for the whole tier, and a context for each way to look."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext

from tests.browser.chromium import admitted, launched
from tests.browser.desk import Desk
from tests.browser.getting import ChromiumMissing, program
from tests.browser.looking import LOOKS, Look, Visit, visit
from tests.stack.running import started

Opened = Callable[[Look], Awaitable[BrowserContext]]


@pytest.fixture(scope="session")
def desk(server_folder: Path) -> Iterator[Desk]:
    """The desk with a month of cases."""
    desk = Desk(server_folder / "desk")
    with started(desk):
        yield desk


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    try:
        path = program()
    except ChromiumMissing as missing:
        pytest.exit(str(missing), 1)
    async with launched(path) as browser:
        yield browser


@pytest.fixture(scope="session")
async def opened(chromium: Browser, desk: Desk) -> Opened:
    """Return the context of a way to look; somebody who may see all has signed in."""
    contexts: dict[Look, BrowserContext] = {}
    session = desk.session(desk.key)

    async def context_of(look: Look) -> BrowserContext:
        if look not in contexts:
            contexts[look] = await admitted(chromium, look, session)
        return contexts[look]

    return context_of


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param


@pytest.fixture
async def visitor(opened: Opened, look: Look) -> AsyncIterator[Visit]:
    """A tab that looks in this way."""
    async with visit(await opened(look)) as made:
        yield made
