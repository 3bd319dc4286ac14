"""survey's pages for colleagues: whom we asked, who answered, and how satisfied they are. The customer's form is in `form.py`."""

from fastapi import APIRouter

from libs.service.running import RunningService
from services.survey.pages.survey import survey_router
from services.survey.pages.surveys import surveys_router


def page_routes(running: RunningService) -> list[APIRouter]:
    """Return the routes."""
    return [surveys_router(running), survey_router(running)]
