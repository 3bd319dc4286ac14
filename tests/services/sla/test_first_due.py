"""What the list of work shows of a case: where nothing is broken it is the strictest that one moment keeps, as sla marks it."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from libs.events.catalogue.promised import CLOCKS, Due, Promises, first_due, tell
from services.sla.domain.lives import lives
from services.sla.domain.strictest import figures_of
from tests.services.sla.samples import ANSWERED, CLOSED, RESOLVED, RESPONSE, WAITS, at, fact, shelf, state_of, target, terms
from tests.services.sla.test_alarms import Log
from tests.services.sla.test_dates import DUE, LAW, SOLVED, agreed, by_law, registered

PROMISED = (DUE, LAW, SOLVED, target("10m"))
"""Three that the resolution keeps, due at minutes 60, 200 and 120, and the first response."""


def listed(log: Log) -> Due | None:
    """Return what routing makes of the log."""
    promises: Promises = {}
    for one in sorted(log.facts, key=lambda each: each.order):
        if type(one.data) in CLOCKS:
            tell(promises, one.id, one.data)
    return first_due(promises.values())


def lived(events: list[Any], now: float) -> tuple[Log, list[Any], dict[Any, str]]:
    """Return the log at that minute, the promises that run then, and the marks of all."""
    log = Log(shelf(*PROMISED))
    log.hear(fact(registered(60, 200)), *(fact(data, minute, sequence=n) for n, (data, minute) in enumerate(events, 1)))
    log.settle(now)
    living = list(lives(state_of(log.facts), terms(*PROMISED), at(now)))
    running = [one for one in living if one.ended_at is None and one.due_at is not None]
    return log, running, {name: one.strictest for name, one in figures_of(living, at(now)).items()}


@pytest.mark.parametrize(
    ("why", "events", "now", "first", "marks"),
    [
        ("of another moment: no mark",     [], 5, ("response", 10), "due"),
        ("the agreed date",                [(RESPONSE, 5)], 20, ("due", 60), "due"),
        ("at that date still",             [(RESPONSE, 5)], 60, ("due", 60), "due"),
        ("the standard's own limit",       [(RESPONSE, 5), (agreed(500), 6)], 20, ("resolution", 120), "solved"),
        ("what waits is not due",          [(RESPONSE, 5), (agreed(500), 6), (WAITS, 10)], 20, ("law", 200), "law"),
        ("what is broken stands in front", [(RESPONSE, 5)], 61, ("due", 60), "solved"),
        ("until it is made good",          [(RESPONSE, 5), (RESOLVED, 70)], 80, None, ""),
    ],
)  # fmt: skip
def test_what_the_list_shows_and_what_is_marked(why: str, events: list[Any], now: float, first: Any, marks: str) -> None:
    log, _, marked = lived(events, now)
    shown = listed(log)
    assert (shown and (shown.kind, shown.at)) == (first and (first[0], at(first[1]))), why
    assert set(marked.values()) - {""} == {marks} - {""}, why


EVENTS = [RESPONSE, WAITS, ANSWERED, RESOLVED, CLOSED, agreed(40), agreed(150), agreed(500), by_law(100)]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 300)), max_size=7, unique_by=lambda one: one[1])


@pytest.mark.slow
@given(histories, st.integers(0, 300))
@settings(max_examples=300)
def test_the_list_and_the_mark_agree_unless_something_is_broken(events: list[Any], now: int) -> None:
    log, running, marked = lived([one for one in events if one[1] <= now], now)
    assume("breached" not in [what for what, _ in log.standing()])
    shown = listed(log)
    assert (shown.at if shown else None) == min((one.due_at for one in running), default=None)
    assert not shown or [one for one in running if one.due_at == shown.at and marked[one.name] in ("", str(one.name))]
