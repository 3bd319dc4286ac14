"""The page of all surveys: whom we asked, who answered, how satisfied they are, and what they wrote for who may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known
from libs.events.words.now import utc
from libs.pictures.numbers import share
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages, sealed
from libs.web.text import Day, Instant
from services.survey import queries
from services.survey.api import Reading
from services.survey.domain.wording import WORDS
from services.survey.pages.figures import SCORES, funnels, grouped, summed
from services.survey.pages.survey import PERSONAL, score_words
from services.survey.queries import By
from services.survey.tables import SurveyRow

BYS: tuple[By, ...] = ("process", "team", "agent")
GROUPS_MAX = 30
"""So many processes, teams or agents the table of figures has; the others are counted together."""

_ONLY = ("status", "case_id", "process", "team", "agent")


def surveys_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/surveys")
    async def get_surveys_page(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter, only=_ONLY))],
        since: Annotated[Instant | Day | None, Query()] = None,
        until: Annotated[Instant | Day | None, Query()] = None,
        by: Annotated[By, Query()] = "process",
    ) -> Response:
        """Show what became of the invitations, and the latest of them."""
        shell: Shell = request.app.state.shell
        lang, may_read = language_of(request), client.may(PERSONAL)
        asked = replace(chosen, since=begun(since, shell.zone), until=begun(until, shell.zone))
        rows = await queries.surveys(running.pool, after=page.after, fetch=page.fetch, chosen=asked, newest_first=True)
        shown = rows[: page.limit]
        found = await queries.tallies(running.pool, by, asked)
        unasked = await queries.unasked(running.pool, running.as_of() or running.now(), asked)
        return shell.page(
            request,
            "surveys.html",
            private=may_read,
            chosen=asked,
            days={"since": _day(asked.since, shell.zone), "until": _day(asked.until, shell.zone)},
            processes=_processes(running.known, asked.process),
            process_name=partial(process_name, running.known, lang),
            rows=shown,
            comments=await said(request, client, running, shown) if may_read else {},
            may_read=may_read,
            score_words=score_words(WORDS[lang]),
            following=sealed(queries.place(rows[page.limit - 1])) if len(rows) > page.limit else None,
            is_first=page.after is None,
            pictures=funnels(summed(found), unasked, shell.words(lang), lang),
            **_figures(found, by),
        )

    return router


async def said(
    request: Request, client: Client, running: RunningService, rows: Sequence[SurveyRow]
) -> Mapping[tuple[str, str], str]:
    """Return what customers wrote, and write down that it is read."""
    comments = await queries.comments(running.pool, rows)
    await note(request, client, [case_id for case_id, _ in comments])
    return comments


def _figures(found: list[queries.Tally], by: By) -> dict[str, Any]:
    sums, groups = summed(found), grouped(found)
    kept = {name for name, _ in groups[:GROUPS_MAX]}
    return {
        "sums": sums,
        "scores": [(score, sums.scores[score], share(sums.scores[score], sums.answered)) for score in SCORES],
        "by": by,
        "bys": BYS,
        "groups": groups[:GROUPS_MAX],
        "others": summed(one for one in found if one.name not in kept),
        "others_count": len(groups) - len(kept),
    }


def _processes(known: Known, chosen: str | None) -> list[str]:
    """Return the processes to choose from; what is chosen is offered, too, whatever it is."""
    ids = known.ids(PROCESS)
    return ids if chosen is None or chosen in ids else [*ids, chosen]


def begun(at: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """Return the instant; of a day its beginning at the desk."""
    if at is None or isinstance(at, datetime):
        return at
    return utc(datetime.combine(at, time(), zone))


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else at.astimezone(zone).date().isoformat()
