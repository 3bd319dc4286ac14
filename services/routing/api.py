"""routing's HTTP: a case's walk through its nodes. What it walks by is published in commands.py."""

from collections.abc import Awaitable, Callable
from datetime import UTC, tzinfo
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.references import PROCESS, ROSTER
from libs.events.engine.known import NotYetKnown
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from libs.events.words.free import Spoken
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.answers import answer, respond
from libs.web.bodies import Body, JSONRoute
from libs.web.shapes import shaped
from libs.web.text import Id, Named
from libs.web.writes import Write, changes
from services.routing import answers, requests
from services.routing.commands import publishing_routes
from services.routing.domain.cases import decisions
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.entitled import Ask, must_be_entitled
from services.routing.domain.cases.vault import hidden
from services.routing.questions import question_routes, unknown_case
from services.routing.tables import case_row

Changing = Annotated[Write, Depends(changes("cases:write"))]

Decide = Callable[..., list[Fact]]
Execute = Callable[..., Awaitable[Response]]

OF_CASES: dict[str, tuple[str, type[Body], Decide]] = {
    "classify": ("Classify by hand", requests.ClassifyBody, decisions.classify),
    "grade": ("Grade by hand", requests.GradeBody, decisions.grade),
    "assign": ("Give the case to a team or an agent", requests.AssignBody, decisions.assign),
    "escalate": ("Call in more authority or skill", requests.EscalateBody, decisions.escalate),
    "resolve": ("Say that the need is met", requests.ResolveBody, decisions.resolve),
    "reopen": ("Take the case up again", requests.ReopenBody, decisions.reopen),
    "close": ("Close the case", requests.CloseBody, decisions.close),
}
OF_NODES: dict[str, tuple[str, type[Body], Decide]] = {
    "start": ("Start work at a node", requests.StartBody, decisions.start),
    "complete": ("Complete a node", requests.CompleteBody, decisions.complete),
    "handover": ("Give the work at a node to another team or agent", requests.HandOverBody, decisions.hand_over),
    "note": ("Note how the work at a node goes", requests.NoteBody, decisions.note),
    "skip": ("Leave a node that is no key node with its work not done", requests.SkipBody, decisions.skip),
    "return": ("Send the case back to an earlier node", requests.ReturnBody, decisions.send_back),
}
OF_EXCEPTIONS: dict[str, tuple[str, type[Body], Decide]] = {
    "raise": ("Say that a listed abnormal situation began", requests.EmptyBody, decisions.raise_exception),
    "clear": ("Say that it ended", requests.EmptyBody, decisions.clear_exception),
}


OF_GATES: dict[str, tuple[str, type[Body], Decide]] = {
    "request": ("Ask for a decision", requests.RequestBody, decisions.request),
    "decide": ("Approve or reject", requests.DecideBody, decisions.decide),
}


OF_ESCALATIONS: dict[str, tuple[str, type[Body], Decide]] = {
    "acknowledge": ("Take notice of a call for help", requests.AcknowledgeBody, decisions.acknowledge),
}


COMMANDS = {
    name: (body, decide)
    for table in (OF_CASES, OF_NODES, OF_GATES, OF_EXCEPTIONS, OF_ESCALATIONS)
    for name, (_, body, decide) in table.items()
}
"""Everything that may be asked about a case: its name → the words that it takes, and who decides."""

GIVING = (decisions.assign, decisions.hand_over)
"""The commands whose `agent` is to whom something is given; in every other it is who does what is asked for."""

TAGS = {
    "cases": "The walk of a case through its nodes.",
    "processes": "Process standards, drafted and published.",
    "rosters": "Who is in a team, what they may do, and when they are there.",
}
"""What the tags of /openapi.json mean."""


def routes(running: RunningService, pepper: str, zone: tzinfo = UTC) -> APIRouter:
    """Return routing's routes."""
    router = APIRouter(route_class=JSONRoute)
    execute = partial(execute_on, running, pepper, zone=zone)
    for name, (summary, body, decide) in OF_CASES.items():
        _add(router, f"/cases/{{case_id}}/{name}", summary, _case_route(execute, body, decide))
    for name, (summary, body, decide) in OF_NODES.items():
        _add(router, f"/cases/{{case_id}}/nodes/{{node}}/{name}", summary, _node_route(execute, body, decide))
    for name, (summary, _, decide) in OF_EXCEPTIONS.items():
        _add(router, f"/cases/{{case_id}}/exceptions/{{code}}/{name}", summary, _exception_route(execute, decide))
    for name, (summary, body, decide) in OF_GATES.items():
        _add(router, f"/cases/{{case_id}}/nodes/{{node}}/gates/{{gate}}/{name}", summary, _gate_route(execute, body, decide))
    for name, (summary, body, decide) in OF_ESCALATIONS.items():
        _add(router, f"/cases/{{case_id}}/escalations/{{number}}/{name}", summary, _escalation_route(execute, body, decide))
    question_routes(router, running, _links())
    publishing_routes(router, running)
    return router


def _links() -> dict[str, dict[str, str]]:
    """Return what may be done with a row of /work, for /openapi.json."""
    first = {"case_id": "$response.body#/items/0/case_id"}
    links = {"get_case": first} | {f"{name}_case_id": first for name in OF_CASES}
    return links | {f"{name}_node": {**first, "node": "$response.body#/items/0/node"} for name in OF_NODES}


def _add(router: APIRouter, path: str, summary: str, route: Callable[..., Awaitable[Response]]) -> None:
    name = path.rsplit("/", 1)[-1] + "_" + path.split("/")[-2].strip("{}")
    links = {"get_case": {"case_id": "$response.body#/case/case_id"}}
    responses = shaped(answers.CaseSaid, links=links)
    router.add_api_route(path, route, methods=["POST"], summary=summary, tags=["cases"], name=name, responses=responses)


def _case_route(execute: Execute, body_type: type[Body], decide: Decide) -> Callable[..., Awaitable[Response]]:
    async def route(case_id: Id, body: Any, write: Changing) -> Response:
        return await execute(case_id, decide, body.model_dump(), write)

    route.__annotations__["body"], route.__doc__ = body_type, decide.__doc__
    return route


def _node_route(execute: Execute, body_type: type[Body], decide: Decide) -> Callable[..., Awaitable[Response]]:
    async def route(case_id: Id, node: Named, body: Any, write: Changing) -> Response:
        return await execute(case_id, decide, {"node": node, **body.model_dump()}, write)

    route.__annotations__["body"], route.__doc__ = body_type, decide.__doc__
    return route


def _gate_route(execute: Execute, body_type: type[Body], decide: Decide) -> Callable[..., Awaitable[Response]]:
    async def route(case_id: Id, node: Named, gate: Named, body: Any, write: Changing) -> Response:
        return await execute(case_id, decide, {"node": node, "gate": gate, **body.model_dump()}, write)

    route.__annotations__["body"], route.__doc__ = body_type, decide.__doc__
    return route


def _escalation_route(execute: Execute, body_type: type[Body], decide: Decide) -> Callable[..., Awaitable[Response]]:
    async def route(case_id: Id, number: Named, body: Any, write: Changing) -> Response:
        return await execute(case_id, decide, {"number": number, **body.model_dump()}, write)

    route.__annotations__["body"], route.__doc__ = body_type, decide.__doc__
    return route


def _exception_route(execute: Execute, decide: Decide) -> Callable[..., Awaitable[Response]]:
    async def route(case_id: Id, code: Named, write: Changing) -> Response:
        return await execute(case_id, decide, {"code": code}, write)

    route.__doc__ = decide.__doc__
    return route


async def execute_on(
    running: RunningService,
    pepper: str,
    case_id: str,
    decide: Decide,
    words: dict[str, Any],
    write: Write,
    *,
    zone: tzinfo = UTC,
) -> Response:
    """Ask for a decision about a case, by JSON or by a form; days are those of the desk's `zone`."""
    if "agent" in words and decide not in GIVING:
        words = {**words, "agent": write.client.agent(words["agent"])}
    await running.wait_for(write.position)
    await _must_be_here(running, words.get("repeats", ""))
    if decide in decisions.COUNT_DAYS:
        words = {**words, "zone": zone}
    at, spoken = running.now(), Spoken(case_id, pepper)

    def decided(case: RoutingCase) -> list[Fact]:
        if not case.process_id:
            raise unknown_case(case_id)
        try:
            standard = running.known.version(PROCESS, case.process_id, case.process_version)
        except NotYetKnown as error:
            raise Refused("standard-not-read", f"{error} has not arrived here yet.", 503) from error
        asked = {name: words[name] for name in ("node", "gate", "team", "agent", "reason") if name in words}
        ask = Ask(**asked, actor=write.client.actor, person=write.client.person, at=at)
        must_be_entitled(decide, case, standard, running.known.newest(ROSTER), ask)
        return decide(case, standard, **hidden(words, standard, spoken), at=at, actor=write.client.actor)

    command = Command(
        _case_answer,
        (Topic.CASES, case_id),
        decided,
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: spoken.rows() if outcome.said else (),
    )
    return respond(await running.execute(command))


async def _must_be_here(running: RunningService, case_id: str) -> None:
    if case_id and await running.store.state((Topic.CASES, case_id)) is None:
        raise Refused("repeated-case-unknown", f"There is no case {case_id} that this one could repeat.", 422)


def _case_answer(outcome: Outcome) -> Answer:
    said = [{"id": fact.id, "type": fact.kind.wire, "time": fact.time, "data": fact.data} for fact in outcome.said]
    body = {"case": answers.SHEET(case_row(outcome.state)), "said": said}
    return answer(body, version=outcome.version, position=outcome.position)
