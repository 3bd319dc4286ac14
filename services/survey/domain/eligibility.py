"""Whom we ask and when: a customer we know, about endings that the standard lists, once for each time the case ended.

One invitation of a case is open at a time: a reopening ends it, and within the cool-down no other is sent. What is asked
follows from the facts alone, however late they become known. Imported history is never asked about.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from libs.events.catalogue.intake import NOBODY
from libs.events.catalogue.standard import SurveyPolicy
from libs.events.words.now import derived_id, moved
from services.survey.domain.survey import Cycle, Ending, Invitation, SurveyCase


class Asking(NamedTuple):
    """An invitation that is due at `at`. `is_certain`: nothing can prevent it any more."""

    ending: Ending
    at: datetime
    is_certain: bool


def may_ask(case: SurveyCase) -> bool:
    """Test whether there is anything to ask about; only then is the standard needed."""
    if case.customer_ref in NOBODY:
        return False
    return any(ending_of(cycle) and not asked(case, cycle) for cycle in case.cycles)


def to_ask(case: SurveyCase, policy: SurveyPolicy) -> Iterator[Asking]:
    """Yield the invitations that the facts imply and that were not sent."""
    if case.customer_ref in NOBODY:
        return
    quiet_until: datetime | None = None
    for cycle in case.cycles:
        sent_at = None
        if invitation := asked(case, cycle):
            sent_at = invitation.sent_at
        elif due := _due(cycle, policy, quiet_until):
            sent_at = due.at
            yield due
        if sent_at is not None:
            quiet_until = moved(sent_at, timedelta(hours=policy.cool_down_hours))


def asked(case: SurveyCase, cycle: Cycle) -> Invitation | None:
    """Return the invitation about a cycle."""
    # Any ending of the cycle counts: an ending that becomes known late must not ask about the same work again.
    return next((case.surveys[id] for one in cycle.endings if (id := survey_id_of(one)) in case.surveys), None)


def survey_id_of(ending: Ending) -> str:
    """Return the id of the survey about an ending."""
    return str(derived_id("survey", ending.fact_id))


def _due(cycle: Cycle, policy: SurveyPolicy, quiet_until: datetime | None) -> Asking | None:
    ending = ending_of(cycle)
    if ending is None:
        return None
    at = moved(ending.at, timedelta(seconds=policy.delay_seconds))
    at = max(at, quiet_until or at)
    if cycle.reopened is not None and at != ending.at and cycle.reopened.at <= at:
        return None
    outcome = [one.outcome for one in cycle.endings if one.at <= at][-1]
    if outcome not in policy.outcomes:
        return None
    return Asking(ending, at, is_certain=cycle.reopened is not None or at == ending.at)


def ending_of(cycle: Cycle) -> Ending | None:
    """Return the ending to ask about: our first resolution, or our closing if nobody resolved the case."""
    resolutions = [one for one in cycle.endings if one.is_resolution]
    return next((one for one in resolutions or cycle.endings if one.origin != "import"), None)
