"""`loopdesk publish`: holiday sets, calendars, process standards, policies and rosters, from files."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.terminal import console
from deploy.failing import told
from deploy.publishing import publish
from services.__main__ import PORTS


def publish_(
    files: Annotated[
        list[Path], typer.Argument(help="Holiday sets, calendars, process standards, policies and rosters (YAML), in any order.")
    ],
    sla: Annotated[str, typer.Option(envvar="LOOPDESK_SLA_URL")] = f"http://127.0.0.1:{PORTS['sla']}",
    routing: Annotated[str, typer.Option(envvar="LOOPDESK_ROUTING_URL")] = f"http://127.0.0.1:{PORTS['routing']}",
    api_key: Annotated[str, typer.Option(envvar="LOOPDESK_API_KEY")] = "",
) -> None:
    """Publish files through the services' HTTP: first what others name. Doing it again changes nothing."""
    with told():
        for one in publish(files, sla=sla, routing=routing, api_key=api_key):
            console.print(f"published: {one.name}, Position {one.position}")
