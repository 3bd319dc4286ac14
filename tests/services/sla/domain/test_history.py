"""What was said of a clock and withdrawn stays readable: the due instant before a new grade, a breach that was none."""

from typing import Any

from libs.events.words.event import Occurrence
from services.sla.alarms import settle
from services.sla.domain.history import history
from tests.services.sla.samples import GRADED, KEY, REGISTERED, RESPONSE, at, fact, shelf, state_of, target

KNOWN = shelf(target("30m", when={"grade": "urgent"}), target("60m"))


def told(*heard: tuple[Any, float, float | None]) -> list[tuple[str, Any, str, bool]]:
    """Hear each fact and settle until its instant; return the history of the clock `response`."""
    facts: list[Any] = []
    for data, minutes, until in heard:
        facts.append(fact(data, minutes))
        facts += settle(KEY, state_of(facts), KNOWN, None if until is None else at(until))
    return [(one.what, one.due_at, one.limit, one.withdrawn) for one in history(state_of(facts), Occurrence("response"))]


def test_after_a_new_grade_the_old_due_instant_stays_in_history() -> None:
    assert told((REGISTERED, 0, None), (GRADED(grade="urgent"), 10, None)) == [
        ("started", at(60), "60m", True),
        ("started", at(30), "30m", False),
    ]


def test_after_a_milder_grade_the_breach_of_the_stricter_one_stays_in_history() -> None:
    """Others erase the breach from every table."""
    said = told((REGISTERED, 0, None), (GRADED(grade="urgent"), 10, 40), (GRADED(grade="normal"), 50, 50), (RESPONSE, 55, 55))
    assert said == [
        ("started", at(60), "60m", True),
        ("started", at(30), "30m", True),
        ("started", at(60), "60m", False),
        ("breached", at(30), "", True),
        ("met", at(60), "", False),
    ]


def test_a_breach_that_was_none_stays_in_history() -> None:
    assert told((REGISTERED, 0, 70), (RESPONSE, 50, 80)) == [
        ("started", at(60), "60m", False),
        ("met", at(60), "", False),
        ("breached", at(60), "", True),
    ]


def test_of_another_clock_nothing_is_told() -> None:
    assert history(state_of([fact(REGISTERED)]), Occurrence("response")) == ()
