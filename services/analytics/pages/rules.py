"""Every rule side by side: the figures that answer one question, each by a rule of its own, week by week."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused, suggestion
from libs.pictures.line import line
from libs.pictures.picture import Picture, Sheet
from libs.pictures.series import Point, Series, Version
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.analytics.domain.days import day_of
from services.analytics.domain.figures import FIGURES, answering
from services.analytics.pages.leading import Leading
from services.analytics.pages.saying import Reading, Row, Saying, words_for
from services.analytics.pages.weekly import changes, horizon, monday_of, points, recently, weeks
from services.analytics.queries.asked_figure import asked_of
from services.analytics.queries.beginnings import beginnings
from services.analytics.queries.board import node_names
from services.analytics.queries.figure_rows import figure
from services.analytics.queries.filters import FigureFilter
from services.analytics.queries.known import refuse_unknown

NARROWED = ("process", "version", "team", "agent", "since", "until")

Question = Annotated[Text, MaxLen(100), Path(description="What figures answer by rules of their own.")]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule: its figure, what it says of the whole period and of each week, and where a week leads."""

    saying: Saying
    total: Row
    weeks: Mapping[date, Row]
    href: Callable[[date], str]

    def points(self, shown: Sequence[date]) -> list[Point]:
        """Return a point for every week."""
        return [*points(self.saying, self.weeks.values(), shown, "value", self.href)]


def rules_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/rules/{question}")
    async def get_rules(
        request: Request,
        question: Question,
        client: Reading,
        only: Annotated[FigureFilter, Depends(chosen(FigureFilter, only=NARROWED))],
    ) -> Response:
        """Show what every rule says, week by week."""
        _refuse(question)
        await refuse_unknown(running.pool, only, running.known)
        shell: Shell = request.app.state.shell
        as_of, lang = running.as_of() or running.now(), language_of(request)
        today = day_of(as_of, zone)
        recent = recently(only, today)
        found = []
        for one in answering(question):
            answer = await figure(running.pool, asked_of(one.name, "week", recent, None), as_of, zone)
            leading = Leading(shell.addresses.base(shell.service), one, recent)
            found.append(ruled(Saying(one, words_for(request)), answer, leading))
        shown = [monday for monday in weeks(recent, today) if only.since or monday >= _first(found, today)]
        processes = {row.process_id: row.process_name for row in await node_names(running.pool, lang)}
        marks = await beginnings(running.pool, only.process, recent.since or today, horizon(only, today))
        return shell.page(
            request,
            "rules.html",
            question=question,
            rules=found,
            pictures=[*pictures(found, shown, changes(marks, processes), lang)],
            weeks=shown[::-1],
            only=recent,
            processes=processes,
        )

    return router


def _refuse(question: str) -> None:
    if not answering(question):
        known = sorted({one.question for one in FIGURES.values() if one.question})
        raise Refused("unknown-figure", f"No rules answer {question}. {suggestion(question, known)}", 404)


def ruled(saying: Saying, answer: Mapping[str, Any], leading: Leading) -> Ruled:
    """Return a rule by week as its figure was answered."""
    return Ruled(saying, answer["total"], {monday_of(row["week"]): row for row in answer["rows"]}, leading.week)


def _first(found: Sequence[Ruled], today: date) -> date:
    """Return the first week in which anything was counted."""
    return min((monday for one in found for monday in one.weeks), default=today)


def pictures(found: Sequence[Ruled], shown: Sequence[date], versions: Sequence[Version], lang: str) -> Iterator[Picture]:
    """Yield a picture for each rule, all with one scale."""
    drawn = [one.points(shown) for one in found]
    every = [value for one in drawn for point in one for value in (point.value, point.low, point.high) if value is not None]
    span = (min(every), max(every)) if every else ()
    for one, its in zip(found, drawn, strict=True):
        saying: Any = one.saying
        sheet = Sheet(f"rule-{saying.figure.name}", getattr(saying.figure.title, lang), words=saying.words, narrow=True)
        yield line(sheet, [Series("", its)], saying.said, versions=versions, span=span)
