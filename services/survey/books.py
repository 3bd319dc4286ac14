"""survey's books: cases, with their agent and team each time they ended."""

from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.survey.alarms import settle, timers
from services.survey.domain.survey import HEARD, SAID, SurveyCase, evolve
from services.survey.projections import survey_rows
from services.survey.reactions import REACTIONS

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=SurveyCase,
    initial=SurveyCase,
    evolve=evolve,
    keeps=HEARD | SAID,
    rows=survey_rows,
    timers=timers,
    reactions=REACTIONS,
    settle=settle,
)

BOOKS = (CASES,)
