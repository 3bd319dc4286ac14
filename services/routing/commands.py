"""Publishing process standards and rosters: by HTTP, and for the standards that are published at every start."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.standard import Roster
from libs.events.engine.known import Known
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.service.running import RunningService
from libs.web.answers import answer, respond
from libs.web.shapes import shaped
from libs.web.text import Named, VersionNumber
from libs.web.writes import Write, creates
from services.routing import answers, queries, requests
from services.routing.domain.people.faults import unknown_roles
from services.routing.domain.people.reading import as_written, roster_of
from services.routing.domain.people.roster import Team, publish
from services.routing.domain.standards.countable import uncountable
from services.routing.domain.standards.page import Sound
from services.routing.domain.standards.process import Process, draft_version, known_version, publish_version, retire_version
from services.routing.domain.standards.standard import sound

Publishing = Annotated[Write, Depends(creates("standards:write"))]


def draft_command(
    written: Sound, *, at: datetime, actor: str, once: Idempotency | None = None, published: Known | None = None
) -> Command:
    """Return the command that drafts a version; the answer warns of reasons why it could not be published now."""
    standard = written.standard
    problem = uncountable(standard, published) if published else ""
    warnings = [*written.warnings, *([problem] if problem else [])]

    def decide(process: Process) -> list[Fact]:
        return draft_version(process, written, at=at, actor=actor)

    def answered(outcome: Outcome) -> Answer:
        told = {"process_id": standard.process_id, "version": standard.version, "warnings": warnings}
        return answer(told, status=201, version=outcome.version, position=outcome.position)

    return Command(answered, (Topic.STANDARDS, standard.process_id), decide, idempotency=once)


def publish_command(
    process_id: str,
    version: int,
    *,
    at: datetime,
    actor: str,
    once: Idempotency | None = None,
    published: Known | None = None,
) -> Command:
    """Return the command that publishes a version; given the `published` calendars, only if its promises can be
    counted."""
    decide = partial(publish_version, version=version, at=at, actor=actor, published=published)
    return _version_command(process_id, version, decide, once)


def retire_command(
    process_id: str, version: int, reason: str, *, at: datetime, actor: str, once: Idempotency | None = None
) -> Command:
    """Return the command that retires a version."""
    return _version_command(
        process_id, version, partial(retire_version, version=version, reason=reason, at=at, actor=actor), once
    )


def _version_command(process_id: str, version: int, decide: Callable[[Process], list[Fact]], once: Idempotency | None) -> Command:
    def answered(outcome: Outcome) -> Answer:
        told = {"process_id": process_id, "version": version, "state": known_version(outcome.state, version).state}
        return answer(told, version=outcome.version, position=outcome.position)

    return Command(answered, (Topic.STANDARDS, process_id), decide, idempotency=once)


def roster_command(
    roster: Roster, *, at: datetime, actor: str, once: Idempotency | None = None, roles: Iterable[str] = ()
) -> Command:
    """Return the command that publishes a version of a team's roster; the answer warns of roles that are none of these."""
    warnings = unknown_roles(roster, roles)

    def decide(team: Team) -> list[Fact]:
        return publish(team, roster, at=at, actor=actor)

    def answered(outcome: Outcome) -> Answer:
        told = {"team": roster.team, "version": roster.version, "roster": as_written(roster), "warnings": warnings}
        return answer(told, status=201, version=outcome.version, position=outcome.position)

    return Command(answered, ("rosters", roster.team), decide, idempotency=once)


def publishing_routes(router: APIRouter, running: RunningService) -> None:
    """Add the routes by which standards and rosters are published."""
    _processes(router, running)
    _publishing(router, running)
    _rosters(router, running)


def _processes(router: APIRouter, running: RunningService) -> None:
    drafted = {"process_id": "$response.body#/process_id", "version": "$response.body#/version"}

    @router.post(
        "/processes",
        status_code=201,
        tags=["processes"],
        summary="Draft a version of a process standard",
        responses=shaped(answers.Drafted, status=201, links={"post_publish": drafted}),
    )
    async def post_process(body: requests.ProcessBody, write: Publishing) -> Response:
        """Check a standard and write it down; every fault is named with what to write instead."""
        await running.wait_for(write.position)
        written = sound(body.standard)
        command = draft_command(written, at=running.now(), actor=write.client.actor, once=write.once, published=running.known)
        return respond(await running.execute(command))


def _publishing(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/processes/{process_id}/versions/{version}/publish",
        tags=["processes"],
        summary="Publish a version",
        responses=shaped(answers.Published),
    )
    async def post_publish(
        process_id: Named,
        version: VersionNumber,
        write: Publishing,
    ) -> Response:
        """Let cases be registered under a drafted version; its content never changes again.

        The calendar that its promises need must be published. Right after publishing it, pass on the Position of that answer.
        """
        await running.wait_for(write.position)
        actor, once = write.client.actor, write.once
        command = publish_command(process_id, version, at=running.now(), actor=actor, once=once, published=running.known)
        return respond(await running.execute(command))

    @router.post(
        "/processes/{process_id}/versions/{version}/retire",
        tags=["processes"],
        summary="Retire a version",
        responses=shaped(answers.Published),
    )
    async def post_retire(process_id: Named, version: VersionNumber, body: requests.RetireBody, write: Publishing) -> Response:
        """Let no more cases be registered under a version; those that are go on by it."""
        await running.wait_for(write.position)
        actor, once = write.client.actor, write.once
        command = retire_command(process_id, version, body.reason, at=running.now(), actor=actor, once=once)
        return respond(await running.execute(command))


def _rosters(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/rosters",
        status_code=201,
        tags=["rosters"],
        summary="Publish the next version of a team's roster",
        responses=shaped(answers.RosterSaid, status=201),
    )
    async def post_roster(body: requests.RosterBody, write: Annotated[Write, Depends(creates("rosters:write"))]) -> Response:
        """Say who is in a team from now on. What is published never changes; where nothing is new, nothing is said.

        A role that no published standard names gives a warning: it may be mistyped, or its standard may come later.
        """
        roster = roster_of(body.roster)
        await running.wait_for(write.position)
        roles = {role for one in queries.published(running.known) for role in one.roles}
        command = roster_command(roster, at=running.now(), actor=write.client.actor, once=write.once, roles=roles)
        return respond(await running.execute(command))
