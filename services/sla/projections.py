"""A case's facts → its clocks; a row for the case, each promise and each pause, read from what sla said and did not withdraw."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from libs.events.words.event import Occurrence
from libs.events.words.now import FIRST, LAST
from libs.events.words.row import Row
from services.sla.domain.case import SlaCase
from services.sla.domain.remembered import Holder, holder
from services.sla.domain.told import Held, Told, held, told
from services.sla.tables import CaseRow, ClockRow, PauseRow

Clocks = Mapping[Occurrence, Told]


def shown(key: str, state: SlaCase) -> Iterator[Row]:
    """Yield one row for the case, one per clock of it, and one per stretch for which something held a clock."""
    if state.registered_at is not None:
        yield CaseRow(case_id=key, process_id=state.process_id, registered_at=state.registered_at).row
    clocks = told(state)  # once, because to read what was said costs as much as to make all rows of it
    yield from (one.row for one in promises(key, state, clocks))
    yield from (one.row for one in pauses(key, state, clocks))


def promises(key: str, state: SlaCase, clocks: Clocks | None = None) -> Iterator[ClockRow]:
    """Yield the rows of the clocks, also for a case that no table holds: one as it stood."""
    clocks = told(state) if clocks is None else clocks
    return (_row(key, state, clock) for clock in clocks.values())


def pauses(key: str, state: SlaCase, clocks: Clocks | None = None) -> Iterator[PauseRow]:
    """Yield a row for each stretch for which something held a clock."""
    clocks = told(state) if clocks is None else clocks
    return (_pause(key, state, one, clocks[one.name]) for one in held(state) if one.name in clocks)


def _row(key: str, state: SlaCase, clock: Told) -> ClockRow:
    waits, counts = clock.waits_for, clock.counted_by
    held = held_at(state, clock.node, clock.breached_at or clock.ended_at or LAST)
    assert clock.started_at is not None  # what is told of begins with its start, or with waiting for it
    return ClockRow(
        case_id=key,
        clock=clock.clock,
        kind=clock.kind,
        node=clock.node,
        status=clock.status.value,
        paused_by=clock.paused_by,
        time_limit=clock.limit,
        process_id=state.process_id,
        process_version=clock.process_version,
        service_class=state.service_class,
        grade=state.grade,
        severity=state.severity,
        imported=state.imported,
        started_at=clock.started_at,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        ended_at=clock.ended_at,
        used_us=clock.used_us,
        paused_us=clock.paused_us,
        waits_for=waits.id if waits else "",
        waits_version=waits.version if waits else 0,
        waits_because=clock.waits_because,
        counted_by=counts.version if counts else 0,
        lapse=clock.lapse,
        occurrence=clock.occurrence,
        warned_at=clock.warned_at,
        warns=sorted(clock.warned),
        team=held.team,
        # Who did the work matters only where it was late, and a row that says it changes with every hand-over.
        agent=held.agent if clock.breached_at else "",
        policy_version=clock.policy_version,
        rule=clock.rule,
    )


def _pause(key: str, state: SlaCase, stretch: Held, clock: Told) -> PauseRow:
    return PauseRow(
        case_id=key,
        clock=stretch.name.name,
        since_at=stretch.since,
        until_at=stretch.until,
        reason=stretch.reason,
        held_us=(stretch.until - stretch.since) // timedelta(microseconds=1) if stretch.until else None,
        capped_at=stretch.capped_at,
        kind=clock.kind,
        node=clock.node,
        process_id=state.process_id,
        process_version=clock.process_version,
        grade=state.grade,
        occurrence=stretch.name.number,
    )


def held_at(state: SlaCase, node: str, at: datetime) -> Holder:
    """Return who held the work of a node at that instant, or else the case."""
    visits = (one.begun_at for one in state.tasks if one.name == node and one.begun_at and one.begun_at <= at)
    return holder(state.holds, node, max(visits, default=FIRST), at)
