"""When promises are kept: by weekday and hour at which they began, and by node and week."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.pictures.heat_map import Cell, Lines, heat_map
from libs.service.running import RunningService
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.analytics import queries
from services.analytics.api import OF_ALL
from services.analytics.domain.days import day_of
from services.analytics.pages.saying import Reading, both, words_for
from services.analytics.queries import Filter
from services.analytics.queries.board import NodeName, node_names
from services.analytics.queries.starts import Kept, Promise, by_start, by_week, mondays

WEEKS = 13
"""How many weeks are shown, this one included, when nothing else is asked for."""
DAYS_MAX = 366
"""How many days one question may span, because it reads every promise that began in them."""
WEEK = timedelta(days=7)

Kind = Annotated[Text | None, MaxLen(200), Query(description="The kind of promise: response, resolution, cycle, node, …")]
Row = tuple[str, str, str]
"""A row of the second picture: its process, the promise, empty for all of them, and the name."""


def timeliness_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/timeliness")
    async def get_timeliness_page(
        request: Request, client: Reading, only: Annotated[Filter, Depends(OF_ALL)], kind: Kind = None
    ) -> Response:
        """Show when promises are kept."""
        shell: Shell = request.app.state.shell
        await queries.refuse_unknown(running.pool, only, running.known)
        today = day_of(running.as_of() or running.now(), zone)
        only, is_cut = bounded(only, today)
        base, lang, words = shell.addresses.base(shell.service), shell.language(request), words_for(request)
        t, names = shell.words(lang), await node_names(running.pool, lang)
        starts = await by_start(running.pool, only, kind, zone)
        decided = await by_week(running.pool, only, kind)
        weeks = mondays(only.since or today, min(today, (only.until or today) - timedelta(1)) if only.until else today)
        hours = Lines(t["hour"], [f"{hour:02}" for hour in range(24)])

        def leads(row: str, week: date) -> str:
            return base + narrowed(only, kind, row, week)

        found, cells = rows_by_week(decided, only.process, names, weeks, t, leads)
        return shell.page(
            request,
            "timeliness.html",
            by_start=both(
                lambda sheet: heat_map(sheet, Lines(t["weekday"], words.days), hours, drawn(starts)),
                "start", t["by start"], words,
            ),
            by_week=both(
                lambda sheet: heat_map(
                    sheet,
                    Lines(t["dim clock"] if only.process else t["dim process"], found),
                    Lines(t["week"], [words.day_of_year(week) for week in weeks]),
                    cells,
                ),
                "week", t["by node and week"], words,
            ),
            began=summed(starts.values()),
            decided=summed(decided.values()),
            only=only,
            kind=kind,
            is_cut=is_cut,
            days_max=DAYS_MAX,
            processes={one.process_id: one.process_name for one in names},
        )  # fmt: skip

    return router


def bounded(only: Filter, today: date) -> tuple[Filter, bool]:
    """Return what is asked for with a first day, at most so many days before its end, and whether that left any out."""
    last = only.until - timedelta(1) if only.until else today
    usual = last - timedelta(last.weekday()) - (WEEKS - 1) * WEEK
    earliest = last - timedelta(DAYS_MAX - 1)
    since = only.since or usual
    return replace(only, since=max(since, earliest)), since < earliest


def drawn(found: Mapping[tuple[int, int], Kept]) -> dict[tuple[int, int], Cell]:
    """Return the cells of a picture."""
    return {place: Cell(one.kept, one.decided) for place, one in found.items()}


def summed(found: Iterable[Kept]) -> Kept:
    """Return all of them together."""
    all_ = [*found]
    return Kept(sum(one.kept for one in all_), sum(one.decided for one in all_))


def rows_by_week(
    decided: Mapping[tuple[Promise, date], Kept],
    process: str | None,
    names: Sequence[NodeName],
    weeks: Sequence[date],
    t: Mapping[str, str],
    href: Callable[[str, date], str],
) -> tuple[list[str], dict[tuple[int, int], Cell]]:
    """Return the names of the rows and the cells: of a process its promises, nodes first in their order; else processes."""
    sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for (promise, week), one in decided.items():
        cell = sums[promise.clock if process else promise.process_id, week]
        cell[0] += one.kept
        cell[1] += one.decided
    known = called(process, names, t)
    rows = [row for row in known if any(row == name for name, _ in sums)]
    rows += sorted({name for name, _ in sums} - {*rows})
    places = {week: place for place, week in enumerate(weeks)}
    cells = {
        (rows.index(row), places[week]): Cell(kept, of, href(row, week))
        for (row, week), (kept, of) in sums.items()
        if week in places
    }
    return [known.get(row, row) for row in rows], cells


def called(process: str | None, names: Sequence[NodeName], t: Mapping[str, str]) -> dict[str, str]:
    """Return row → its name, in their order."""
    if process is None:
        return {one.process_id: one.process_name for one in names}
    nodes = {f"node:{one.node}": one.name for one in names if one.process_id == process}
    return nodes | {kind: t[f"kind {kind}"] for kind in ("response", "resolution", "cycle")}


def narrowed(only: Filter, kind: str | None, row: str, week: date) -> str:
    """Return where a cell leads: of a process to its promises in that week, of a promise to its figure in that week."""
    if only.process is None:
        given = {"process": row, "since": week, "until": week + WEEK, "kind": kind, "team": only.team, "agent": only.agent}
        return f"/timeliness?{urlencode({name: value for name, value in given.items() if value})}"
    given = {"process": only.process, "part": row, "from": week, "to": week + WEEK, "team": only.team, "agent": only.agent}
    return f"/figures/timeliness?{urlencode({name: value for name, value in given.items() if value})}"
