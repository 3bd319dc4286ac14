"""What is still to be said: what the facts imply, less what was said; and what was said though nothing implies it.

An event's id is made of the case and all that it says, so the same facts always give the same events. One that was
withdrawn and becomes true again is said again, under the next round's id.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from libs.events.catalogue.sla import ClockWithdrawn
from libs.events.log.envelope import Fact, draft, words_of
from libs.events.words.event import TYPES
from libs.events.words.now import derived_id
from services.sla.domain.breach import verdict
from services.sla.domain.case import SlaCase, standing
from services.sla.domain.clock import ClockLife
from services.sla.domain.implied import Implied, implied, reminded
from services.sla.domain.remembered import Said
from services.sla.domain.terms import Terms
from services.sla.domain.told import Status


def unsaid(
    key: str,
    state: SlaCase,
    clocks: Iterable[ClockLife],
    terms: Terms,
    known_until: datetime | None,
) -> list[Fact]:
    """Return the events that make what was said equal to what the facts imply; nothing when it is already so."""
    wanted = {}
    for event in every_implied(state, clocks, terms, known_until):
        id, round_ = _name(key, state, event)
        wanted[id] = event, round_
    withdrawn = [_withdrawal(key, state, said) for said in standing(state) if str(said.id) not in wanted]
    new = [_said(key, state, id, *named) for id, named in wanted.items() if id not in state.said]
    return withdrawn + new


def every_implied(state: SlaCase, clocks: Iterable[ClockLife], terms: Terms, known_until: datetime | None) -> Iterator[Implied]:
    """Yield all that the facts imply, clock by clock, whether it was said or not; then the reminders."""
    lives = list(clocks)
    for life in lives:
        is_known = partial(_is_known, state, life, known_until)
        yield from implied(life, _judged(state, life, known_until), terms, is_known)
    yield from _reminders(state, lives, terms, known_until)


def _judged(state: SlaCase, life: ClockLife, known_until: datetime | None) -> Status:
    """Return the verdict; a breach once said of a clock still open and due at that instant needs no look at the time."""
    status = verdict(life, known_until)
    if status in (Status.RUNNING, Status.PAUSED) and any(
        said.what == "clock.breached" and said.name == life.name and said.due_at == life.due_at for said in standing(state)
    ):
        return Status.BREACHED
    return status


def _is_known(state: SlaCase, life: ClockLife, known_until: datetime | None, warning: Implied) -> bool:
    """Test whether a warning is to be said: it is that late, the promise ended after it, or it was said. History warns nobody."""
    if is_history(state, warning.at):
        return False
    if life.ended_at is not None or (known_until is not None and warning.at <= known_until):
        return True
    said = ((one.name, one.at, one.mark) for one in standing(state) if one.what == "clock.warned")
    return (life.name, warning.at, warning.data.mark) in said


def _reminders(state: SlaCase, clocks: Iterable[ClockLife], terms: Terms, known_until: datetime | None) -> Iterator[Implied]:
    """Yield the reminders whose instant has passed. Where several promises wait for one thing, the first of them says it."""
    passed = {(one.reason, one.at) for one in standing(state) if one.what == "clock.reminded"}
    first: dict[tuple[str, datetime], Implied] = {}
    for life in clocks:
        for event, is_over in reminded(life, terms):
            what = event.data.reason, event.at
            first.setdefault(what, event)
            if is_over or (known_until is not None and event.at <= known_until):
                passed.add(what)
    return (event for what, event in first.items() if what in passed and not is_history(state, event.at))


def _name(key: str, state: SlaCase, event: Implied) -> tuple[str, int]:
    """Return the event's id in its first round that was not withdrawn, and that round."""
    words = TYPES[type(event.data)].wire, key, event.at.isoformat(), words_of(event.data)
    round_ = 0
    while True:
        id = str(derived_id(*words, round_))
        said = state.said.get(id)
        if said is None or not said.withdrawn:
            return id, round_
        round_ += 1


def _said(key: str, state: SlaCase, id: str, event: Implied, round_: int) -> Fact:
    """Return the event as a fact; each round comes after the withdrawal of the one before."""
    rank = event.rank + 2 * round_
    return draft(event.data, key, event.at, id=UUID(id), sequence=rank, origin=_origin(state, event.at))


def _withdrawal(key: str, state: SlaCase, said: Said) -> Fact:
    # It has the time of the event that it withdraws, so a reader in order of time never believes that event.
    event = ClockWithdrawn(clock=said.clock, withdrawn_id=said.id, what=said.what, occurrence=said.occurrence)
    return draft(
        event,
        key,
        said.at,
        id=derived_id("clock.withdrawn.v1", key, said.id),
        sequence=said.sequence + 1,
        origin=_origin(state, said.at),
    )


def is_history(state: SlaCase, at: datetime) -> bool:
    """Test whether it is of an imported case, and from before that was first worked on here."""
    return state.imported and (state.live_since is None or at < state.live_since)


def _origin(state: SlaCase, at: datetime) -> str:
    return "import" if is_history(state, at) else "live"
