"""The state: what is remembered, and that no history makes it stumble."""

from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.intake import FactRecorded
from libs.events.catalogue.sla import ClockBreached, ClockWithdrawn
from libs.events.engine.book import encode_state
from libs.events.log.envelope import draft
from services.sla.books import CASES
from services.sla.domain.case import SlaCase, evolve
from tests.services.sla import samples
from tests.services.sla.samples import KEY, REGISTERED, RESOLVED, RESPONSE, WAITS, at, fact, facts, state_of

EVENTS = [
    REGISTERED,
    RESPONSE,
    samples.CLASSIFIED(service_class="urgent"),
    samples.GRADED(grade="urgent"),
    samples.ENTERED(node="n4"),
    samples.STARTED(node="n4"),
    samples.COMPLETED(node="n4"),
    WAITS,
    samples.ANSWERED,
    RESOLVED,
    samples.REOPENED,
    samples.CLOSED,
    samples.CANCELLED,
    samples.WITHDRAWN,
]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-60, 600)), max_size=12)


@pytest.mark.slow
@given(histories, st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_state(history: list[Any], random: Any) -> None:
    told = [fact(data, minutes, sequence=number) for number, (data, minutes) in enumerate(history)]
    shuffled = told + told[::2]
    random.shuffle(shuffled)
    assert state_of(shuffled) == state_of(told)


@pytest.mark.slow
@given(histories)
def test_the_state_survives_being_kept(history: list[Any]) -> None:
    state = state_of([fact(data, minutes, sequence=number) for number, (data, minutes) in enumerate(history)])
    state = evolve(state, draft(ClockBreached(clock="c", due_at=at(3)), KEY, at(3)))
    assert CASES.decode(encode_state(state)) == state


def test_the_first_registration_pins_the_standard() -> None:
    again = type(REGISTERED)(channel="mail", customer_ref="c", process_id="other", process_version=7)
    state = state_of([*facts(), fact(again, 5)])
    assert (state.process_id, state.process_version, state.registered_at) == ("p", 1, at(0))


def test_instants_are_kept_in_utc() -> None:
    shanghai = fact(RESPONSE, 3).time.astimezone(timezone(timedelta(hours=8)))
    state = evolve(SlaCase(), draft(RESPONSE, KEY, shanghai))
    assert [at.utcoffset() for at in state.came("first_response")] == [timedelta()]


@pytest.mark.parametrize(
    ("why", "origins", "imported", "live"),
    [
        ("live",                             ["live", "live"], False, 0),
        ("imported, and left so",            ["import", "import"], True, None),
        ("imported, then worked on here",    ["import", "live"], True, 10),
    ],
)  # fmt: skip
def test_what_came_from_elsewhere(why: str, origins: list[str], imported: bool, live: int | None) -> None:
    state = state_of([fact(REGISTERED, 0, origin=origins[0]), fact(RESPONSE, 10, origin=origins[1])])
    assert (state.imported, state.live_since) == (imported, None if live is None else at(live)), why


@pytest.mark.parametrize(
    ("why", "events", "since", "until"),
    [
        ("closed meanwhile",           [(WAITS, 10), (samples.CLOSED, 30), (samples.REOPENED, 40)], 10, 30),
        ("cancelled meanwhile",        [(WAITS, 10), *samples.withdrawn(30), (samples.REOPENED, 40)], 10, 30),
        ("answered before the end",    [(WAITS, 10), (samples.ANSWERED, 20), (samples.CLOSED, 30), (samples.REOPENED, 40)],
            10, 20),
        ("raised after the end",       [(samples.CLOSED, 30), (WAITS, 35), (samples.REOPENED, 40)], 35, 35),
        ("resolved, which ends none",  [(WAITS, 10), (RESOLVED, 30), (samples.REOPENED, 40)], 10, None),
        ("closed, not reopened yet",   [(WAITS, 10), (samples.CLOSED, 30)], 10, None),
    ],
)  # fmt: skip
def test_what_was_awaited_when_the_case_ended_is_awaited_no_more_when_it_comes_back(
    why: str, events: list[Any], since: int, until: int | None
) -> None:
    [wait] = state_of(facts(*events)).waits
    assert (wait.since, wait.until) == (at(since), None if until is None else at(until)), why


def test_a_withdrawn_event_is_remembered_as_such() -> None:
    said = draft(ClockBreached(clock="c", due_at=at(3)), KEY, at(3), sequence=1)
    gone = draft(ClockWithdrawn(clock="c", withdrawn_id=said.id, what="clock.breached"), KEY, at(3), sequence=2)
    assert [one.withdrawn for one in state_of([gone, said]).said.values()] == [True]
    assert not state_of([gone]).said, "of what it does not know it keeps nothing"


def test_what_it_does_not_hear_changes_nothing() -> None:
    heard = draft(FactRecorded(system="s", fact="f", data={}), KEY, at(1))
    assert evolve(SlaCase(), heard) == SlaCase()
