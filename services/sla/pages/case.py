"""The promises of one case, and one of them explained: every stretch that counted, and every one that did not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from libs.pictures.clock_bars import Clock, Stretch, clock_bars
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id, Text
from services.sla.api import Reading, life_of, promises_of, voice_of
from services.sla.domain.clock import ClockLife
from services.sla.domain.explanation import Explanation, Interval, explain
from services.sla.domain.lives import lives
from services.sla.pages import life as lived
from services.sla.pages.wording import MARKS, Wording, exactly, name_of
from services.sla.questions import AsOf, Counted, counted

INTERVALS_MAX = 300
"""So many stretches the table shows; its sums are of all."""

SHARED: Mapping[str, Any] = {"exactly": exactly, "name_of": name_of, "marks": MARKS}


def case_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/clocks/{case_id}")
    async def get_clocks_page(
        request: Request, case_id: Id, client: Reading, asked: Annotated[AsOf, Depends(chosen(AsOf))]
    ) -> Response:
        """Show the promises made about a case on one axis of time."""
        shell, said = _said(request, running)
        found, promises = await promises_of(running, case_id, asked, said.lang)
        living = lives(found.case, found.terms, found.at)
        explained = [(life, explain(life, found.terms, found.at, voice_of(request))) for life in living]
        drawn = _pictures(shell, said, explained, found, case_id)
        return shell.page(
            request, "case.html", case_id=case_id, promises=promises, said=said, asked=asked, pictures=drawn, **SHARED
        )

    _explain(router, running)
    return router


def _explain(router: APIRouter, running: RunningService) -> None:
    @router.get("/clocks/{case_id}/{clock:path}/explain")
    async def get_explanation_page(
        request: Request,
        case_id: Id,
        clock: Annotated[Text, Path(max_length=200)],
        client: Reading,
        asked: Annotated[AsOf, Depends(chosen(AsOf))],
    ) -> Response:
        """Show why a promise stands as it does."""
        shell, said = _said(request, running)
        found = await counted(running, case_id, asked)
        life = life_of(found, clock)
        told = explain(life, found.terms, found.at, voice_of(request))
        sayings = lived.sayings(found, asked, life)
        return shell.page(
            request,
            "explain.html",
            case_id=case_id,
            life=life,
            told=told,
            terms=found.terms,
            said=said,
            asked=asked,
            pictures=lived.pictures(shell.zone, said, found, life, told, sayings),
            intervals=told.intervals[:INTERVALS_MAX],
            left_out=len(told.intervals) - INTERVALS_MAX,
            history=sayings,
            **SHARED,
        )


def _said(request: Request, running: RunningService) -> tuple[Shell, Wording]:
    shell: Shell = request.app.state.shell
    lang = language_of(request)
    return shell, Wording(running.known, lang, shell.words(lang))


def _pictures(
    shell: Shell,
    said: Wording,
    explained: Sequence[tuple[ClockLife, Explanation]],
    found: Counted,
    case_id: str,
) -> Sequence[Picture]:
    """Return the drawing for a wide window and for a phone. Each bar leads to its explanation."""
    standard = found.terms.standard
    title = said.t["picture title"].format(process=said.process(standard.process_id, standard.version))
    is_open = any(told.ended_at is None for _, told in explained)
    above = f"{shell.addresses.base(shell.service)}/clocks/{case_id}"
    clocks = [_drawn(said, life, told, f"{above}/{quote(str(life.name))}/explain") for life, told in explained]
    until = found.at if is_open else None
    return both(lambda sheet: clock_bars(sheet, clocks, shell.zone, until), "clocks", title, WORDS[said.lang])


def _drawn(said: Wording, life: ClockLife, told: Explanation, href: str) -> Clock:
    stretches = tuple(_stretches(said, told.intervals, told))
    outcome = said.t[f"status {told.status}"]
    name = said.promise(told.process_id, told.process_version, life.target.kind, life.target.node, told.occurrence)
    return Clock(name, told.started_at, told.until, told.due_at, stretches, outcome, href)


def _stretches(said: Wording, intervals: Iterable[Interval], told: Explanation) -> Iterable[Stretch]:
    for one in intervals:
        reason = said.reason(told.process_id, told.process_version, one.reason) if one.reason else ""
        yield Stretch("paused" if one.what == "paused" else "counted", one.since, one.until, reason)
