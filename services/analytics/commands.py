"""What may be done with corrections and risks over HTTP. What people write goes to the vault, and a reference into the event."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.analytics import (
    CorrectionClosed,
    CorrectionDone,
    CorrectionOpened,
    CorrectionStarted,
    CorrectionVerified,
    RiskAssessed,
    RiskChecked,
    RiskClosed,
    RiskRegistered,
)
from libs.events.catalogue.references import PROCESS
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer
from libs.events.words.free import Spoken
from libs.service.running import RunningService
from libs.web.answers import answer, respond
from libs.web.bodies import Body
from libs.web.shapes import Shape, shaped
from libs.web.text import Id
from libs.web.writes import Write, changes, creates
from services.analytics import answers, requests
from services.analytics.domain import corrections, risks
from services.analytics.domain.figures import FIGURES
from services.analytics.tables.subjects import correction_row, risk_row

Opening = Annotated[Write, Depends(creates("quality:write"))]
Changing = Annotated[Write, Depends(changes("quality:write"))]

Decide = Callable[..., list[Fact]]
Go = Callable[[str, Any, Write], Awaitable[Response]]
Route = Callable[..., Awaitable[Response]]


class Kind(NamedTuple):
    """A kind of subject: the book that remembers it, its answer, how that shows a state, and who decides what becomes of it."""

    book: str
    shape: Shape
    show: Callable[[Any], dict[str, Any]]
    go_on: Decide

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """Where it is read, for /openapi.json."""
        one = self.book.removesuffix("s")
        return {f"get_{one}": {"id": f"$response.body#/{one}_id"}}


CORRECTIONS = Kind(
    "corrections",
    answers.CORRECTION,
    lambda one: answers.CORRECTION(correction_row(one, one.opened_at)),
    corrections.go_on,
)
RISKS = Kind("risks", answers.RISK, lambda one: answers.RISK(risk_row(one, one.registered_at)), risks.go_on)

Verb = tuple[str, str, type[Body] | None, type[Any]]
"""What the description says of a verb, briefly and in full; the body that it takes, if any; and what is said."""

OF_CORRECTIONS: dict[str, Verb] = {
    "start": (
        "Begin the work on a correction",
        "Write down by which plan an open correction is worked on; also of one that turned out not to work, again.",
        requests.StartBody,
        CorrectionStarted,
    ),
    "done": ("Say that its measures are carried out", "They are to be verified then.", None, CorrectionDone),
    "verify": (
        "Say whether it worked",
        "A correction whose measures work may be closed; one whose measures do not is open again, and is to be started again.",
        requests.VerifyBody,
        CorrectionVerified,
    ),
    "close": ("Close a correction", "Only one that was verified as effective is closed.", None, CorrectionClosed),
}
OF_RISKS: dict[str, Verb] = {
    "assess": (
        "Say how much a risk matters now",
        "The level says how soon somebody has to look at it again.",
        requests.AssessBody,
        RiskAssessed,
    ),
    "check": ("Say that somebody looked at it", "It may be checked as often as you like.", requests.CheckBody, RiskChecked),
    "close": ("Close a risk", "Say that it is none any more; one that comes back is another one.", None, RiskClosed),
}


def command_routes(router: APIRouter, running: RunningService, pepper: str) -> None:
    """Add the routes that change something."""
    _openings(router, running, pepper)
    for kind, verbs in ((CORRECTIONS, OF_CORRECTIONS), (RISKS, OF_RISKS)):
        go = partial(_go_on, running, pepper, kind)
        for verb, (summary, says, body, said) in verbs.items():
            route = _route(go, said) if body is None else _route_with(go, body, said)
            route.__doc__ = says
            router.add_api_route(
                f"/{kind.book}/{{id}}/{verb}",
                route,
                methods=["POST"],
                summary=summary,
                name=f"{verb}_{kind.book.removesuffix('s')}",
                responses=shaped(kind.shape.model, links=kind.links),
            )


def _openings(router: APIRouter, running: RunningService, pepper: str) -> None:
    def made(kind: Kind) -> dict[int | str, dict[str, Any]]:
        return shaped(kind.shape.model, status=201, links=kind.links, headers=["Location"])

    @router.post("/corrections", status_code=201, summary="Open a correction", responses=made(CORRECTIONS))
    async def post_correction(body: requests.CorrectionBody, write: Opening) -> Response:
        """Say that something has to be mended in how the desk works, and who answers for it."""
        id = corrections.correction_id_of(write.client.name, write.once.key)

        def decide(one: corrections.Correction, said: CorrectionOpened, **asked: Any) -> list[Fact]:
            return corrections.open_correction(one, said, FIGURES, running.known.ids(PROCESS), **asked)

        said = CorrectionOpened(**body.model_dump())
        return await _say(running, pepper, CORRECTIONS, id, said, write, decide, status=201)

    @router.post("/risks", status_code=201, summary="Register a risk", responses=made(RISKS))
    async def post_risk(body: requests.RiskBody, write: Opening) -> Response:
        """Say that something may go wrong, how much that matters, and who watches it."""
        id = risks.risk_id_of(write.client.name, write.once.key)
        said = RiskRegistered(**body.model_dump())
        return await _say(running, pepper, RISKS, id, said, write, risks.register, status=201)


def _route(go: Go, said: type[Any]) -> Route:
    async def route(id: Id, write: Changing) -> Response:
        return await go(id, said(), write)

    return route


def _route_with(go: Go, body_type: type[Body], said: type[Any]) -> Route:
    async def route(id: Id, body: Any, write: Changing) -> Response:
        words = body.model_dump()
        if "agent" in words:
            words["agent"] = write.client.agent(words["agent"])
        return await go(id, said(**words), write)

    route.__annotations__["body"] = body_type
    return route


async def _go_on(running: RunningService, pepper: str, kind: Kind, id: str, said: Any, write: Write) -> Response:
    return await _say(running, pepper, kind, id, said, write, kind.go_on)


async def _say(
    running: RunningService, pepper: str, kind: Kind, id: str, said: Any, write: Write, decide: Decide, *, status: int = 200
) -> Response:
    """Say something of a correction or a risk, and answer how it is then."""
    await running.wait_for(write.position)
    at, spoken = running.now(), Spoken(id, pepper)
    event = spoken.event(said)

    def answered(outcome: Outcome) -> Answer:
        location = f"/{kind.book}/{id}" if status == 201 else None
        told = kind.show(outcome.state)
        return answer(told, status=status, version=outcome.version, position=outcome.position, location=location)

    command = Command(
        answered,
        (kind.book, id),
        lambda one: decide(one, event, at=at, actor=write.client.actor),
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: spoken.rows() if outcome.said else (),
    )
    return respond(await running.execute(command))
