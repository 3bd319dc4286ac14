"""analytics, wired: the only file that sees both its rules and its adapters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from libs.events.engine.service import Service
from libs.events.store.checkpoint import watermark_sql
from libs.events.store.tables import views_of
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import from_environment
from libs.web.settings import WebSettings
from libs.web.zone import ZoneSettings
from services.analytics import __doc__ as CARD
from services.analytics.api import TAGS, routes, subject_routes
from services.analytics.books import books_in
from services.analytics.domain.activities import ACTIVITIES
from services.analytics.domain.days import day_of
from services.analytics.pages import PAGES, page_routes
from services.analytics.projections import GREENWICH
from services.analytics.queries.lately import COUNTED_LATELY, Lately
from services.analytics.settings import AnalyticsSettings
from services.analytics.tables import TABLES, VAULT, VIEWED, comments, figure_comments, figure_views

LATELY = timedelta(days=30)

_MADE = {
    "views": views_of("analytics", (row.__table__ for row in VIEWED)),
    "deprecated": comments(),
    "activities": ", ".join(f"({n}, '{kind}', '{name.en}', '{name.zh}')" for n, (kind, name) in enumerate(ACTIVITIES.items())),
    "kinds": ", ".join(ACTIVITIES),
    "figures": figure_views(),
    "figure_comments": figure_comments(),
}


def _views() -> str:
    text = "\n".join((files("services.analytics") / name).read_text() for name in ("views.sql", "events.sql"))
    for name, made in _MADE.items():
        text = text.replace("{" + name + "}", made)
    return text


VIEWS = _views()


def service_in(zone: ZoneInfo) -> Service:
    """Return the service of a desk in that zone. Days begin elsewhere in another zone, so its tables are different."""
    variant = "" if zone == GREENWICH else zone.key
    service = Service(name="analytics", books=books_in(zone), tables=TABLES, vault=VAULT, version=5, variant=variant)
    data_as_of = watermark_sql("{data}", service.topics_heard)
    return replace(service, views=VIEWS.replace("{zone}", zone.key).replace("{data_as_of}", data_as_of))


SERVICE = service_in(GREENWICH)


def configured() -> Service:
    """Return the service as the operator has set it up."""
    return service_in(from_environment(ZoneSettings, service="analytics").zone)


async def _lately(one: Lately, running: RunningService, zone: ZoneInfo) -> Sequence[tuple[Any, ...]]:
    return await one.count(running.pool, day_of(running.now(), zone) - LATELY)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return analytics' HTTP app."""
    zone = from_environment(ZoneSettings, service="analytics").zone
    pepper = from_environment(AnalyticsSettings, service="analytics").pepper
    running = RunningService(service_in(zone), store)

    for one in COUNTED_LATELY:
        count = partial(_lately, one, running, zone)
        running.metrics.counted(one.name, one.meaning, one.labels, count)
    return app_of(
        running,
        "Loopdesk analytics",
        [routes(running, zone), subject_routes(running, pepper), *page_routes(running, zone)],
        web,
        card=CARD,
        tags=TAGS,
        pages=PAGES,
    )
