"""Clock events: the difference between the events that the facts imply and the events said before."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.events.catalogue.references import CALENDAR, POLICY
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.words.now import moved
from libs.events.words.row import Timer
from services.sla.domain.case import SlaCase
from services.sla.domain.difference import is_history, unsaid
from services.sla.domain.lives import lives
from services.sla.domain.terms import terms_of
from services.sla.domain.told import Status, told

_INSTANT = timedelta(microseconds=1)
_POLICY_OF = POLICY.any_version("")
"""What a process's policy is awaited under, before the process: every case asks, so its name is not made again each time."""


def settle(key: str, state: SlaCase, known: Known, until: datetime | None) -> list[Fact]:
    """Say the events that the case's facts imply and that are missing; `until` adds those that follow from no fact
    until then."""
    if state.registered_at is None:
        return []
    terms = terms_of(state, known)
    clocks = list(lives(state, terms))  # all are counted before one is judged
    return unsaid(key, state, clocks, terms, until)


def timers(key: str, state: SlaCase) -> Iterable[Timer]:
    """Yield when each open clock next warns or breaks. While it is held it does neither; what came before is still said."""
    for clock in told(state).values():
        if clock.ended_at is None and clock.breached_at is None:
            due = [at for at in clock.ahead if not is_history(state, at)]
            if clock.due_at is not None and not clock.is_held and clock.status in (Status.RUNNING, Status.PAUSED):
                due.append(moved(clock.due_at, _INSTANT))
            if due:
                yield Timer(str(clock.name), min(due))


def awaits(key: str, state: SlaCase) -> Iterable[str]:
    """Return the calendars whose other versions would change the case's clocks, and the policy that may come to change them."""
    policy = {_POLICY_OF + state.process_id} if state.registered_at is not None else set()
    return policy | {CALENDAR.any_version(id) for clock in told(state).values() for id in clock.calendars}
