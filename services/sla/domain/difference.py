"""What is still to be said: what the facts imply, less what was said; and what was said though nothing implies it.

An event's id is made of the case and all that it says, so the same facts always give the same events. One that was
withdrawn and becomes true again is said again, under the next round's id.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.sla import ClockWithdrawn
from libs.events.envelope import Fact, draft, encode_data
from libs.events.event import TYPES
from libs.events.now import derived_id
from services.sla.domain.breach import Status, verdict
from services.sla.domain.case import Said, SlaCase
from services.sla.domain.clock import ClockLife
from services.sla.domain.implied import Implied, implied
from services.sla.domain.working_time import WorkingTime


def unsaid(
    key: str,
    state: SlaCase,
    clocks: Iterable[ClockLife],
    working: WorkingTime | None,
    known_until: datetime | None,
) -> list[Fact]:
    """Return the events that make what was said equal to what the facts imply; nothing when it is already so."""
    wanted = {
        fact.id: fact
        for life in clocks
        for event in implied(life, _judged(state, life, known_until), state.process_version, working)
        for fact in (_said_once(key, state, event),)
    }
    withdrawn = [_withdrawal(key, state, said) for said in standing(state) if said.id not in wanted]
    return withdrawn + [fact for fact in wanted.values() if str(fact.id) not in state.said]


def standing(state: SlaCase) -> Iterator[Said]:
    """Yield what was said and not withdrawn."""
    return (said for said in state.said.values() if not said.withdrawn)


def _judged(state: SlaCase, life: ClockLife, known_until: datetime | None) -> Status:
    """Return the verdict; a breach once said of a clock still open and due at that instant needs no look at the time."""
    status = verdict(life, known_until)
    if status is Status.RUNNING and any(
        said.what == "clock.breached" and said.clock == life.target.clock and said.due_at == life.due_at
        for said in standing(state)
    ):
        return Status.BREACHED
    return status


def _said_once(key: str, state: SlaCase, event: Implied) -> Fact:
    """Return the event as a fact, under the id of its first round that was not withdrawn."""
    round_ = 0
    while (said := state.said.get(str(_id(key, event, round_)))) and said.withdrawn:
        round_ += 1
    return draft(
        event.data,
        key,
        event.at,
        id=_id(key, event, round_),
        sequence=event.rank + 2 * round_,
        origin=_origin(state, event.at),
    )


def _id(key: str, event: Implied, round_: int) -> UUID:
    wire = TYPES[type(event.data)].wire
    return derived_id(wire, key, event.at.isoformat(), encode_data(event.data).decode(), round_)


def _withdrawal(key: str, state: SlaCase, said: Said) -> Fact:
    # It takes the time of what it withdraws: whoever reads in order of time never sees the disproved event stand.
    event = ClockWithdrawn(clock=said.clock, withdrawn_id=said.id, what=said.what)
    return draft(
        event,
        key,
        said.at,
        id=derived_id("clock.withdrawn.v1", key, said.id),
        sequence=said.sequence + 1,
        origin=_origin(state, said.at),
    )


def _origin(state: SlaCase, at: datetime) -> str:
    """Return `import` for what happened to an imported case before it was first worked on here."""
    return "import" if state.imported and (state.live_since is None or at < state.live_since) else "live"
