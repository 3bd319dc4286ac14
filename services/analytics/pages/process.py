"""What the cases of a process did: the standard's nodes in their order, and over them the steps that cases took."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused, suggestion
from libs.pictures import numbers
from libs.pictures.picture import Picture, Sheet
from libs.pictures.process import Arc, Node
from libs.pictures.process_map import process_map
from libs.service.running import RunningService
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import IN_DIGITS, Day, Text
from services.analytics.domain.days import day_of
from services.analytics.pages.saying import Reading, both, words_for
from services.analytics.queries.board import node_names
from services.analytics.queries.filters import Version
from services.analytics.queries.steps import (
    END,
    HERE,
    START,
    StandardNode,
    Step,
    Walked,
    Which,
    days,
    nodes_of,
    versions_of,
    walked,
)

DAYS, DAYS_MAX = 90, 366
"""How many days are shown when nothing else is asked for, and how many at most."""

ProcessId = Annotated[Text, MaxLen(200), Path(description="A process standard.")]
Part = Annotated[int, Ge(0), Le(100), IN_DIGITS, Query(description="Per cent of all steps that the drawn ones carry at least.")]


@dataclass(frozen=True, slots=True)
class Map:
    """What a map is made of."""

    nodes: Sequence[StandardNode]
    now: Walked
    before: Walked | None
    href: Callable[[Mapping[str, Any]], str]
    t: Mapping[str, str]

    def called(self, node: str) -> str:
        """Return the name of a node."""
        own = {START: self.t["start"], END: self.t["end"]} | {one.node: one.name for one in reversed(self.nodes)}
        return own.get(node, node)


def process_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/processes/{id}")
    async def get_process(
        request: Request,
        id: ProcessId,
        client: Reading,
        since: Day | None = None,
        until: Day | None = None,
        version: Version | None = None,
        versus: Version | None = None,
        part: Part = 100,
    ) -> Response:
        """Show which steps the cases took, how often, how long, and how many were late."""
        shell: Shell = request.app.state.shell
        lang, words = shell.language(request), words_for(request)
        processes = {one.process_id: one.process_name for one in await node_names(running.pool, lang)}
        versions = await versions_of(running.pool, id)
        if not versions:
            raise Refused("unknown-process", f"There is no process {id} here. {suggestion(id, processes)}", 404)
        first, end, is_cut = days(since, until, day_of(running.as_of() or running.now(), zone), DAYS, DAYS_MAX)
        which = Which(process=id, since=first, until=end, version=version)
        now = await walked(running.pool, which, zone)
        before = await walked(running.pool, replace(which, version=versus), zone) if versus is not None else None
        nodes = in_order(await nodes_of(running.pool, id, lang), version)
        what = Map(nodes, now, before, linking(shell.addresses.base(shell.service), which), shell.words(lang))
        name = processes.get(id, id)

        def drawn(sheet: Sheet) -> Picture:
            arcs, old = [*steps(what, now)], [*steps(what, before)] if before else None
            return process_map(sheet, [*spine(what)], arcs, part=part / 100, before=old)

        return shell.page(
            request,
            "process.html",
            id=id,
            name=name,
            processes=processes,
            versions=versions,
            which=which,
            versus=versus,
            part=part,
            is_cut=is_cut,
            days_max=DAYS_MAX,
            now=now,
            before=before,
            picture=both(drawn, "map", name, words),
            paths=[(one, what.href({"path": one.nodes}), numbers.share(one.cases, walkers(now))) for one in now.paths],
            called=what.called,
            by_clock=numbers.share(sum(one.by_clock for one in now.steps), sum(one.timed for one in now.steps)),
        )

    return router


def in_order(nodes: Sequence[StandardNode], version: int | None) -> list[StandardNode]:
    """Return the nodes of the version, or of the latest one, in their order, and behind them those of other versions only."""
    first = version if any(one.version == version for one in nodes) else max((one.version for one in nodes), default=0)
    found: dict[str, StandardNode] = {}
    for one in sorted(nodes, key=lambda one: one.version != first):
        found.setdefault(one.node, one)
    return [*found.values()]


def linking(base: str, which: Which) -> Callable[[Mapping[str, Any]], str]:
    """Return what makes the address of the cases behind a mark."""
    given = {"process": which.process, "since": which.since, "until": which.until, "version": which.version}
    asked = {name: value for name, value in given.items() if value is not None}
    return lambda more: f"{base}/cases?{urlencode({**asked, **more}, doseq=True, quote_via=quote)}"


def walkers(found: Walked) -> int:
    """Return how many cases went anywhere."""
    return sum(one.count for one in found.steps if one.source == START and one.target not in (END, HERE))


def spine(what: Map) -> Iterator[Node]:
    """Yield the nodes from top to bottom: where cases begin, those of the standard, those it does not have, where cases end."""
    visits, here = _by(what.now.steps, "source"), {one.source: one.count for one in what.now.steps if one.target == HERE}
    known = [one.node for one in what.nodes]
    walked_ = [one for found in (what.now, what.before) if found for one in found.steps]
    strange = sorted({name for one in walked_ for name in (one.source, one.target)} - {*known, START, END, HERE})
    first = max((one.version for one in what.nodes[:1]), default=0)
    planned = {one.node for one in what.nodes if one.version == first}
    yield Node(START, what.called(START), what.now.cases, _standing(what, here.get(START, 0)), what.href({}))
    for node in (*known, *strange):
        yield Node(
            node, what.called(node), visits.get(node, 0), _standing(what, here.get(node, 0)), what.href({"node": node}),
            planned=node in planned,
        )  # fmt: skip
    yield Node(END, what.called(END), what.now.over, "", what.href({"to": END}))


def _standing(what: Map, count: int) -> str:
    return what.t["stand here"].format(count=numbers.count(count)) if count else ""


def _by(found: Iterable[Step], name: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        sums[getattr(one, name)] = sums.get(getattr(one, name), 0) + one.count
    return sums


def steps(what: Map, found: Walked) -> Iterator[Arc]:
    """Yield an arc for every step; cases that stand at a node have taken none from there yet."""
    for one in found.steps:
        if one.target != HERE:
            yield Arc(
                one.source,
                one.target,
                one.count,
                None if one.median_us is None else timedelta(microseconds=one.median_us),
                one.late,
                one.decided,
                what.href({"from": one.source, "to": one.target}),
            )
