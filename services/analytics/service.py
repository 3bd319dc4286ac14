"""analytics, wired: the only file that sees both its rules and its adapters."""

from importlib.resources import files

from fastapi import FastAPI

from libs.events.service import Service
from libs.web.host import Host, StoreSettings, hosted
from libs.web.settings import WebSettings
from services.analytics import queries
from services.analytics.api import routes
from services.analytics.projections import FOLD
from services.analytics.tables import METADATA

VIEWS = (files("services.analytics") / "views.sql").read_text()

SERVICE = Service(name="analytics", folds=(FOLD,), tables=METADATA, version=1, views=VIEWS)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return analytics' HTTP app."""
    host = Host(SERVICE, store)
    host.metrics.counted(
        "survey_answers_30d",
        "Customers' answers of the last 30 days: given, and satisfied",
        ("process", "what"),
        lambda: queries.answers(host.pool),
    )
    return hosted(host, "Loopdesk analytics", [routes(host)], web)
