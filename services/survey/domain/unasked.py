"""The endings of a case that nobody was asked about, and why: what stands in the funnel before the invitation."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from libs.events.catalogue.intake import NOBODY
from services.survey.domain.eligibility import asked, ending_of, survey_id_of
from services.survey.domain.survey import Cycle, Ending, SurveyCase

Why = Literal["nobody", "not_asked", "reopened", "scheduled"]
"""No customer is known; the standard does not ask; the case was in work again first; the invitation is to be sent."""


class Unasked(NamedTuple):
    """An ending that nobody was asked about, which one of the case it is, why, and when it would have been asked about."""

    number: int
    ending: Ending
    outcome: str
    why: Why
    ask_at: datetime


def unasked(case: SurveyCase) -> Iterator[Unasked]:
    """Yield each time the case ended without an invitation; imported endings are never asked about and do not count."""
    for number, cycle in enumerate(case.cycles, 1):
        ending = ending_of(cycle)
        if ending is not None and not asked(case, cycle):
            send_at = _send_at(case, cycle)
            yield Unasked(number, ending, cycle.endings[-1].outcome, _why(case, cycle, send_at), send_at or ending.at)


def _send_at(case: SurveyCase, cycle: Cycle) -> datetime | None:
    """Return when the invitation is or was to be sent. It is said as soon as the standard asks about the ending."""
    return max((case.scheduled[id] for one in cycle.endings if (id := survey_id_of(one)) in case.scheduled), default=None)


def _why(case: SurveyCase, cycle: Cycle, send_at: datetime | None) -> Why:
    if case.customer_ref in NOBODY:
        return "nobody"
    if send_at is None:
        return "not_asked"
    return "reopened" if cycle.reopened is not None else "scheduled"
