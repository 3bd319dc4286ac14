"""What time and late facts change: clock events, as the difference between what the facts imply and what was said."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.events.catalogue.standard import Standard
from libs.events.envelope import Fact
from libs.events.fold import Timer
from libs.events.standards import Standards
from services.sla.domain.breach import Status
from services.sla.domain.case import SlaCase
from services.sla.domain.clock import lives
from services.sla.domain.difference import unsaid
from services.sla.domain.told import told
from services.sla.domain.working_time import WorkingTime, working_time

_INSTANT = timedelta(microseconds=1)


def settle(key: str, state: SlaCase, standards: Standards, until: datetime | None) -> list[Fact]:
    """Say what the case's facts imply and was not said; with `until`, also what its silence up to then implies."""
    if state.registered_at is None:
        return []
    standard = standards.process(state.process_id, state.process_version)
    working = working_time_of(standard, standards)
    return unsaid(key, state, lives(state, standard, working), working, until)


def working_time_of(standard: Standard, standards: Standards) -> WorkingTime | None:
    """Return the working time that the standard's limits count in."""
    if standard.calendar is None:
        return None
    return working_time(standards.calendar(standard.calendar.id, standard.calendar.version))


def timers(key: str, state: SlaCase) -> Iterable[Timer]:
    """Yield the first instant at which each clock is broken that runs, or began to wait only when it was too late."""
    for clock in told(state).values():
        if clock.status in (Status.RUNNING, Status.PAUSED) and clock.due_at is not None and not clock.is_held:
            yield Timer(clock.clock, clock.due_at + _INSTANT)
