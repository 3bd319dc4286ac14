"""sla's books: cases with their promises, corrections and risks with theirs, and what it published: calendars, policies."""

from dataclasses import replace

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.sla import CalendarPublished, HolidaysPublished, PolicyPublished
from libs.events.engine.book import Book
from libs.events.words.event import Topic
from services.sla.alarms import awaits, settle, timers
from services.sla.domain import case, publishing, quality
from services.sla.domain.case import HEARD, SAID, SlaCase
from services.sla.domain.publishing import PublishedCalendar
from services.sla.domain.terms_apart import OF_CORRECTIONS, OF_RISKS
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

QUALITY = replace(CASES, name="quality", topic=Topic.QUALITY, evolve=quality.evolve, keeps=quality.KEEPS)
"""Corrections and risks. What is promised about them follows from other events, and by the same rules."""

CALENDARS = Book(
    name="standards",
    topic=Topic.STANDARDS,
    state=PublishedCalendar,
    initial=lambda key: PublishedCalendar(),
    evolve=publishing.evolve,
    keeps=frozenset({CalendarPublished, HolidaysPublished, PolicyPublished}),
)

BOOKS = (CASES, QUALITY, CALENDARS)

CONSTANTS = ((PROCESS, OF_CORRECTIONS), (PROCESS, OF_RISKS))
"""What sla knows without anybody's publishing it."""
