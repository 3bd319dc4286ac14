"""Restating what is promised: another version of the policy for open cases, and what that would change, shown first."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.sla import TermsRestated
from libs.events.engine.known import Known
from libs.events.engine.writer import Command
from libs.events.log.envelope import Fact, draft
from libs.events.store.asked import Database
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import answer, shown
from libs.web.bodies import Body, JSONRoute
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import Listed, Paged, shaped
from libs.web.text import Named, VersionNumber
from libs.web.writes import Write, creates
from services.sla.alarms import settle
from services.sla.domain.case import SlaCase
from services.sla.domain.quality import topic_of
from services.sla.domain.reckoning import Difference, Pair, compared
from services.sla.domain.remembered import Restated
from services.sla.domain.terms import terms_of
from services.sla.domain.told import Told
from services.sla.policies import known_policy, policy_in
from services.sla.queries import OPEN
from services.sla.questions import Counted, counted
from services.sla.reckonings.counting import standing
from services.sla.reckonings.requests import CaseId

CASES_MAX = 200
"""So many cases are restated by one request."""

Asking = Annotated[Client, Depends(require("clocks:read"))]
Restating = Annotated[Write, Depends(creates("standards:write"))]


class RestateBody(Body):
    """POST /policies/{process}/versions/{version}/restate: the cases, as the list of what would change has them."""

    case_ids: Annotated[tuple[CaseId, ...], Field(min_length=1, max_length=CASES_MAX, description="Which cases.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPromise:
    """A promise as it stands, and as it stands once the case is restated. `difference` is as in a reckoning."""

    clock: str
    occurrence: int
    difference: Difference
    status: str = ""
    due_at: datetime | None = None
    new_status: str = ""
    new_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestatedCase:
    """An open case, the version that holds for it (0 is none), and what changes with the new one; that may be nothing."""

    case_id: str
    policy_version: int
    changes: tuple[ChangedPromise, ...]


def restating_routes(running: RunningService) -> APIRouter:
    """Return the list of what would change, and the command."""
    router = APIRouter(tags=["policies"], route_class=JSONRoute)
    _listing(router, running)
    _restating(router, running)
    return router


def _listing(router: APIRouter, running: RunningService) -> None:
    @router.get(
        "/policies/{process}/versions/{version}/restating",
        summary="What a version would change",
        responses=shaped(Paged[RestatedCase]),
    )
    async def get_restating(
        request: Request,
        process: Named,
        version: VersionNumber,
        client: Asking,
        page: Annotated[Page[tuple[str]], Depends(pages(tuple[str]))],
        position: WaitFor,
    ) -> Response:
        """List the open cases of the process, and how their promises would stand if this version held for them."""
        await running.wait_for(position)
        policy = _policy(running, process, version)
        ids = await open_cases(running.pool, process, after=page.after[0] if page.after else "", fetch=page.fetch)
        found = {id: restated(await counted(running, id), policy, running.known) for id in ids[: page.limit]}
        return paged(request, page, ids, lambda id: (id,), found.__getitem__)


def _restating(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/policies/{process}/versions/{version}/restate",
        summary="Let a version hold for open cases",
        responses=shaped(Listed[RestatedCase]),
    )
    async def post_restating(process: Named, version: VersionNumber, body: RestateBody, write: Restating) -> Response:
        """Let this version hold for these cases from now on, also for what was promised before and is still open.

        What has ended stays as it was decided. An older due instant stays in the history of its clock. The answer has what
        changes now, which may be nothing: what begins later goes by this version, too. Sent again it changes nothing.
        """
        await running.wait_for(write.position)
        policy = _policy(running, process, version)
        cases = [await counted(running, id) for id in sorted(set(body.case_ids))]
        if strange := [one.case_id for one in cases if one.case.process_id != process]:
            detail = f"{', '.join(strange[:5])} came under another process; leave out the cases that are not of {process}."
            raise Refused("other-process", detail, 422)
        found = [restated(one, policy, running.known) for one in cases]
        at, actor = running.now(), write.client.actor
        changed = [one for one in found if one.policy_version != version]
        commands = [restate_command(one, process, version, running.known, at, actor) for one in changed]
        await asyncio.gather(*map(running.execute, commands))
        return shown({"items": found})


def restate_command(one: RestatedCase, process: str, version: int, known: Known, at: datetime, actor: str) -> Command:
    """Return the command that lets a version hold for a case; sent again it says nothing."""

    def decide(case: SlaCase) -> list[Fact]:
        if terms_of(case, known).in_force == version:
            return []
        then = _with(case, version, at)
        said = draft(TermsRestated(policy_version=version), one.case_id, at, actor=actor)
        return [said, *settle(one.case_id, then, known, None)]

    subject = topic_of(process), one.case_id
    return Command(lambda outcome: answer({}, position=outcome.position), subject, decide)


def _policy(running: RunningService, process: str, version: int) -> Policy:
    _, versions = known_policy(running, process)
    return policy_in(versions, process, version)


async def open_cases(db: Database, process: str, *, after: str, fetch: int) -> list[str]:
    """Return the cases of a process that have unfinished promises, in the order of their ids, behind `after`."""
    rows = await db.fetch(
        f"select distinct case_id from sla.clocks where process_id = $1 and case_id > $2 and {OPEN} "
        f"order by case_id limit {int(fetch)}",
        process,
        after,
    )
    return [row["case_id"] for row in rows]


def restated(found: Counted, policy: Policy, known: Known) -> RestatedCase:
    """Return what changes if this version of the policy holds for the case from that instant on."""
    version, at = found.terms.in_force, found.at
    changes = () if version == policy.version else tuple(_changes(found, _with(found.case, policy.version, at), known))
    return RestatedCase(case_id=found.case_id, policy_version=version, changes=changes)


def _with(case: SlaCase, version: int, at: datetime) -> SlaCase:
    return replace(case, restated=[*case.restated, Restated(at, version)])


def _changes(found: Counted, then: SlaCase, known: Known) -> Iterator[ChangedPromise]:
    # What was said by the terms in force says nothing about others.
    before = standing(replace(found.case, said={}), found.terms, found.at)
    after = standing(replace(then, said={}), terms_of(then, known), found.at)
    return (_changed(pair) for pair in compared(before, after) if pair.difference is not Difference.NONE)


def _changed(pair: Pair[Told]) -> ChangedPromise:
    one, now, new = pair.one, pair.contracted, pair.asked
    return ChangedPromise(
        clock=one.clock,
        occurrence=one.occurrence,
        difference=pair.difference,
        status=now.status if now else "",
        due_at=now.due_at if now else None,
        new_status=new.status if new else "",
        new_due_at=new.due_at if new else None,
    )
