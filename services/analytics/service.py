"""analytics, wired: the only file that sees both its rules and its adapters."""

from datetime import timedelta
from importlib.resources import files

from fastapi import FastAPI

from libs.events.catalogue.intake import NOBODY
from libs.events.service import Service
from libs.web.host import Host, StoreSettings, hosted
from libs.web.settings import WebSettings
from services.analytics import __doc__ as CARD
from services.analytics import queries
from services.analytics.api import TAGS, routes
from services.analytics.projections import FOLD
from services.analytics.queries.lately import first_contacts, outcomes, promises
from services.analytics.tables import METADATA

LATELY = timedelta(days=30)

_NOBODY = ", ".join(f"'{ref}'" for ref in NOBODY)
VIEWS = (files("services.analytics") / "views.sql").read_text().replace("{nobody}", _NOBODY)

SERVICE = Service(name="analytics", folds=(FOLD,), tables=METADATA, version=3, views=VIEWS)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return analytics' HTTP app."""
    host = Host(SERVICE, store)
    host.metrics.counted(
        "survey_answers_30d",
        "Customers' answers of the last 30 days: given, and satisfied",
        ("process", "what"),
        lambda: queries.answers(host.pool),
    )
    host.metrics.counted(
        "promises_30d",
        "Promises decided in the last 30 days: kept, and broken",
        ("process", "kind", "what"),
        lambda: promises(host.pool, host.now().date() - LATELY),
    )
    host.metrics.counted(
        "first_contacts_30d",
        "Cases of the last 30 days: resolved, and resolved at first contact",
        ("process", "what"),
        lambda: first_contacts(host.pool, host.now().date() - LATELY),
    )
    host.metrics.counted(
        "outcomes_30d",
        "Cases that ended in the last 30 days, by how: resolved, rejected, unreachable, withdrawn, other",
        ("process", "outcome"),
        lambda: outcomes(host.pool, host.now().date() - LATELY),
    )
    return hosted(host, "Loopdesk analytics", [routes(host)], web, card=CARD, tags=TAGS)
