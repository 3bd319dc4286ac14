"""One desk and one Chromium for the whole tier, and a context for each way to look."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from libs.web.pages.sessions import COOKIE
from tests.browser.desk import Desk
from tests.browser.getting import ChromiumMissing, program
from tests.browser.looking import LOOKS, Look, Visit, visit
from tests.stack.running import started

# Only this machine is asked for anything, whatever a page says; the rest keeps the browser from calling home.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

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
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def opened(chromium: Browser, desk: Desk) -> Opened:
    """Return the context of a way to look; somebody who may see all has signed in."""
    contexts: dict[Look, BrowserContext] = {}
    cookie = {"name": COOKIE, "value": desk.session(desk.key), "domain": "127.0.0.1", "path": "/"}

    async def context_of(look: Look) -> BrowserContext:
        if look not in contexts:
            contexts[look] = await chromium.new_context(**look.options)
            await contexts[look].add_cookies([cookie])
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
