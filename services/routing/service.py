"""routing, wired: the only file that sees both its rules and its adapters."""

import asyncio
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from libs.events.engine.service import Service
from libs.events.words.refusal import Refused
from libs.service.app import app_of
from libs.service.reads import Cases
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import from_environment
from libs.web.health import Note
from libs.web.settings import WebSettings
from libs.web.written import read_yaml
from libs.web.zone import ZoneSettings
from services.routing import __doc__ as CARD
from services.routing import queries
from services.routing.api import COMMANDS, TAGS, execute_on, routes
from services.routing.books import BOOKS
from services.routing.commands import draft_command, publish_command
from services.routing.domain.standards.standard import Sound, sound
from services.routing.pages import PAGES, page_routes
from services.routing.questions import concerns, unknown_case
from services.routing.settings import RoutingSettings
from services.routing.tables import TABLES, VAULT

PUBLISH_AGAIN_SECONDS = 0.2
"""How often a shipped standard looks for its calendar, which sla may still be about to publish."""

READY_AFTER_TRIES = 150
"""How long a start waits for the calendars; after that somebody has to publish them, and the service is ready without
them."""

OWN = ("version-published", "version-passed")
"""Why a shipped version is not published: this installation has written that version, or a later one, itself."""

SERVICE = Service(name="routing", books=BOOKS, tables=TABLES, vault=VAULT, version=6)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return routing's HTTP app."""
    running = RunningService(SERVICE, store)
    settings = from_environment(RoutingSettings, service="routing")
    folders = settings.standards.split(os.pathsep)

    files = [file for folder in filter(None, folders) for file in sorted(Path(folder).glob("*.yaml"))]
    left = Left(sorted((sound(read_yaml(file.read_text())) for file in files), key=lambda one: one.standard.version))
    zone = from_environment(ZoneSettings, service="routing").zone
    execute = partial(execute_on, running, settings.pepper, zone=zone)

    async def publish_shipped() -> None:
        while left.standards:
            left.tries += 1
            await left.publish(running)
            await asyncio.sleep(PUBLISH_AGAIN_SECONDS if left.standards else 0)

    running.metrics.counted(
        "cases_open",
        "Cases that are not closed, where they stand",
        ("process", "phase", "node"),
        lambda: queries.open_cases(running.pool),
    )
    return app_of(
        running,
        "Loopdesk routing",
        [routes(running, settings.pepper, zone), *page_routes(running, execute, COMMANDS)],
        web,
        card=CARD,
        tags=TAGS,
        meanwhile=publish_shipped,
        checks={"standards": left.told},
        pages=PAGES,
        cases=Cases(partial(concerns, running), unknown_case),
    )


@dataclass
class Left:
    """The shipped standards that are not published yet, how often they were tried, and those that others stand in for."""

    standards: list[Sound]
    tries: int = 0
    others: list[str] = field(default_factory=list)

    async def publish(self, running: RunningService) -> None:
        """Publish what can be; a version waits behind the one before it."""
        waiting: list[Sound] = []
        for one in self.standards:
            before = {other.standard.process_id for other in waiting}
            if one.standard.process_id in before or not await self._published(running, one):
                waiting.append(one)
        self.standards = waiting

    async def told(self) -> str | None:
        """Return what waits and why, and what was left as it is; nothing if all that is shipped is published."""
        said = f"waiting for their calendar to be published: {', '.join(map(_name, self.standards))}"
        if self.standards:
            return said if self.tries < READY_AFTER_TRIES else Note(said)
        return Note(f"not published, this installation has its own: {', '.join(self.others)}") if self.others else None

    async def _published(self, running: RunningService, written: Sound) -> bool:
        """Publish a standard, unless its calendar is not published yet; test whether it needs no other try."""
        process_id, version, calendars = written.standard.process_id, written.standard.version, running.known
        try:
            await running.execute(draft_command(written, at=running.now(), actor="shipped"))
            await running.execute(publish_command(process_id, version, at=running.now(), actor="shipped", published=calendars))
        except Refused as no:
            if no.code in OWN:
                self.others.append(_name(written))
            elif no.code != "calendar-not-published":
                raise
            return no.code in OWN
        return True


def _name(written: Sound) -> str:
    return f"{written.standard.process_id} version {written.standard.version}"
