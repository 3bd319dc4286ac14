"""intake, wired: the only file that sees both its rules and its adapters."""

from fastapi import FastAPI

from libs.events.engine.service import Service
from libs.service.app import app_of
from libs.service.reads import Cases
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import from_environment
from libs.web.settings import WebSettings
from libs.web.uploads import AROUND_BYTES_MAX
from services.intake import __doc__ as CARD
from services.intake import queries
from services.intake.api import TAGS, routes
from services.intake.attachments import TAKING_FILES, sweeping
from services.intake.books import BOOKS
from services.intake.domain.link import Links
from services.intake.pages import PAGES, page_routes
from services.intake.questions import unknown_case
from services.intake.settings import IntakeSettings
from services.intake.storage import files_of
from services.intake.tables import TABLES, VAULT

SERVICE = Service(name="intake", books=BOOKS, tables=TABLES, vault=VAULT, version=6)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return intake's HTTP app."""
    running = RunningService(SERVICE, store)
    settings = from_environment(IntakeSettings, service="intake")
    links, files = Links(settings.tracking_secret, settings.tracking_days), files_of(settings)
    running.metrics.counted("cases", "Registered cases", ("process", "channel"), lambda: queries.by_process(running.pool))
    return app_of(
        running,
        "Loopdesk intake",
        [routes(running, settings.pepper, links, files), *page_routes(running, settings.pepper, links, files)],
        web,
        pages=PAGES,
        cases=Cases(lambda case_ids: queries.concerns(running.pool, case_ids), unknown_case),
        card=CARD,
        tags=TAGS,
        meanwhile=lambda: sweeping(running, files),
        larger_bodies={
            "/import": web.import_bytes_max,
            **dict.fromkeys(TAKING_FILES, files.bytes_max + AROUND_BYTES_MAX),
        },
    )
