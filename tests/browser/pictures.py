"""`python -m tests.browser.pictures` makes the README's two pictures: the board and a case's life, as Chromium shows them."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.browser.busy import BusyDesk
from tests.browser.chromium import admitted, launched
from tests.browser.getting import ChromiumMissing, program
from tests.browser.looking import Look, Visit, visit
from tests.stack.running import started

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LOOK, QUALITY = Look("en", "light", 1280), 90
HEIGHTS = {"board": 1000, "life": 1250}
"""A picture → how many pixels of its page it shows, from the top."""


def main() -> None:
    """Make the pictures."""
    chromium = program()
    with tempfile.TemporaryDirectory(prefix="loopdesk-pictures-") as folder:
        Path(folder).chmod(0o711)  # so that PostgreSQL's user may enter it
        with started(BusyDesk(Path(folder) / "desk")) as desk:
            analytics = desk.stack.url("analytics")
            pages = {"board": f"{analytics}/?process=inbound-call", "life": f"{analytics}/cases/{desk.told()}"}
            asyncio.run(taken(chromium, desk.session(desk.key), pages))


async def taken(chromium: Path, session: str, pages: Mapping[str, str]) -> None:
    """Take a picture of each page."""
    PICTURES.mkdir(exist_ok=True)
    async with launched(chromium) as browser, visit(await admitted(browser, LOOK, session)) as visitor:
        for name, address in pages.items():
            await take(visitor, name, address)


async def take(visitor: Visit, name: str, address: str) -> None:
    await visitor.go(address)
    assert await visitor.faults() == []
    shown = {"x": 0, "y": 0, "width": LOOK.width, "height": HEIGHTS[name]}
    await visitor.tab.screenshot(path=PICTURES / f"{name}.webp", type="webp", quality=QUALITY, clip=shown, full_page=True)


if __name__ == "__main__":
    try:
        main()
    except ChromiumMissing as missing:
        sys.exit(str(missing))
