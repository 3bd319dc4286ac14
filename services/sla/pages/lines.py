"""A list of promises as a page shows it: its lines, what it can be narrowed to, and where it goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from libs.events.catalogue.mark import Warned
from libs.events.catalogue.references import PROCESS
from libs.service.running import RunningService
from libs.web.paging import Page, sealed
from services.sla import queries
from services.sla.pages.wording import Wording
from services.sla.tables import ClockRow

KINDS = ("response", "resolution", "node", "cycle", "correction", "check")


@dataclass(frozen=True, slots=True)
class Line:
    """One promise as the page shows it."""

    row: ClockRow
    stand: str
    left: str
    is_over: bool


def following(rows: Sequence[ClockRow], page: Page[queries.After], by: Literal["due_at", "breached_at"]) -> str | None:
    """Return the cursor of the next page of a list in that order."""
    if len(rows) <= page.limit:
        return None
    row = rows[page.limit - 1]
    return sealed(queries.place(getattr(row, by), row))


def line(row: ClockRow, stand: str, at: datetime, said: Wording) -> Line:
    """Return a promise as the page shows it."""
    until = None if row.ended_at or row.due_at is None or stand == "paused" else row.due_at - at
    is_over = until is not None and until < timedelta()
    return Line(row, stand, said.length(abs(until)) if until is not None else "", is_over)


def offered(running: RunningService, chosen: queries.Filter) -> dict[str, list[str]]:
    """Return the words that each filter can be given; nodes only of the chosen process, because others have the same ids."""
    processes = running.known.ids(PROCESS)
    standard = running.known.latest(PROCESS, chosen.process) if chosen.process else None
    grades = {target.when["grade"] for one in _standards(running) for target in one.targets if "grade" in target.when}
    nodes = [one.id for one in standard.nodes] if standard else []
    every = {"process": processes, "node": nodes, "kind": list(KINDS), "grade": sorted(grades)}
    if isinstance(chosen, queries.DueFilter):
        every["warned"] = [*Warned]
    # What is chosen is offered, too, whatever it is.
    return {name: [*words, *({getattr(chosen, name)} - {None, *words})] for name, words in every.items()}


def _standards(running: RunningService) -> Iterable[Any]:
    return (one for id in running.known.ids(PROCESS) for one in running.known.versions(PROCESS, id))
