"""analytics' app over tables that hold these stories, and a browser for it."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx

from libs.events.engine.known import Known
from libs.events.log.envelope import record_of
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.analytics.api import routes
from services.analytics.pages import PAGES, page_routes
from services.analytics.service import SERVICE
from tests.libs.web.pages.site import BROWSER
from tests.services.analytics.story import facts
from tests.services.analytics.test_views import TOLD, write

UTC = ZoneInfo("UTC")


@asynccontextmanager
async def desk(
    url: str,
    stories: Mapping[str, Iterable[tuple[float, Any]]],
    now: datetime,
    keys: Path | None = None,
    known: Known | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a browser; `client.headers` are those of one that prefers HTML."""
    data = f"analytics_v{await bootstrap(url, SERVICE)}"
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        TOLD.clear()
        told = {key: facts(story, key) for key, story in stories.items()}
        await write(pool, told, data)
        running = RunningService(SERVICE, StoreSettings())
        running._opened = opened(pool, now, told, known or Known())
        routers = [routes(running, UTC), *page_routes(running, UTC)]
        app = app_of(running, "analytics", routers, WebSettings(keys_file=keys), pages=PAGES)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=BROWSER) as client:
            yield client


def opened(pool: Any, now: datetime, told: Mapping[str, list[Any]], known: Known) -> Any:
    """Return what pages use of a service that runs."""

    async def kept(subject: tuple[Any, str]) -> list[bytes]:
        return [record_of(fact, fact.time).body for fact in told.get(subject[1], [])]

    instance = SimpleNamespace(known=known, watermark=lambda: now, clock=lambda: now, store=SimpleNamespace(facts=kept))
    return SimpleNamespace(pool=pool, instance=instance)
