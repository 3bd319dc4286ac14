"""When promises are kept: by weekday and hour at which they began, and by node and week."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.pictures.heat_map import Cell, Lines, heat_map
from libs.pictures.picture import Picture, both
from libs.pictures.words import Words
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.analytics.domain.days import WEEK, day_of, mondays
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.leading import Leading
from services.analytics.pages.saying import Reading, words_for
from services.analytics.queries.board import NodeName, node_names
from services.analytics.queries.filters import OF_ALL, FigureFilter, Filter
from services.analytics.queries.known import refuse_unknown
from services.analytics.queries.remembered import Remembered
from services.analytics.queries.starts import Decided, Starts, Weeks, by_start, by_week

WEEKS = 13
"""How many weeks are shown, this one included, when nothing else is asked for."""
DAYS_MAX = 366
"""How many days one question may span, because it reads every promise that began in them."""

Kind = Annotated[Text | None, MaxLen(200), Query(description="The kind of promise: response, resolution, cycle, node, …")]


def timeliness_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    async def ask(question: tuple[Filter, str | None]) -> tuple[Starts, Weeks]:
        only, kind = question
        return await by_start(running.pool, only, kind, zone), await by_week(running.pool, only, kind)

    count = Remembered(ask)

    @router.get("/timeliness")
    async def get_timeliness_page(
        request: Request, client: Reading, only: Annotated[Filter, Depends(OF_ALL)], kind: Kind = None
    ) -> Response:
        """Show when promises are kept."""
        shell: Shell = request.app.state.shell
        await refuse_unknown(running.pool, only, running.known)
        today = day_of(running.as_of() or running.now(), zone)
        only, is_cut = bounded(only, today)
        lang, words = language_of(request), words_for(request)
        names = await node_names(running.pool, lang)
        counted_at, (starts, decided) = await count((only, kind), running.now())
        asked = FigureFilter(**{one.name: getattr(only, one.name) for one in fields(only)})
        leading = Cells(Leading(shell.addresses.base(shell.service), FIGURES["timeliness"], asked), kind)
        return shell.page(
            request,
            "timeliness.html",
            by_start=start_picture(starts, leading, shell.words(lang), words),
            by_week=week_picture(decided, leading, weeks_of(only, today), names, shell.words(lang), words),
            began=summed(starts.values()),
            decided=summed(decided.values()),
            counted_at=counted_at,
            only=only,
            kind=kind,
            is_cut=is_cut,
            days_max=DAYS_MAX,
            processes={one.process_id: one.process_name for one in names},
        )

    return router


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells lead: to the promises that they count."""

    leading: Leading
    kind: str | None

    def week(self, row: str, monday: date) -> str:
        """Return the address of what was decided in a week: of a process, or of one of its promises."""
        name = "part" if self.leading.only.process else "process"
        return self.leading.week(monday, **{name: row}, kind=self.kind)

    def start(self, weekday: int, hour: int) -> str:
        """Return the address of what began in an hour of a weekday."""
        only = self.leading.only
        when = {"since": only.since, "until": only.until, "weekday": weekday, "hour": hour}
        return self.leading.listed(process=only.process, kind=self.kind, **when)


def start_picture(starts: Starts, leading: Cells, t: Mapping[str, str], words: Words) -> tuple[Picture, ...]:
    """Draw weekday and hour."""
    hours, weekdays = Lines(t["hour"], [f"{hour:02}" for hour in range(24)]), Lines(t["weekday"], words.days)
    cells = {place: Cell(one.kept, one.decided, leading.start(*place)) for place, one in starts.items()}
    return both(lambda sheet: heat_map(sheet, weekdays, hours, cells), "start", t["by start"], words)


def week_picture(
    decided: Weeks,
    leading: Cells,
    weeks: Sequence[date],
    names: Sequence[NodeName],
    t: Mapping[str, str],
    words: Words,
) -> tuple[Picture, ...]:
    """Draw node and week, or, of all processes, process and week."""
    process = leading.leading.only.process
    found, cells = rows_by_week(decided, process, names, weeks, t, leading.week)
    rows = Lines(t["dim clock"] if process else t["dim process"], found)
    columns = Lines(t["week"], [words.day_of_year(week) for week in weeks])
    return both(lambda sheet: heat_map(sheet, rows, columns, cells), "week", t["by node and week"], words)


def weeks_of(only: Filter, today: date) -> list[date]:
    """Return the Mondays of the weeks that are shown."""
    last = min(today, only.until - timedelta(1)) if only.until else today
    return mondays(only.since or last, last)


def bounded(only: Filter, today: date) -> tuple[Filter, bool]:
    """Return what is asked for with a first day, at most so many days before its end, and whether that left any out."""
    last = only.until - timedelta(1) if only.until else today
    usual = last - timedelta(last.weekday()) - (WEEKS - 1) * WEEK
    earliest = last - timedelta(DAYS_MAX - 1)
    since = only.since or usual
    return replace(only, since=max(since, earliest)), since < earliest


def summed(found: Iterable[Decided]) -> Decided:
    """Return all of them together."""
    all_ = [*found]
    return Decided(sum(one.kept for one in all_), sum(one.decided for one in all_))


def rows_by_week(
    decided: Weeks,
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
