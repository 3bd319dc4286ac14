"""Where a problem's `type` leads: what it says, why it comes, what to do; in English and Chinese, for programs and for people."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from libs.events.words.refusal import Refused, suggestion
from libs.web.accept import preferred, spoken
from libs.web.answers import JSON, shown
from libs.web.problems import LANGUAGES, Language, pages, refused
from libs.web.shapes import shaped

HTML = "text/html"


class Explained(BaseModel):
    """One kind of problem."""

    type: str
    title: str
    why: str
    do: str
    language: Language


def problems_router() -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["operation"])
    content = {HTML: {"schema": {"type": "string"}}}

    @router.get(
        "/problems/{code}",
        summary="What a problem means",
        response_class=Response,
        responses={200: {**shaped(Explained)[200], "content": content}},
    )
    async def get_problem(
        request: Request, code: Annotated[str, Path(max_length=60)], lang: Annotated[Language | None, Query()] = None
    ) -> Response:
        """Say what a problem's `type` means, why it comes and what to do, as JSON or as a page."""
        if code not in pages():
            raise Refused("unknown-problem", f"No answer has this code. {suggestion(code, pages())}", 404)
        language = spoken(request.headers.get("accept-language"), LANGUAGES) if lang is None else lang
        headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "public, max-age=3600"}
        told = _explained(code, language)
        if preferred(request.headers.get("accept"), (JSON, HTML)) == HTML:
            return Response(_page(told), headers=headers, media_type=HTML)
        return shown(told.model_dump(), headers=headers)

    return router


async def said_to_people(request: Request, no: Refused) -> Response:
    """Answer a refusal of the shell with a page, because somebody who opened a link in a browser reads no JSON."""
    language = spoken(request.headers.get("accept-language"), LANGUAGES)
    response = await refused(request, no)
    headers = {name: response.headers[name] for name in ("retry-after",) if name in response.headers}
    return Response(_page(_explained(no.code, language)), no.status, {**headers, "Content-Language": language}, HTML)


def _explained(code: str, language: Language) -> Explained:
    return Explained(type=f"/problems/{code}", language=language, **pages()[code][language])


def _page(told: Explained) -> str:
    title, why, do = (escape(text) for text in (told.title, told.why, told.do))
    return (
        f'<!doctype html>\n<html lang="{told.language}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<h1>{title}</h1>\n<p>{why}</p>\n<p><strong>{do}</strong></p>\n</html>\n"
    )
