"""What may be asked of routing: the work there is, a case, its words, the process standards, the rosters."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from libs.events.catalogue.references import ROSTER
from libs.events.store.asked import forget_words, words_of
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.personal import personal
from libs.service.reads import Concern
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import shaped
from libs.web.text import Id, Named, VersionNumber, soon
from services.routing import answers, queries
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.visit import BROKEN
from services.routing.domain.people.reading import as_written
from services.routing.domain.people.roster import Team
from services.routing.domain.standards.process import Process, known_version
from services.routing.domain.teams.load import TeamLoad, load_of

Reading = Annotated[Client, Depends(require("cases:read"))]
Personal = Annotated[Client, Depends(personal("cases:personal"))]
Rosters = Annotated[Client, Depends(require("rosters:read"))]


def unknown_case(case_id: str) -> Refused:
    """Return the refusal of what is asked about a case that is not here."""
    return Refused("unknown-case", f"There is no case {case_id}, or it has not arrived here yet.", 404, soon(case_id))


async def known_case(running: RunningService, case_id: str) -> tuple[RoutingCase, int]:
    """Return what routing decides a case by, and its version; refuse a case that is not here."""
    kept = await running.store.state((Topic.CASES, case_id))
    if kept is None:
        raise unknown_case(case_id)
    return running.service.book[Topic.CASES].decode(kept.state), kept.version


async def concerns(running: RunningService, case_ids: Iterable[str]) -> dict[str, Concern]:
    """Return who serves each of these cases that are here."""
    found = {}
    for case_id in case_ids:
        if (kept := await running.store.state((Topic.CASES, case_id))) is not None:
            case: RoutingCase = running.service.book[Topic.CASES].decode(kept.state)
            found[case_id] = Concern(case.process_id, case.process_version, case.serving)
    return found


async def notes_of(running: RunningService, case: RoutingCase, *, hide: bool = False) -> list[dict[str, Any]]:
    """Return the notes about a case, the newest first, with the words that the vault has, or without words."""
    words = {} if hide or not case.notes else await words_of(running.pool, running.service.name, case.case_id)
    return [{**asdict(one), "note": words.get(one.note, "")} for one in reversed(case.notes)]


async def said_in(running: RunningService, case: RoutingCase, *, hide: bool = False) -> dict[str, str]:
    """Return why a case ended and was escalated, by the references that its facts carry."""
    words = {} if hide else await words_of(running.pool, running.service.name, case.case_id)
    reasons = {case.reason, *(one.reason for one in case.escalations)}
    return {one: words.get(one, one if one.startswith(BROKEN) else "") for one in reasons}


def question_routes(router: APIRouter, running: RunningService, links: dict[str, Any]) -> None:
    """Add what may be asked. `links` say in /openapi.json where one may go from a row of /work."""
    _work(router, running, links)
    _cases(router, running)
    _versions(router, running)
    _rosters(router, running)
    _personal(router, running)


def _work(router: APIRouter, running: RunningService, links: dict[str, Any]) -> None:
    @router.get(
        "/work",
        tags=["cases"],
        summary="Open cases, those that fall due first in front",
        responses=shaped(answers.WORK.paged(), links=links),
    )
    async def get_work(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter))],
        position: WaitFor,
    ) -> Response:
        """List open cases by when they fall due, then by how long they have waited, for a team, an agent or a node."""
        await running.wait_for(position)
        standards = queries.published(running.known)
        rows = await queries.work(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, standards=standards)
        return paged(request, page, rows, queries.place, lambda one: answers.WORK(one.case, one.due))

    @router.get("/teams/{team}", tags=["cases"], summary="A team's load at a glance", responses=shaped(answers.TeamLoad))
    async def get_team(team: Named, client: Reading, position: WaitFor) -> Response:
        """Say what waits in a team, who is at work now, and how much each person has of what they take on."""
        await running.wait_for(position)
        return shown(asdict(await load_in(running, team)))


async def load_in(running: RunningService, team: str) -> TeamLoad:
    """Return a team's load now."""
    roster = running.known.latest(ROSTER, team)
    return load_of(team, roster, await queries.in_hand(running.pool, team), running.now())


def _cases(router: APIRouter, running: RunningService) -> None:
    @router.get(
        "/cases/{case_id}",
        tags=["cases"],
        summary="A case as routing knows it",
        responses=shaped(answers.SHEET.model, headers=["ETag"]),
    )
    async def get_case(case_id: Id, client: Reading, position: WaitFor) -> Response:
        """Show where a case stands; its ETag is what If-Match expects here."""
        await running.wait_for(position)
        row = await queries.case(running.pool, case_id)
        if row is None:
            raise unknown_case(case_id)
        return shown(answers.SHEET(row), version=await running.version((Topic.CASES, case_id)))

    @router.get(
        "/processes",
        tags=["processes"],
        summary="All versions of all process standards",
        responses=shaped(answers.PROCESS.listed()),
    )
    async def get_processes(
        client: Reading, chosen: Annotated[queries.ProcessFilter, Depends(chosen(queries.ProcessFilter))], position: WaitFor
    ) -> Response:
        """List what was drafted and published."""
        await running.wait_for(position)
        rows = await queries.processes(running.pool, chosen=chosen)
        return shown({"items": [*map(answers.PROCESS, rows)]})


def _versions(router: APIRouter, running: RunningService) -> None:
    @router.get(
        "/processes/{process_id}/versions/{version}",
        tags=["processes"],
        summary="A version of a process standard as its author wrote it",
        responses=shaped(answers.Written),
    )
    async def get_version(
        process_id: Named,
        version: VersionNumber,
        client: Reading,
        position: WaitFor,
    ) -> Response:
        """Return the page of a version, whatever has become of it, as POST /processes takes it; nothing was left out of it."""
        await running.wait_for(position)
        process = await known_process(running, process_id)
        found = known_version(process, version)
        told = {"process_id": process_id, "version": version, "state": found.state, "warnings": found.warnings}
        return shown(told | {"standard": found.page or None})


def _rosters(router: APIRouter, running: RunningService) -> None:
    @router.get("/rosters", tags=["rosters"], summary="The teams that have a roster", responses=shaped(answers.ROSTER.listed()))
    async def get_rosters(client: Rosters, position: WaitFor) -> Response:
        """List the newest version of each."""
        await running.wait_for(position)
        return shown({"items": [*map(answers.ROSTER, await queries.rosters(running.pool))]})

    @router.get(
        "/rosters/{team}", tags=["rosters"], summary="A team's roster", responses=shaped(answers.Rostered, headers=["ETag"])
    )
    async def get_roster(team: Named, client: Rosters, position: WaitFor) -> Response:
        """Return the version that holds, as POST /rosters takes it."""
        await running.wait_for(position)
        found, version = await known_team(running, team)
        return shown(_rostered(team, found.newest, found), version=version)

    @router.get(
        "/rosters/{team}/versions/{version}",
        tags=["rosters"],
        summary="A version of a team's roster",
        responses=shaped(answers.Rostered),
    )
    async def get_roster_version(team: Named, version: VersionNumber, client: Rosters, position: WaitFor) -> Response:
        """Return a version that holds or held."""
        await running.wait_for(position)
        found, _ = await known_team(running, team)
        return shown(_rostered(team, version, found))


def _rostered(team: str, number: int, found: Team) -> dict[str, Any]:
    """Return a version as it is shown; refuse one that there is not."""
    version = found.versions.get(number)
    if version is None:
        known = ", ".join(map(str, sorted(found.versions)))
        raise Refused("unknown-roster", f"The roster of {team} has no version {number} (there is {known}).", 404)
    return {"team": team, "version": number, "roster": as_written(version.roster)}


async def known_team(running: RunningService, team: str) -> tuple[Team, int]:
    """Return a team's roster in all its versions, and how often it was published; refuse a team that has none."""
    kept = await running.store.state(("rosters", team))
    if kept is None:
        raise Refused("unknown-roster", f"There is no roster of {team}. /rosters lists those there are.", 404)
    found: Team = running.service.book["rosters"].decode(kept.state)
    return found, kept.version


async def known_process(running: RunningService, process_id: str) -> Process:
    """Return a process standard in all its versions; refuse one that is not here."""
    kept = await running.store.state((Topic.STANDARDS, process_id))
    if kept is None:
        raise Refused("unknown-version", f"There is no process standard {process_id}. /processes lists those there are.", 404)
    process: Process = running.service.book[Topic.STANDARDS].decode(kept.state)
    return process


def _personal(router: APIRouter, running: RunningService) -> None:
    @router.get(
        "/cases/{case_id}/words", tags=["cases"], summary="What was written with a case's steps", responses=shaped(answers.Words)
    )
    async def get_words(case_id: Id, client: Personal) -> Response:
        """Show reasons and values of outputs by the references that events carry; empty after an erasure."""
        return shown({"words": await words_of(running.pool, running.service.name, case_id)})

    @router.get("/cases/{case_id}/notes", tags=["cases"], summary="Notes about the work", responses=shaped(answers.Notes))
    async def get_notes(case_id: Id, client: Personal) -> Response:
        """List what was noted about the work at the nodes, the newest first; without its words after an erasure."""
        case, _ = await known_case(running, case_id)
        return shown({"items": await notes_of(running, case)})

    @router.delete(
        "/cases/{case_id}/personal", tags=["cases"], summary="Forget what was written", responses=shaped(answers.Erased)
    )
    async def delete_personal(case_id: Id, client: Annotated[Client, Depends(require("cases:erase"))]) -> Response:
        """Delete what was written with a case's steps and say how many texts that were; no figure changes."""
        return shown({"words": await forget_words(running.pool, running.service.name, case_id)})
