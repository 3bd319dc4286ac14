"""sla's HTTP: clocks, their explanation, breaches. Calendars and policies have modules of their own."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from libs.events.words.event import Occurrence, occurrence_of
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.bodies import JSONRoute
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import Listed, Shape, shaped
from libs.web.text import Id, Text
from services.sla import queries
from services.sla.calendars import calendar_routes
from services.sla.commands import publishing_routes
from services.sla.domain.clock import ClockLife
from services.sla.domain.difference import unsaid
from services.sla.domain.explanation import Explanation, explain
from services.sla.domain.figures import Broken, Figures, broken
from services.sla.domain.history import Saying, history
from services.sla.domain.lives import lives
from services.sla.domain.past import hearing
from services.sla.domain.sentences import Voice
from services.sla.domain.strictest import figures_of
from services.sla.feed import feed_routes
from services.sla.pauses import pause_routes
from services.sla.policies import policy_routes
from services.sla.projections import promises
from services.sla.questions import AsOf, Counted, counted, foreseen, with_role
from services.sla.tables import ClockRow

Reading = Annotated[Client, Depends(require("clocks:read"))]
_FIRST = {"case_id": "$response.body#/items/0/case_id"}
TO_ONE = {"get_explanation": {**_FIRST, "clock": "$response.body#/items/0/clock"}}
TO_ALL = {"get_clocks": _FIRST} | TO_ONE
"""Where a list of clocks leads, for /openapi.json."""

LINE = Shape(
    ClockRow,
    "ClockLine",
    """A clock as lists show it.

    One whose status is `waiting` cannot be computed further: `waits_because` says why, and what to publish. If it has an
    `ended_at` it is over, and whether it was kept is not known yet. `counted_by` is the calendar version it is counted by
    where that is not the one that the process standard names.
    """,
    only=(
        *("case_id", "clock", "kind", "node", "status", "process_id", "process_version", "grade"),
        *("started_at", "due_at", "breached_at", "ended_at", "used_us", "paused_us", "warned_at", "warns"),
        *("waits_for", "waits_version", "waits_because", "counted_by", "lapse", "policy_version", "rule"),
        *("paused_by", "team"),
    ),
)


CASE_LINE = Shape(
    ClockRow,
    "CaseClockLine",
    """A clock of a case with its time used and left, as ClockLine shows it else. The figures go on with the clock.

    They are of the instant asked for, or of the promise's end. A paused one stands still, one that waits for a calendar has none.
    """,
    only=tuple(name for name in LINE.names if name not in ("used_us", "paused_us")),
    beside=Figures,
)


BREACH_NAMES = (*LINE.names, "agent")
BREACH = Shape(ClockRow, "BreachLine", "A broken promise, as ClockLine shows it.", only=BREACH_NAMES, beside=Broken)


TAGS = {
    "clocks": "Promises about time, and how they stand.",
    "calendars": "Working time, as a published version.",
    "reckonings": "What if, as of, as restated: jobs that count promises again.",
    "policies": "Rules that change what is promised, as a published version.",
}
"""What the tags of /openapi.json mean."""


def routes(running: RunningService) -> APIRouter:
    """Return sla's routes."""
    router = APIRouter(tags=["clocks"], route_class=JSONRoute)
    _clocks(router, running)
    _due(router, running)
    _waiting(router, running)
    pause_routes(router, running)
    _breaches(router, running)
    feed_routes(router, running)
    calendar_routes(router, running)
    publishing_routes(router, running)
    policy_routes(router, running)
    return router


def _clocks(router: APIRouter, running: RunningService) -> None:
    @router.get("/clocks/{case_id}", summary="The clocks of a case", responses=shaped(CASE_LINE.listed(), links=TO_ONE))
    async def get_clocks(
        case_id: Id, client: Reading, asked: Annotated[AsOf, Depends(chosen(AsOf))], position: WaitFor
    ) -> Response:
        """List the promises made about a case, how they stand, and how much of its time each has used.

        With `as_of` or `known_at` it answers as it would have then: by the facts that had happened, as far as they were known.
        """
        await running.wait_for(position)
        _, found = await promises_of(running, case_id, asked)
        return shown({"items": [CASE_LINE(row, told) for row, told in found]})

    @router.get("/clocks/{case_id}/{clock:path}/explain", summary="Why a clock stands as it does", responses=shaped(Explanation))
    async def get_explanation(
        case_id: Id,
        clock: Annotated[Text, Path(max_length=200)],
        client: Reading,
        asked: Annotated[AsOf, Depends(chosen(AsOf))],
        voice: Annotated[Voice, Depends(spoken)],
        position: WaitFor,
    ) -> Response:
        """List the counted and paused intervals, which sum exactly to the clock's figures, with the versions used.

        `clock` is its name, and for any but the first of that name a slash and which one it is: `cycle/2`. With `as_of` or
        `known_at` it explains what stood then. `sentences` tell it in the language that Accept-Language prefers.
        """
        await running.wait_for(position)
        found = await counted(running, case_id, asked)
        told = explain(life_of(found, clock), found.terms, found.at, voice)
        return shown(told, headers={"Content-Language": voice.lang, "Vary": "Accept-Language"})

    @router.get("/clocks/{case_id}/{clock:path}/history", summary="What was said of a clock", responses=shaped(Listed[Saying]))
    async def get_history(
        case_id: Id, clock: Annotated[Text, Path(max_length=200)], client: Reading, position: WaitFor
    ) -> Response:
        """List what was said of a clock in order, also what was withdrawn: an older due instant, a breach that was none."""
        await running.wait_for(position)
        found = await counted(running, case_id)
        return shown({"items": history(found.case, life_of(found, clock).name)})


Accepted = Annotated[str | None, Header(alias="Accept-Language")]


async def spoken(request: Request, accepted: Accepted = None) -> Voice:
    """Return the voice of an answer. `voice_of` reads what is named here for /openapi.json."""
    return voice_of(request)


def voice_of(request: Request) -> Voice:
    """Return the language that the client prefers, with the words and the zone of the pages."""
    shell, lang = request.app.state.shell, language_of(request)
    return Voice(lang, shell.words(lang), shell.zone)


async def promises_of(
    running: RunningService, case_id: str, asked: AsOf, lang: str = "en"
) -> tuple[Counted, list[tuple[ClockRow, Figures]]]:
    """Return a case and its promises in the order they started, with their figures, now or as they stood."""
    if asked.is_past:
        found = await counted(running, case_id, asked)
        said = unsaid(case_id, found.case, [*lives(found.case, found.terms, found.at)], found.terms, found.at)
        rows = [queries.worded(row, lang) for row in promises(case_id, hearing(found.case, said))]
    elif rows := await queries.clocks(running.pool, case_id, lang):
        found = await counted(running, case_id)
    if not rows:
        raise Refused("unknown-case", f"No clock runs or ran for a case {case_id}; it may not have arrived yet.", 404)
    told = figures_of(lives(found.case, found.terms, found.at), found.at)
    rows.sort(key=lambda row: (row.started_at, row.clock, row.occurrence))
    lines = [(row, told.get(Occurrence(row.clock, row.occurrence), Figures())) for row in rows]
    if asked.is_past:
        return found, lines
    return found, [(row, await foreseen(running, row, told)) for row, told in lines]


def life_of(found: Counted, clock: str) -> ClockLife:
    """Return the life of the clock of that name: `cycle`, `cycle/2`."""
    wanted = occurrence_of(clock)
    life = next((one for one in lives(found.case, found.terms, found.at) if one.name == wanted), None)
    if life is None:
        raise Refused(
            "unknown-clock", f"No clock {clock} has started for this case; GET /clocks/{found.case_id} lists them.", 404
        )
    return life


async def broken_of(running: RunningService, rows: Sequence[ClockRow]) -> list[Broken]:
    """Return of each broken promise whose it was and how far it is overrun now, in the order of the rows."""
    ids = sorted({row.case_id for row in rows})
    told: dict[tuple[str, Occurrence], Broken] = {}
    for found in await asyncio.gather(*(counted(running, id) for id in ids)):
        for life in lives(found.case, found.terms, found.at):
            told[found.case_id, life.name] = broken(life, found.terms.standard, found.at)
    return [told.get((row.case_id, Occurrence(row.clock, row.occurrence)), Broken()) for row in rows]


def _waiting(router: APIRouter, running: RunningService) -> None:
    @router.get("/waiting", summary="Promises that wait for a calendar", responses=shaped(Listed[queries.Waiting]))
    async def get_waiting(client: Reading, position: WaitFor) -> Response:
        """Count the promises that cannot be computed, by the calendar that they wait for, with what to publish."""
        await running.wait_for(position)
        return shown({"items": await queries.waiting(running.pool)})


def _due(router: APIRouter, running: RunningService) -> None:
    @router.get("/clocks", summary="Promises, those due first in front", responses=shaped(LINE.paged(), links=TO_ALL))
    async def get_due(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.DueFilter, Depends(chosen(queries.DueFilter))],
        position: WaitFor,
    ) -> Response:
        """List promises in the order they are due; those that wait for a calendar, and have no due instant yet, come last."""
        await running.wait_for(position)
        rows = await queries.due(running.pool, after=page.after, fetch=page.fetch, chosen=chosen)
        return paged(request, page, rows, lambda row: queries.place(row.due_at, row), LINE)


def _breaches(router: APIRouter, running: RunningService) -> None:
    @router.get("/breaches", summary="Broken promises", responses=shaped(BREACH.paged(), links=TO_ALL))
    async def get_breaches(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.BreachFilter, Depends(chosen(queries.BreachFilter))],
        position: WaitFor,
    ) -> Response:
        """List breaches in the order they happened, with whose work it was and how far each is overrun now.

        To follow them, ask with `since` the last `breached_at` that you have seen: what broke at that instant comes again, and
        then what broke later. One that a late fact brings to light stands at the instant at which it broke, maybe before that
        place; GET /breaches/feed has each in the order in which they are recorded.
        """
        await running.wait_for(position)
        nodes = with_role(running.known, chosen.role)
        rows = await queries.breaches(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, nodes=nodes)
        found = [*zip(rows, await broken_of(running, rows), strict=True)]
        return paged(request, page, found, lambda one: queries.place(one[0].breached_at, one[0]), lambda one: BREACH(*one))
