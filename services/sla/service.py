"""sla, wired: the only file that sees both its rules and its adapters."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from libs.events.catalogue.sla import Calendar
from libs.events.engine.service import Service
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import BadSetting, from_environment
from libs.web.health import Check, Note
from libs.web.settings import WebSettings
from libs.web.written import read_yaml
from services.sla import __doc__ as CARD
from services.sla import queries
from services.sla.api import TAGS, routes
from services.sla.books import BOOKS, CONSTANTS
from services.sla.commands import publish_command
from services.sla.domain import terms
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendar_use import calendar_lines, ending
from services.sla.domain.calendars import calendar_of
from services.sla.pages import page_routes
from services.sla.reckonings.api import reckoning_routes
from services.sla.reckonings.vault import VAULT, VIEWS
from services.sla.reckonings.work import Job
from services.sla.restating import restating_routes
from services.sla.settings import SlaSettings
from services.sla.tables import TABLES

SERVICE = Service(name="sla", books=BOOKS, tables=TABLES, vault=VAULT, views=VIEWS, version=6, constants=CONSTANTS)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return sla's HTTP app."""
    running, settings = RunningService(SERVICE, store), from_environment(SlaSettings, service="sla")
    job, folder = Job(running, settings.reckonings_days), settings.calendars

    calendars = [_read(file) for file in sorted(folder.glob("*.yaml"))] if folder else []

    async def publish_shipped() -> None:
        for calendar in calendars:
            await running.execute(publish_command(calendar, at=running.now(), actor="shipped"))

    _measure(running)
    return app_of(
        running,
        "Loopdesk sla",
        [routes(running), restating_routes(running), reckoning_routes(running, job.wake.set), *page_routes(running)],
        web,
        pages=Path(__file__).parent / "pages",
        card=CARD,
        tags=TAGS,
        started=publish_shipped,
        meanwhile=job.run,
        checks=_checks(running),
    )


def _measure(running: RunningService) -> None:
    """Count the open promises, those that wait, and the days that are left of the calendars in use."""
    running.metrics.counted(
        "clocks_open",
        "Unfinished promises by process and kind: running, at_risk, paused (with the reason), waiting for a calendar, breached",
        ("process", "kind", "status", "reason"),
        lambda: queries.open_clocks(running.pool, running.now()),
    )

    async def days_left() -> list[tuple[str, int]]:
        return [(one.id, one.days_left) for one in calendar_lines(running.known, running.now()) if one.named_by]

    running.metrics.counted(
        "calendar_days_left",
        "In how many days a calendar that published process standards name ends",
        ("calendar",),
        days_left,
    )
    running.metrics.counted(
        "promises_waiting",
        "Unfinished promises that cannot be computed until a version of this calendar is published that reaches them",
        ("calendar",),
        lambda: queries.promises_waiting(running.pool),
    )


def _checks(running: RunningService) -> Mapping[str, Check]:
    """Return what /readyz says of calendars: those that are lacking, and those that end soon."""

    async def lacking() -> str | None:
        found = terms.lacking(running.known)
        named = sorted(f"{of.id} version {of.version} for {one.process_id} version {one.version}" for one, of in found)
        return Note(f"not published, so promises in working time wait: {', '.join(named)}") if named else None

    async def ending_soon() -> str | None:
        found = ", ".join(f"{one.id} in {one.days_left} days" for one in ending(running.known, running.now()))
        return Note(f"these end soon, and standards name them, so publish versions that go on: {found}") if found else None

    return {"calendars": lacking, "calendars_ending": ending_soon}


def _read(file: Path) -> Calendar:
    try:
        return calendar_of(read_yaml(file.read_text("utf-8")))
    except BadCalendar as error:
        raise BadSetting(f"{file}, in the folder of LOOPDESK_CALENDARS: {error}") from error
