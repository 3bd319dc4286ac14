"""The working hours of a week as an author writes them: `mon: ["09:00-12:00", "13:00-18:00"]`."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise

from libs.events.catalogue.promise import Window
from services.routing.domain.standards.page import Page

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
STRETCH = re.compile(rf" *({_TIME}) *- *({_TIME}|24:00) *")
"""How a stretch of working time is written; the JSON Schema of rosters has the same pattern."""
STRETCHES_MAX = 12
MIDNIGHT = time()
"""What ends at it ends with the day."""


def hours_of(page: Page) -> tuple[Window, ...]:
    """Return the stretches of a week in order."""
    found: list[Window] = []
    for day in page:
        written = page.words(day)
        if day not in WEEKDAYS:
            page.fault(day, "is no weekday", f"write one of {', '.join(WEEKDAYS)}")
        elif not 0 < len(written) <= STRETCHES_MAX:
            page.fault(day, f"has {len(written)} stretches", f"write 1 to {STRETCHES_MAX}, or leave the day out")
        else:
            found += _of_day(page, day, written)
    return tuple(sorted(found, key=lambda one: (one.weekday, one.opens)))


def week_of(hours: Iterable[Window]) -> dict[str, list[str]]:
    """Return the stretches as they are written."""
    week: dict[str, list[str]] = {}
    for one in hours:
        closes = "24:00" if one.closes == MIDNIGHT else f"{one.closes:%H:%M}"
        week.setdefault(WEEKDAYS[one.weekday], []).append(f"{one.opens:%H:%M}-{closes}")
    return week


def _of_day(page: Page, day: str, written: Iterable[str]) -> list[Window]:
    found = []
    for text in written:
        if (form := STRETCH.fullmatch(text)) is None:
            page.fault(day, f"`{text}` is no stretch of time", "write for example 09:00-18:00, or 09:00-24:00 up to midnight")
        elif form[2] <= form[1]:
            instead = "write a night as two stretches: until 24:00, and from 00:00 of the next day"
            page.fault(day, f"`{text}` ends before it begins", instead)
        else:
            closes = time.fromisoformat(form[2].replace("24:00", "00:00"))
            found.append(Window(weekday=WEEKDAYS.index(day), opens=time.fromisoformat(form[1]), closes=closes))
    found.sort(key=lambda one: one.opens)
    for one, then in pairwise(found):
        if one.closes == MIDNIGHT or one.closes > then.opens:
            page.fault(day, f"its stretches overlap at {then.opens:%H:%M}", "let one end where the other begins, or before")
    return found
