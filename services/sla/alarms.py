"""Clock events: the difference between the events that the facts imply and the events said before."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from libs.events.catalogue.references import CALENDAR, POLICY
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.words.now import moved
from libs.events.words.row import Timer
from services.sla.domain.case import SlaCase, standing
from services.sla.domain.difference import is_history, unsaid
from services.sla.domain.lives import lives
from services.sla.domain.terms import terms_of
from services.sla.domain.told import Status, Told, told

_INSTANT = timedelta(microseconds=1)
_POLICY_OF = POLICY.any_version("")
"""What a process's policy is awaited under, before the process: every case asks, so its name is not made again each time."""


def settle(key: str, state: SlaCase, known: Known, until: datetime | None) -> list[Fact]:
    """Say the events that the case's facts imply and that are missing; `until` adds those that follow from no fact
    until then."""
    if state.registered_at is None:
        return []
    terms = terms_of(state, known)
    clocks = list(lives(state, terms, until))  # all are counted before one is judged
    return unsaid(key, state, clocks, terms, until)


def timers(key: str, state: SlaCase) -> Iterable[Timer]:
    """Yield when time alone makes something of each clock: it warns, breaks, asks for a reminder, or waits no longer."""
    for clock in told(state).values():
        if ahead := [*_near(state, clock), *_capped_at(clock), *_reminders(state, clock)]:
            yield Timer(str(clock.name), min(ahead))


def _near(state: SlaCase, clock: Told) -> Iterator[datetime]:
    """Yield when an open clock warns or breaks. While it is held it does neither; what came before is still said."""
    if clock.ended_at is None and clock.breached_at is None:
        yield from (at for at in clock.ahead if not is_history(state, at))
        if clock.due_at is not None and not clock.is_held and clock.status in (Status.RUNNING, Status.PAUSED):
            yield moved(clock.due_at, _INSTANT)


def _capped_at(clock: Told) -> Iterator[datetime]:
    if clock.paused_by and clock.capped_at is not None:
        yield clock.capped_at


def _reminders(state: SlaCase, clock: Told) -> Iterator[datetime]:
    """Yield when it is time to remind the customer, and no promise has said so."""
    if clock.paused_by and clock.reminds_at:
        said = {one.at for one in standing(state) if one.what == "clock.reminded" and one.reason == clock.paused_by}
        yield from (at for at in clock.reminds_at if at not in said and not is_history(state, at))


def awaits(key: str, state: SlaCase) -> Iterable[str]:
    """Return the calendars whose other versions would change the case's clocks, and the policy that may come to change them."""
    policy = {_POLICY_OF + state.process_id} if state.registered_at is not None else set()
    return policy | {CALENDAR.any_version(id) for clock in told(state).values() for id in clock.calendars}
