"""The customer's form behind its signed link: the only page of ours that asks for no key."""

from collections.abc import Coroutine, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.requests import HTTPConnection

from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.events.words.row import changed
from libs.service.running import RunningService
from libs.web import answers
from libs.web.bodies import read_by
from libs.web.guard import is_away
from libs.web.overdue import Late
from libs.web.pages.language import language_of
from libs.web.problems import RETRY_SECONDS, Language
from libs.web.text import Text
from services.survey import queries
from services.survey.domain.comment import comment_row
from services.survey.domain.link import opened
from services.survey.domain.survey import SurveyCase, answer
from services.survey.page import HEADERS, PAGE_AGAIN, PAGES, THANKS, Asker, Gone, matter, render_form, render_gone, render_thanks
from services.survey.queries import Written
from services.survey.requests import AnswerBody, Filled, form_body, read_form
from services.survey.tables import SurveyRow

Token = Annotated[Text, Path(max_length=2_000)]
"""Ours have some 90 characters; who follows a longer one, with words that a message ran into it, reads a page, too."""
Form = Annotated[Filled, Depends(read_by(read_form))]
Lang = Annotated[Text | None, Query(max_length=35)]
Accepted = Annotated[str | None, Header(alias="Accept-Language")]


async def spoken(request: Request, lang: Lang = None, accepted: Accepted = None) -> Language:
    """Return the customer's language. `language_of` reads what is named here for /openapi.json."""
    return language_of(request)


Spoken = Annotated[Language, Depends(spoken)]

_output = structlog.get_logger()

PATH, PATIENCE_SECONDS = "/s/", 10.0
"""Where a customer reads, and how long she waits for a database that does not answer, and does not refuse either."""

_GONE: Mapping[str, tuple[Gone, int]] = {
    "unknown-survey": ("expired", 410),
    "survey-expired": ("expired", 410),
    "survey-reopened": ("reopened", 410),
    "survey-answered": ("answered", 409),
}
"""The decision's refusals that are about the survey, each with its page."""


def form_routes(router: APIRouter, running: RunningService, secret: str, zone: tzinfo, asker: Asker) -> None:
    """Add the form to survey's routes; it shows times of `zone`."""
    _showing(router, running, secret, zone, asker)
    _taking(router, running, secret, zone, asker)


def _showing(router: APIRouter, running: RunningService, secret: str, zone: tzinfo, asker: Asker) -> None:

    @router.get("/s/{signed}", tags=["form"], summary="The customer's form", response_class=HTMLResponse, responses=PAGES)
    async def get_form(request: Request, signed: Token, spoken: Spoken) -> Response:
        """Show the form; where an answer may be changed, with the earlier marks. Words once sent are never shown here."""
        path = request.url.path
        return await _or_away(show(signed, spoken, path), spoken, path)

    async def show(signed: str, spoken: Language, path: str) -> Response:
        found = await _find(running, signed, secret, zone)
        if found is None:
            return _page(render_gone("unknown", lang=spoken, path=path), 404)
        survey, _ = found
        if survey.end_reason or _is_over(survey, running.now()):
            return _page(render_gone("reopened" if survey.end_reason else "expired", lang=spoken, path=path), 410)
        changes = _may_change(running.known, survey)
        if survey.answered_at is not None and not changes:
            return _page(render_gone("answered", lang=spoken, path=path))
        filled = Filled(overall=survey.overall, scores=survey.scores)
        return _page(_form_of(running.known, survey, filled, spoken, path, changes, asker))


def _taking(router: APIRouter, running: RunningService, secret: str, zone: tzinfo, asker: Asker) -> None:
    @router.post(
        "/s/{signed}",
        tags=["form"],
        summary="The customer's answer",
        response_class=HTMLResponse,
        responses=PAGES | PAGE_AGAIN | THANKS,
        openapi_extra=form_body(),
    )
    async def post_form(request: Request, signed: Token, form: Form, spoken: Spoken) -> Response:
        """Take the answer. Sending the form twice says it once; another answer is refused, unless the standard allows changes."""
        path = request.url.path
        return await _or_away(take(signed, form, spoken, path), spoken, path)

    async def take(signed: str, filled: Filled, spoken: Language, path: str) -> Response:
        found = await _find(running, signed, secret, zone)
        if found is None:
            return _page(render_gone("unknown", lang=spoken, path=path), 404)
        survey, written = found
        changes = _may_change(running.known, survey)
        given = filled.answer()
        if given is None:
            return _page(_form_of(running.known, survey, filled, spoken, path, changes, asker), 422)
        try:
            said = await running.execute(_answer_command(survey, given, written, changes, running.now()))
        except Refused as refused:
            if refused.code not in _GONE:
                raise
            if refused.code == "survey-answered" and survey.answered_at is None:
                return await take(signed, filled, spoken, path)  # answered since we looked: perhaps with this same form
            why, status = _GONE[refused.code]
            return _page(render_gone(why, lang=spoken, path=path), status)
        assert survey.expires_at is not None
        thanks = render_thanks(
            lang=spoken, path=path, expires_at=survey.expires_at, overall=given.overall, changes=changes, asker=asker
        )
        return _page(thanks, more=said.headers)


async def _or_away(page: Coroutine[Any, Any, Response], lang: Language, path: str) -> Response:
    """Return the page, or during an outage one that asks to come again, because customers do not read JSON."""
    try:
        return await page
    except Exception as error:
        passes = error.status == 503 or error.code == "conflict" if isinstance(error, Refused) else is_away(error)
        if not passes:
            raise
        _output.warning("unavailable", why=str(error) or type(error).__name__)
        return _away(lang, path)


def _away(lang: Language, path: str) -> Response:
    away = _page(render_gone("away", lang=lang, path=path), 503)
    away.headers["Retry-After"] = str(RETRY_SECONDS)
    return away


def overdue(at: HTTPConnection) -> Response:
    """Return the page for a customer whose answer took too long; the same answer sent again is said once."""
    return _away(language_of(at), at.url.path)


LATE = {PATH: Late(overdue, PATIENCE_SECONDS)}
"""The customer gets a page also when the answer is late."""


def _answer_command(survey: SurveyRow, given: AnswerBody, before: Written, changes: bool, at: datetime) -> Command:
    reworded = bool(given.comment) and given.comment != before.comment

    def decide(case: SurveyCase) -> list[Fact]:
        words = {"commented": bool(given.comment), "changes": changes, "reworded": reworded}
        return answer(case, survey.survey_id, given.overall, given.scores, **words, at=at)

    def answered(outcome: Outcome) -> Answer:
        return answers.answer({}, position=outcome.position)

    words = [comment_row(survey.case_id, survey.survey_id, given.comment, at=at)] if reworded else []
    return Command(answered, (Topic.CASES, survey.case_id), decide, private=lambda _: words)


def _may_change(known: Known, survey: SurveyRow) -> bool:
    """Test whether the case's standard lets its customer change an answer."""
    try:
        return known.version(PROCESS, survey.process_id, survey.process_version).survey.changes
    except NotYetKnown:
        return False


async def _find(running: RunningService, signed: str, secret: str, zone: tzinfo) -> tuple[SurveyRow, Written] | None:
    """Return the link's survey; its times are of the desk's zone."""
    link = opened(signed, secret=secret)
    found = await queries.survey(running.pool, link.survey_id, case_id=link.case_id) if link else None
    if found is None:
        return None
    survey, written = found
    if survey.expires_at is None:
        return found
    at = {"sent_at": survey.sent_at.astimezone(zone), "expires_at": survey.expires_at.astimezone(zone)}
    return changed(survey, **at), written


def _is_over(survey: SurveyRow, at: datetime) -> bool:
    return survey.expires_at is None or at >= survey.expires_at


def _form_of(known: Known, survey: SurveyRow, filled: Filled, lang: Language, path: str, changes: bool, asker: Asker) -> str:
    assert survey.expires_at is not None
    return render_form(
        lang=lang,
        path=path,
        expires_at=survey.expires_at,
        filled=filled,
        answered=survey.answered_at is not None,
        changes=changes,
        about=_about(known, survey, lang),
        asker=asker,
    )


def _about(known: Known, survey: SurveyRow, lang: Language) -> str:
    """Return what the survey is about, as far as it is known here: never what somebody wrote."""
    try:
        name = known.version(PROCESS, survey.process_id, survey.process_version).name
    except NotYetKnown:
        return ""
    return matter(name.zh if lang == "zh" else name.en, survey.sent_at, lang)


def _page(html: str, status: int = 200, more: Iterable[tuple[str, str]] = ()) -> Response:
    return Response(html, status, headers={**dict(more), **HEADERS})
