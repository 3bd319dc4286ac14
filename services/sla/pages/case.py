"""The promises of one case, and one of them explained: every stretch that counted, and every one that did not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.pictures.clock_bars import Clock, Stretch, clock_bars
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id, Text
from services.sla import queries
from services.sla.api import Reading, counted, life_of
from services.sla.domain.clock import ClockLife, lives
from services.sla.domain.explanation import Explanation, Interval, explain
from services.sla.domain.terms import Terms
from services.sla.pages.wording import MARKS, Wording, exactly, name_of

INTERVALS_MAX = 300
"""So many stretches the table shows; its sums are of all."""

SHARED: Mapping[str, Any] = {"exactly": exactly, "name_of": name_of, "marks": MARKS}


def case_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/clocks/{case_id}")
    async def get_clocks_page(request: Request, case_id: Id, client: Reading) -> Response:
        """Show the promises made about a case on one axis of time."""
        shell, said = _said(request, running)
        rows = await queries.clocks(running.pool, case_id, said.lang)
        if not rows:
            raise Refused("unknown-case", f"No clock runs or ran for a case {case_id}; it may not have arrived yet.", 404)
        case, terms = await counted(running, case_id)
        found = [(life, explain(life, terms, running.now(), said.lang)) for life in lives(case, terms)]
        drawn = _pictures(shell, said, found, terms, running.now(), case_id)
        return shell.page(request, "case.html", case_id=case_id, rows=rows, said=said, pictures=drawn, **SHARED)

    @router.get("/clocks/{case_id}/{clock:path}/explain")
    async def get_explanation_page(
        request: Request, case_id: Id, clock: Annotated[Text, Path(max_length=200)], client: Reading
    ) -> Response:
        """Show why a promise stands as it does."""
        shell, said = _said(request, running)
        case, terms = await counted(running, case_id)
        life = life_of(case, terms, case_id, clock)
        told = explain(life, terms, running.now(), said.lang)
        return shell.page(
            request,
            "explain.html",
            case_id=case_id,
            life=life,
            told=told,
            terms=terms,
            said=said,
            left=_left(told),
            pictures=_pictures(shell, said, [(life, told)], terms, running.now(), ""),
            intervals=told.intervals[:INTERVALS_MAX],
            left_out=len(told.intervals) - INTERVALS_MAX,
            **SHARED,
        )

    return router


def _said(request: Request, running: RunningService) -> tuple[Shell, Wording]:
    shell: Shell = request.app.state.shell
    lang = language_of(request)
    return shell, Wording(running.known, lang, shell.words(lang))


def _left(told: Explanation) -> timedelta | None:
    """Return how far the end, or as yet the last instant that is counted, lies from the due instant."""
    return None if told.due_at is None else abs(told.due_at - (told.ended_at or told.until))


def _pictures(
    shell: Shell,
    said: Wording,
    found: Sequence[tuple[ClockLife, Explanation]],
    terms: Terms,
    now: datetime,
    case_id: str,
) -> Sequence[Picture]:
    """Return the drawing for a wide window and for a phone. Where there is a case, each bar leads to its explanation."""
    standard = terms.standard
    title = said.t["picture title"].format(process=said.process(standard.process_id, standard.version))
    is_open = any(told.ended_at is None for _, told in found)
    above = f"{shell.addresses.base(shell.service)}/clocks/{case_id}"
    clocks = [_drawn(said, life, told, f"{above}/{quote(str(life.name))}/explain" if case_id else "") for life, told in found]
    until = now if is_open else None
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
