"""`loopdesk reckon`: what promises would be by other terms, or as of another time, over many cases."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table

from deploy.commands.terminal import console
from deploy.failing import told
from deploy.reckoning import ANSWER_SECONDS_MAX, Shown, Sla, asked_in
from services.__main__ import PORTS

COLUMNS = ("cases", "promises", "kept_before", "kept_after", "broken_before", "broken_after", "cases_that_flip")


class By(StrEnum):
    """What the summary is by."""

    PROCESS = "process"
    GRADE = "grade"
    TEAM = "team"
    MONTH = "month"


def reckon(
    file: Annotated[Path, typer.Argument(help="What is asked for (YAML; docs/reckoning.md).")],
    url: Annotated[str, typer.Option(envvar="LOOPDESK_SLA_URL")] = f"http://127.0.0.1:{PORTS['sla']}",
    api_key: Annotated[str, typer.Option(envvar="LOOPDESK_API_KEY")] = "",
    by: Annotated[By, typer.Option(help="What the summary is by.")] = By.PROCESS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the cases and promises in scope.")] = False,
) -> None:
    """Count promises again by other calendars, standards or limits, or as of another time; it changes nothing."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    with told(), httpx.Client(headers=headers, timeout=ANSWER_SECONDS_MAX) as http:
        sla, asked = Sla(url.rstrip("/"), http), asked_in(file)
        scope = sla.post(asked | {"dry": True})
        console.print(f"in scope: {scope['cases']:,} cases, {scope['promises']:,} promises")
        if not dry_run:
            _reckon(sla, asked, by)


def _reckon(sla: Sla, asked: dict[str, Any], by: By) -> None:
    id = sla.post(asked)["reckoning_id"]
    console.print(f"reckoning {id}; it goes on without this command, POST {sla.url}/reckonings/{id}/cancel ends it")
    with console.status("queued") as status:
        shown = sla.followed(id, lambda now: status.update(_progress(now)))
    console.print(_table(by, [*sla.get(f"{id}/summary", by=by)["items"], shown["summary"]]))
    console.print(f"{shown['state']}; the promises that flip: GET {sla.url}/reckonings/{id}/rows?flips=true")
    if shown["state"] != "done":
        console.print(shown["why"] or f"{shown['cases_done']:,} of {shown['cases'] or 0:,} cases were reckoned")
        raise typer.Exit(1)


def _progress(shown: Shown) -> str:
    told = f"{shown['state']}: {shown['cases_done']:,} of {shown['cases'] or 0:,} cases"
    if shown["cases_per_second"]:
        told += f", {shown['cases_per_second']:,.0f}/s, {shown['remaining_seconds'] or 0:,.0f} s left"
    return told


def _table(by: By, sums: list[Shown]) -> Table:
    """Return the sums of each part, and those of all at the end."""
    table = Table(by.value, *(name.replace("_", " ") for name in COLUMNS))
    for one in sums:
        table.add_row(one.get("part", "all"), *(f"{one[name]:,}" for name in COLUMNS))
    return table
