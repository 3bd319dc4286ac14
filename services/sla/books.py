"""sla's books: cases with their promises, and the calendars, holiday sets and policies that it published."""

from libs.events.catalogue.sla import CalendarPublished, HolidaysPublished, PolicyPublished
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.sla.alarms import awaits, settle, timers
from services.sla.domain import case, publishing
from services.sla.domain.case import HEARD, SAID, SlaCase
from services.sla.domain.publishing import PublishedCalendar
from services.sla.projections import shown

CASES = Book(
    name="cases",
    topic=Topic.CASES,
    state=SlaCase,
    initial=lambda key: SlaCase(),
    evolve=case.evolve,
    keeps=HEARD | SAID,
    rows=shown,
    timers=timers,
    awaits=awaits,
    settle=settle,
    says_all=True,
)

CALENDARS = Book(
    name="standards",
    topic=Topic.STANDARDS,
    state=PublishedCalendar,
    initial=lambda key: PublishedCalendar(),
    evolve=publishing.evolve,
    keeps=frozenset({CalendarPublished, HolidaysPublished, PolicyPublished}),
)

BOOKS = (CASES, CALENDARS)
