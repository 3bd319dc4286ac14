"""Where a problem's `type` leads: what it says, why it comes, what to do; in English and Chinese, for programs and for people."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from libs.events.words.refusal import Refused, suggestion
from libs.web.accept import spoken
from libs.web.answers import shown
from libs.web.pages.negotiation import HTML, PageRoute
from libs.web.pages.problem_face import explained
from libs.web.problems import LANGUAGES, Language, pages
from libs.web.shapes import shaped

Code = Annotated[str, Path(max_length=60)]


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

    async def get_page(request: Request, code: Code) -> Response:
        if code not in pages():
            raise _unknown(code)
        return explained(request, {"type": f"/problems/{code}", "status": 200, "title": ""})

    router.add_api_route("/problems/{code}", get_page, route_class_override=PageRoute)

    @router.get(
        "/problems/{code}",
        summary="What a problem means",
        response_class=Response,
        responses={200: {**shaped(Explained)[200], "content": content}},
    )
    async def get_problem(request: Request, code: Code, lang: Annotated[Language | None, Query()] = None) -> Response:
        """Say what a problem's `type` means, why it comes and what to do, as JSON or as a page."""
        if code not in pages():
            raise _unknown(code)
        language = spoken(request.headers.get("accept-language"), LANGUAGES) if lang is None else lang
        headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "public, max-age=3600"}
        return shown(_explained(code, language).model_dump(), headers=headers)

    return router


def _unknown(code: str) -> Refused:
    return Refused("unknown-problem", f"No answer has this code. {suggestion(code, pages())}", 404)


def _explained(code: str, language: Language) -> Explained:
    return Explained(type=f"/problems/{code}", language=language, **pages()[code][language])
