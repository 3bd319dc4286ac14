"""Policies over HTTP: which there are, their versions, and publishing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.references import POLICY
from libs.events.engine.writer import Command, Outcome
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import answer, respond, shown
from libs.web.bodies import Body
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped
from libs.web.text import Named, VersionNumber
from libs.web.writes import Write, creates
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.policies import Written, policy_of
from services.sla.domain.publishing import publish_policy
from services.sla.domain.terms import in_force

Asking = Annotated[Client, Depends(require("clocks:read"))]
Publishing = Annotated[Write, Depends(creates("standards:write"))]


class PolicyBody(Body):
    """POST /policies: rules as a person writes them (services/sla/domain/policies.py)."""

    policy: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """The policy of a process as the list shows it: its newest version, and the one in force for cases that come now.

    `in_force` is 0 where none is.
    """

    process: str
    version: int
    versions: tuple[int, ...]
    valid_from: datetime
    rules: int
    in_force: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySheet:
    """The policy of a process: how it is used, and the version in force, or the newest where none is in force yet."""

    use: PolicyLine
    policy: Policy


def policy_routes(router: APIRouter, running: RunningService) -> None:
    """Add the routes."""
    _asking(router, running)
    _publishing(router, running)


def _asking(router: APIRouter, running: RunningService) -> None:
    @router.get("/policies", tags=["policies"], summary="The policies", responses=shaped(Listed[PolicyLine]))
    async def get_policies(client: Asking, position: WaitFor) -> Response:
        """List the newest version of every policy, and which one is in force."""
        await running.wait_for(position)
        return shown({"items": policy_lines(running)})

    @router.get("/policies/{process}", tags=["policies"], summary="The policy of a process", responses=shaped(PolicySheet))
    async def get_policy(process: Named, client: Asking, position: WaitFor) -> Response:
        """Return the version that is in force for cases that come now, with the versions there are."""
        await running.wait_for(position)
        use, versions = known_policy(running, process)
        return shown({"use": use, "policy": versions[use.in_force or use.version]})

    @router.get(
        "/policies/{process}/versions/{version}", tags=["policies"], summary="A version of a policy", responses=shaped(Policy)
    )
    async def get_policy_version(process: Named, version: VersionNumber, client: Asking, position: WaitFor) -> Response:
        """Return a version as it was published; it never changes."""
        await running.wait_for(position)
        _, versions = known_policy(running, process)
        return shown(policy_in(versions, process, version))


def policy_lines(running: RunningService) -> list[PolicyLine]:
    """Return all policies."""
    return [_line(running.known.versions(POLICY, id), running.now()) for id in running.known.ids(POLICY)]


def _line(versions: Sequence[Policy], now: datetime) -> PolicyLine:
    newest, holds = versions[-1], in_force(versions, now)
    return PolicyLine(
        process=newest.process_id,
        version=newest.version,
        versions=tuple(one.version for one in versions),
        valid_from=newest.valid_from,
        rules=len(newest.rules),
        in_force=holds.version if holds else 0,
    )


def known_policy(running: RunningService, process: str) -> tuple[PolicyLine, dict[int, Policy]]:
    """Return how a policy is used and its versions; refuse one that is not here."""
    versions = running.known.versions(POLICY, process)
    if not versions:
        raise Refused("unknown-policy", f"There is no policy of {process}. /policies lists those there are.", 404)
    return _line(versions, running.now()), {one.version: one for one in versions}


def policy_in(versions: dict[int, Policy], process: str, number: int) -> Policy:
    """Return a version; refuse one that there is not."""
    if number not in versions:
        known = ", ".join(map(str, sorted(versions)))
        raise Refused("unknown-policy", f"The policy of {process} has no version {number} (there is {known}).", 404)
    return versions[number]


def _publishing(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/policies",
        status_code=201,
        tags=["policies"],
        summary="Publish a policy version",
        responses=shaped(Policy, status=201),
    )
    async def post_policy(body: PolicyBody, write: Publishing) -> Response:
        """Publish rules that change the promises of one process, by what is known of a case. What is published never changes.

        A version holds for cases that come at its `valid_from` or later, until a version that is valid from a later instant.
        Cases that came before it keep what they were promised; so it may not begin before the newest case.
        """
        await running.wait_for(write.position)
        try:
            written = policy_of(body.policy, running.known, running.now())
        except BadCalendar as error:
            raise Refused("bad-policy", str(error), 422) from error
        newest_at = await _newest_at(running, written.policy.process_id)
        command = policy_command(written, newest_at, at=running.now(), actor=write.client.actor, once=write.once)
        return respond(await running.execute(command))


async def _newest_at(running: RunningService, process: str) -> datetime | None:
    """Return when the newest case of a process came, of those that are known here."""
    row = await running.pool.fetchrow("select max(registered_at) as at from sla.cases where process_id = $1", process)
    return row["at"] if row else None


def policy_command(
    written: Written, newest_at: datetime | None, *, at: datetime, actor: str, once: Idempotency | None = None
) -> Command:
    """Return the command that publishes a policy version."""
    policy = written.policy
    decide = partial(publish_policy, policy=policy, is_dated=written.is_dated, newest_at=newest_at, at=at, actor=actor)

    def said(outcome: Outcome) -> Answer:
        published = outcome.state.policies[policy.version]
        return answer(msgspec.to_builtins(published), status=201, version=outcome.version, position=outcome.position)

    return Command(said, (Topic.STANDARDS, policy.process_id), decide, idempotency=once)
