"""routing, wired: the only file that sees both its rules and its adapters."""

import os
from pathlib import Path

import yaml
from fastapi import FastAPI

from libs.events.service import Service
from libs.web.environment import from_environment
from libs.web.host import Host, StoreSettings, hosted
from libs.web.settings import WebSettings
from services.routing import queries
from services.routing.api import routes
from services.routing.commands import draft_command, publish_command
from services.routing.domain.standard import Sound, sound
from services.routing.projections import CASES, STANDARDS
from services.routing.reactions import REACTIONS
from services.routing.settings import RoutingSettings
from services.routing.tables import METADATA, VAULT

SERVICE = Service(name="routing", folds=(CASES, STANDARDS), tables=METADATA, vault=VAULT, version=3, reactions=REACTIONS)


def app(store: StoreSettings, web: WebSettings) -> FastAPI:
    """Return routing's HTTP app."""
    host = Host(SERVICE, store)
    settings = from_environment(RoutingSettings, service="routing")
    folders = settings.standards.split(os.pathsep)

    files = [file for folder in filter(None, folders) for file in sorted(Path(folder).glob("*.yaml"))]
    shipped = [sound(yaml.safe_load(file.read_text())) for file in files]

    async def publish_shipped() -> None:
        for written in shipped:
            await _publish(host, written)

    host.metrics.counted(
        "cases_open",
        "Cases that are not closed, where they stand",
        ("process", "phase", "node"),
        lambda: queries.open_cases(host.pool),
    )
    return hosted(host, "Loopdesk routing", [routes(host, settings.pepper)], web, started=publish_shipped)


async def _publish(host: Host, written: Sound) -> None:
    process_id, version = written.standard.process_id, written.standard.version
    await host.execute(draft_command(written, at=host.now(), actor="shipped"))
    await host.execute(publish_command(process_id, version, at=host.now(), actor="shipped"))
