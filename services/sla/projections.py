"""A case's facts → its clocks; one row per promise, read from what sla said and did not withdraw."""

from collections.abc import Iterator

from libs.events.catalogue.sla import CalendarPublished
from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.row import Row
from services.sla.alarms import awaits, timers
from services.sla.domain.case import HEARD, SAID, SlaCase, evolve
from services.sla.domain.publishing import PublishedCalendar
from services.sla.domain.publishing import evolve as evolve_calendar
from services.sla.domain.told import Told, told


def rows(key: str, state: SlaCase) -> Iterator[Row]:
    """Yield one row per clock of the case."""
    for clock in told(state).values():
        yield Row("clocks", (key, clock.clock), _values(state, clock))


def _values(state: SlaCase, clock: Told) -> tuple[object, ...]:
    waits, counts = clock.waits_for, clock.counted_by
    return (
        clock.kind,
        clock.node,
        clock.status.value,
        clock.paused_by,
        clock.limit,
        state.process_id,
        clock.process_version,
        state.service_class,
        state.grade,
        state.severity,
        state.imported,
        clock.started_at,
        clock.due_at,
        clock.breached_at,
        clock.ended_at,
        clock.used_us,
        clock.paused_us,
        waits.id if waits else "",
        waits.version if waits else 0,
        clock.waits_because,
        counts.version if counts else 0,
        clock.lapse,
    )


def fresh(key: str) -> SlaCase:
    """Return a case of which nothing is known."""
    return SlaCase()


FOLD = Fold(
    topic=Topic.CASES,
    state=SlaCase,
    initial=fresh,
    evolve=evolve,
    keeps=HEARD | SAID,
    rows=rows,
    timers=timers,
    awaits=awaits,
)

CALENDARS = Fold(
    topic=Topic.STANDARDS,
    state=PublishedCalendar,
    initial=lambda key: PublishedCalendar(),
    evolve=evolve_calendar,
    keeps=frozenset({CalendarPublished}),
)
