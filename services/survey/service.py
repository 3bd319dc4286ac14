"""survey, wired: the only file that sees both its rules and its adapters."""

from pathlib import Path

from fastapi import FastAPI

from libs.events.engine.service import Service
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import BadSetting, from_environment
from libs.web.settings import WebSettings
from libs.web.zone import ZoneSettings
from services.survey import __doc__ as CARD
from services.survey import queries
from services.survey.api import TAGS, routes
from services.survey.books import BOOKS
from services.survey.form import LATE
from services.survey.page import Asker
from services.survey.pages import page_routes
from services.survey.settings import SurveySettings
from services.survey.tables import TABLES, VAULT

SERVICE = Service(name="survey", books=BOOKS, tables=TABLES, vault=VAULT, version=4)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return survey's HTTP app."""
    settings = from_environment(SurveySettings, service="survey")
    zone = from_environment(ZoneSettings, service="survey").zone
    if not settings.secret:
        raise BadSetting("LOOPDESK_SURVEY_SECRET is not set. Give a long random text; it signs the customers' links.")
    running = RunningService(SERVICE, store)
    running.metrics.counted("surveys", "Invitations by what became of them", ("status",), lambda: queries.by_status(running.pool))
    router = routes(running, settings.secret, settings.url, zone, Asker(settings.desk_name.strip(), settings.reached_at))
    folder = Path(__file__).parent / "pages"
    routers = [router, *page_routes(running)]
    return app_of(running, "Loopdesk survey", routers, web, pages=folder, card=CARD, tags=TAGS, late=LATE)
