"""Looks at a page as a person's browser does, and lists what is wrong with it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
ALL_RULES = {"resultTypes": ["violations"]}
MARGIN_MM, MM_PX, POINT_PX = 15, 96 / 25.4, 96 / 72
"""The shell's margin of a printed page, and what a millimetre and a point are on a screen."""

_axe = Axe()

# Text can be wider than its box, but not in a picture, whose text has no box. `.heard` is only for screen readers.
_BEYOND = """[...document.querySelectorAll("body *")].filter(one => one.getClientRects().length && !one.closest(".heard")
    && one.getBoundingClientRect().left
      + Math.max(one.getBoundingClientRect().width, one.ownerSVGElement ? 0 : one.scrollWidth) > innerWidth + 1)"""
_TOLD = """.slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""

# A page is too wide if a person has to move all of it sideways; what scrolls in a box of its own is not.
TOO_WIDE = f"""() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? {_BEYOND}.filter(one => !one.closest(".scroll, .picture-frame")){_TOLD}.concat("the document") : []"""

# Paper does not scroll, so there such a box is too wide, too.
CUT_OFF = f"() => {_BEYOND}{_TOLD}"


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    lang: str
    scheme: str
    width: int

    def __str__(self) -> str:
        return f"{self.lang}-{self.scheme}-{self.width}"

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of a browser context."""
        return {
            "viewport": {"width": self.width, "height": 844 if self.width < 500 else 900},
            "color_scheme": self.scheme,
            "locale": {"en": "en-GB", "zh": "zh-CN"}[self.lang],
            "timezone_id": {"en": "Europe/Berlin", "zh": "Asia/Shanghai"}[self.lang],
            "reduced_motion": "reduce",
        }


LOOKS = [Look(lang, scheme, width) for lang in ("en", "zh") for scheme in ("light", "dark") for width in (390, 1280)]


@dataclass
class Visit:
    """A tab that remembers what its pages said and asked for."""

    tab: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: Response | None = None

    def __post_init__(self) -> None:
        self.tab.on("console", self._heard)
        self.tab.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.tab.on("dialog", self._dialog)
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("requestfailed", self._failed)

    def _heard(self, message: ConsoleMessage) -> None:
        self.said.append(f"console: {message.text}")

    async def _dialog(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _failed(self, request: Request) -> None:
        # Who leaves a page ends its stream, and what it was just fetching because of it.
        if request.resource_type not in ("eventsource", "fetch") or request.failure != "net::ERR_ABORTED":
            self.said.append(f"failed: {request.url}")

    async def go(self, address: str) -> None:
        self.said.clear()
        self.asked.clear()
        self.answer = await self.tab.goto(address, wait_until="load")

    async def faults(self, *, status: int = 200) -> list[str]:
        """Return everything that is wrong with the page."""
        wide = [f"too wide: {one}" for one in await self.tab.evaluate(TOO_WIDE)]
        return [*self._unexpected(status), *self._foreign(), *wide, *await self.inaccessible()]

    def _unexpected(self, status: int) -> list[str]:
        assert self.answer is not None
        # A browser says of a page with such a status what the status says.
        known = f"console: Failed to load resource: the server responded with a status of {status} "
        said = [one for one in self.said if status < 400 or not one.startswith(known)]
        return said if self.answer.status == status else [f"status: {self.answer.status}", *said]

    def _foreign(self) -> list[str]:
        own = urlsplit(self.tab.url)[:2]
        return [f"foreign: {url}" for url in self.asked if urlsplit(url)[:2] != own]

    async def inaccessible(self) -> list[str]:
        """Return what axe finds."""
        found = await _axe.run(self.tab, options=ALL_RULES)
        return [
            f"axe {rule['id']}: {node['html'][:120]} ({node.get('failureSummary', '')})"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]

    async def keep(self, name: str) -> None:
        """Keep a screenshot of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.tab.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    async def printed(self) -> "Printed":
        """Print the page."""
        await self.tab.emulate_media(media="print")
        pdf = await self.tab.pdf(prefer_css_page_size=True, print_background=True)
        boxes = re.findall(rb"/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
        _, _, width, height = (float(one) * POINT_PX for one in boxes[0])
        room = 2 * MARGIN_MM * MM_PX
        await self.tab.set_viewport_size({"width": round(width - room), "height": round(height - room)})
        cut_off = await self.tab.evaluate(CUT_OFF)
        tall = await self.tab.evaluate("document.documentElement.scrollHeight")
        return Printed(pdf, len(re.findall(rb"/Type\s*/Page\b", pdf)), tall / (height - room), cut_off)


@dataclass(frozen=True, slots=True)
class Printed:
    """What comes out of the printer: how many sheets, how many the text would fill without a break, what paper cuts off."""

    pdf: bytes
    sheets: int
    filled: float
    cut_off: list[str]


@asynccontextmanager
async def visit(context: BrowserContext) -> AsyncIterator[Visit]:
    """Open a tab, and close it at the end."""
    tab = await context.new_page()
    try:
        yield Visit(tab)
    finally:
        await tab.close()


# What a person who uses no mouse has reached: its name as a screen reader says it, and whether she can see where she is.
REACHED = """() => {
  const one = document.activeElement, labels = [...(one.labels ?? [])];
  const named = one.getAttribute("aria-label") ?? (labels.map(label => label.innerText).join(" ") || one.innerText);
  return {
    name: [one.name, named, one.type].join(" ").replace(/\\s+/g, " ").trim(),
    seen: [one, ...labels].some(each => getComputedStyle(each).outlineStyle !== "none"),
  };
}"""
STOPS_MAX = 100


class Keyboard:
    """Hands that use only a keyboard."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab

    async def reach(self, name: str) -> None:
        """Press Tab until something whose name contains this has the focus; each stop must be seen."""
        stops = []
        for _ in range(STOPS_MAX):
            await self.tab.keyboard.press("Tab")
            reached = await self.tab.evaluate(REACHED)
            stops.append(reached["name"])
            assert reached["seen"], f"nobody sees that {reached['name']!r} has the focus"
            if name in reached["name"]:
                return
        raise AssertionError(f"{name!r} cannot be reached; the stops are {stops}")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.tab.keyboard.press(key)

    async def write(self, text: str) -> None:
        await self.tab.keyboard.type(text)

    async def go(self, key: str = "Enter") -> None:
        """Press a key that leads to another page."""
        async with self.tab.expect_navigation():
            await self.tab.keyboard.press(key)
