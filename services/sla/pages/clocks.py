"""The page of all promises: how many stand how, and those due first in front."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.catalogue.promise import AT_RISK_SHARE
from libs.pictures.numbers import share
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages
from services.sla import queries
from services.sla.api import Reading
from services.sla.pages.lines import following, line, offered
from services.sla.pages.wording import MARKS, Wording, name_of
from services.sla.queries import Stand, Standing
from services.sla.tables import ClockRow

By = Literal["process", "node", "kind", "grade"]
BYS: Sequence[By] = ("process", "node", "kind", "grade")
GROUPS_MAX = 30
"""So many rows the table of counts has; the others are counted together."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is counted together: its name, the filter that leads to it, and how many stand how."""

    name: str
    filter: Mapping[str, str]
    counts: Counter[Stand]


def clocks_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/clocks")
    async def get_due_page(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.DueFilter, Depends(chosen(queries.DueFilter))],
        stand: Annotated[Stand | Literal["all"] | None, Query()] = None,
        by: Annotated[By, Query()] = "process",
    ) -> Response:
        """Show the promises that are not over, or all, in the order they are due."""
        shell: Shell = request.app.state.shell
        lang, at = language_of(request), running.now()
        said = Wording(running.known, lang, shell.words(lang))
        found = await queries.standing(running.pool, at, chosen)
        rows = await _rows(running, at, stand, page, chosen, lang)
        return shell.page(
            request,
            "clocks.html",
            said=said,
            stand=stand,
            by=by,
            bys=BYS,
            stands=list(Stand),
            chosen=chosen,
            offered=offered(running, chosen),
            counts=_sum(found),
            **_shown(_groups(found, by, said)),
            lines=[line(row, how, at, said) for row, how in rows[: page.limit]],
            waiting=await queries.waiting(running.pool, lang) if stand in (None, Stand.WAITING) else [],
            following=following([row for row, _ in rows], page, "due_at"),
            is_first=page.after is None,
            marks=MARKS,
            risk_share=share(AT_RISK_SHARE, 1.0, digits=0),
            name_of=name_of,
        )

    return router


def _shown(groups: Sequence[Group]) -> dict[str, Any]:
    """Return the groups that the page shows, and the sum of the others."""
    others = groups[GROUPS_MAX:]
    return {"groups": groups[:GROUPS_MAX], "others": _sum_of(others), "others_count": len(others)}


async def _rows(
    running: RunningService, at: datetime, stand: Any, page: Page[queries.After], chosen: queries.DueFilter, lang: str
) -> list[tuple[ClockRow, str]]:
    if stand == "all":
        every = await queries.due(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, lang=lang)
        return [(row, row.status) for row in every]
    open_ones = await queries.unfinished(
        running.pool, at, stand=stand, after=page.after, fetch=page.fetch, chosen=chosen, lang=lang
    )
    return [(row, how.value) for row, how in open_ones]


def _groups(found: Sequence[Standing], by: By, said: Wording) -> list[Group]:
    """Return the counts by one of the four, the most urgent first."""
    groups: dict[tuple[str, ...], Counter[Stand]] = {}
    for one in found:
        key = (one.process_id, one.node) if by == "node" else (one.process_id if by == "process" else getattr(one, by),)
        groups.setdefault(key, Counter())[one.stand] += one.number
    made = [_group(key, counts, by, said) for key, counts in groups.items()]
    return sorted(made, key=lambda one: (*(-one.counts[stand] for stand in Stand), one.name))


def _group(key: tuple[str, ...], counts: Counter[Stand], by: By, said: Wording) -> Group:
    if by == "node":
        process, node = key
        name = said.process(process)
        if node or said.subject(process) == "case":
            name = said.joined(name, said.node(process, 0, node) if node else said.t["whole case"])
        return Group(name, {"process": process, "node": node}, counts)
    (word,) = key
    named = {"process": said.process(word), "kind": said.kind(word), "grade": word}[by]
    return Group(named, {by: word}, counts)


def _sum(found: Iterable[Standing]) -> Counter[Stand]:
    total: Counter[Stand] = Counter()
    for one in found:
        total[one.stand] += one.number
    return total


def _sum_of(groups: Iterable[Group]) -> Counter[Stand]:
    return sum((one.counts for one in groups), Counter())
