"""A Chromium that contacts nobody but this machine, and somebody in it who has signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, async_playwright

from libs.web.pages.sessions import COOKIE
from tests.browser.looking import Look

# Only this machine is asked for anything, whatever a page says; the rest keeps the browser from calling home.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@asynccontextmanager
async def launched(program: Path) -> AsyncIterator[Browser]:
    """Start the browser, and end it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


async def admitted(browser: Browser, look: Look, session: str, **more: Any) -> BrowserContext:
    """Return the context of a way to look, with the cookie of a session, and `more` options of the browser."""
    context = await browser.new_context(**look.options, **more)
    await context.add_cookies([{"name": COOKIE, "value": session, "domain": "127.0.0.1", "path": "/"}])
    return context
