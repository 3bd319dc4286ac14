"""A promise that cannot be computed is a fact of that promise: it says why, waits for the calendar, and harms nobody."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.promise import CalendarRef
from libs.events.catalogue.references import CALENDAR
from libs.events.engine.known import NotYetKnown
from libs.events.log.envelope import Fact
from libs.events.words.event import Occurrence
from services.sla.alarms import awaits, settle, timers
from services.sla.domain.case import SAID
from services.sla.domain.difference import unsaid
from services.sla.domain.explanation import explain
from services.sla.domain.lives import lives
from services.sla.domain.told import Status, told
from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
    CLOSED,
    KEY,
    OFFICE,
    REOPENED,
    RESPONSE,
    WAITS,
    WITHDRAWN,
    at,
    facts,
    shelf,
    state_of,
    story,
    target,
    terms,
    withdrawn,
)

DAY = 24 * 60
ENDS = date(2025, 6, 4)  # the third of the case's days: Wednesday
SHORT = replace(OFFICE, last_day=ENDS)
LATER = replace(OFFICE, version=2)
LONGER = replace(OFFICE, version=3, last_day=date(2027, 12, 31))
FUTURE = replace(OFFICE, first_day=date(2025, 7, 1))
OTHER_HOLIDAYS = replace(OFFICE, version=2, holidays=(date(2025, 6, 3),))
PAUSES = ("awaiting_customer",)
RESPONDS = Occurrence("response")
WORKING = target("3wd", "first_response", pauses=PAUSES)
ELAPSED = target("60m", "resolved", clock="resolution", kind="resolution")


class Desk:
    """One case, and sla's events about it as facts and calendars come."""

    def __init__(self, *calendars: Any, promises: Any = (WORKING, ELAPSED)) -> None:
        self.known, self.facts = shelf(*promises, calendars=calendars), list[Fact]()

    def hear(self, *told: Fact) -> "Desk":
        self.facts += told
        return self.settle(None)

    def publish(self, calendar: Any) -> "Desk":
        self.known.put(CALENDAR, calendar)
        return self.settle(None)

    def settle(self, until: float | None) -> "Desk":
        said = settle(KEY, self.state, self.known, None if until is None else at(until))  # type: ignore[arg-type]
        self.facts += said
        again = settle(KEY, self.state, self.known, None if until is None else at(until))  # type: ignore[arg-type]
        assert not again, "asked twice, it answers once"
        return self

    @property
    def state(self) -> Any:
        return state_of(self.facts)

    def stands(self, clock: str = "response") -> list[tuple[str, float]]:
        gone = {one.data.withdrawn_id for one in self.facts if one.kind.name == "clock.withdrawn"}
        mine = [one for one in self.facts if type(one.data) in SAID and one.kind.name != "clock.withdrawn"]
        return story([one for one in mine if one.id not in gone and one.data.clock == clock])

    def why(self, clock: str = "response") -> str:
        return told(self.state)[Occurrence(clock)].waits_because


def calendars_of(state: Any) -> set[str]:
    """Return the calendars that the case awaits; every case awaits the policy of its process, too."""
    found = set(awaits(KEY, state))
    assert "policy p" in found
    return found - {"policy p"}


@pytest.mark.parametrize(
    ("why", "calendars", "events", "until", "reason", "stands"),
    [
        ("the calendar covers it",              [OFFICE], [], None, "", [("started", 0)]),
        ("no version is published",             [], [], None, "not_published", [("waiting", 0)]),
        ("it begins before the first day",      [FUTURE], [], None, "too_early", [("waiting", 0)]),
        ("it runs past the last day",           [SHORT], [], None, "too_late", [("waiting", 0)]),
        ("a later version covers it",           [SHORT, LATER], [], None, "", [("started", 0)]),
        ("a later version, the named one not",  [LATER], [], None, "", [("started", 0)]),
        ("time passes and nothing breaks",      [SHORT], [], 90 * DAY, "too_late", [("waiting", 0)]),
        ("answered meanwhile",                  [SHORT], [(RESPONSE, 50)], None, "too_late", [("waiting", 0), ("waiting", 50)]),
        ("cancelled meanwhile",                [SHORT], [*withdrawn(50)], None, "too_late", [("waiting", 0), ("cancelled", 50)]),
        ("closed meanwhile",                    [SHORT], [(CLOSED, 50)], None, "too_late", [("waiting", 0), ("cancelled", 50)]),
        ("paused meanwhile",                    [SHORT], [(WAITS, 50)], None, "too_late", [("waiting", 0)]),
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_computed_says_why_and_waits(
    why: str, calendars: list[Any], events: list[Any], until: float | None, reason: str, stands: list[Any]
) -> None:
    desk = Desk(*calendars).hear(*facts(*events)).settle(until)
    assert (desk.why(), desk.stands()) == (reason, stands), why
    assert ("started", 0) in desk.stands("resolution"), "a promise in elapsed time of the same case runs"
    assert "response" not in [timer.name for timer in timers(KEY, desk.state)] or not reason, "what waits is due at no time"
    assert calendars_of(desk.state) == ({"calendar office"} if reason or LATER in calendars else set()), why


@pytest.mark.parametrize(
    ("why", "limit", "events", "until", "waits"),
    [
        ("a wait that pushes it past the last day", "1wd", [(WAITS, 60), (ANSWERED, 3 * DAY - 60)], None,
         [("started", 0), ("paused", 60), ("waiting", 3 * DAY - 60)]),
        ("and an open one holds it as always", "1wd", [(WAITS, 60)], 9 * DAY, [("started", 0), ("paused", 60)]),
        ("a wait that outlasts the calendar", "1wd", [(WAITS, 60), (ANSWERED, 4 * DAY)], None,
         [("started", 0), ("paused", 60), ("waiting", 4 * DAY)]),
        ("and what comes after it", "1wd", [(WAITS, 60), (ANSWERED, 4 * DAY), (WAITS, 5 * DAY), (RESPONSE, 6 * DAY)], 9 * DAY,
         [("started", 0), ("paused", 60), ("waiting", 4 * DAY), ("waiting", 6 * DAY)]),
        ("broken; how long it took cannot be said", "1wd", [(RESPONSE, 5 * DAY)], None,
         [("started", 0), ("breached", DAY), ("waiting", 5 * DAY), ("waiting", 5 * DAY)]),
        ("in working hours too", "10wh", [(RESPONSE, 5 * DAY)], None,
         [("started", 0), ("breached", DAY + 60), ("waiting", 5 * DAY), ("waiting", 5 * DAY)]),
    ],
)  # fmt: skip
def test_what_can_be_said_is_said_and_waiting_begins_where_it_ends(
    why: str, limit: str, events: list[Any], until: float | None, waits: list[Any]
) -> None:
    promises = (target(limit, pauses=PAUSES),)
    desk = Desk(SHORT, promises=promises).hear(*facts(*events)).settle(until)
    assert desk.stands() == waits, why
    clock = told(desk.state)[RESPONDS]
    if clock.waits_for:
        breached = ("breached" in dict(waits), clock.breached_at is not None, clock.due_at is not None)
        assert breached in [(True, True, True), (False, False, False)], "a verdict that was given stays"
    whole = Desk(LATER, promises=promises).hear(*facts(*events)).settle(until)
    desk.publish(LATER).settle(until)
    assert desk.stands() == whole.stands(), "published later, the same is said"


CALENDARS = [SHORT, OTHER_HOLIDAYS, LONGER]


@pytest.mark.parametrize("order", list(permutations(CALENDARS)))
@pytest.mark.parametrize("events", [[], [(WAITS, 60), (ANSWERED, 2 * DAY)], [(RESPONSE, 400)], [*withdrawn(9 * DAY)]])
def test_the_version_that_counts_follows_from_which_are_published_not_from_when(order: Any, events: list[Any]) -> None:
    desk = Desk().hear(*facts(*events))
    for calendar in order:
        assert desk.why() or "calendar office" in awaits(KEY, desk.state), "it will be looked at when the next one comes"
        desk.publish(calendar)
    desk.settle(30 * DAY)
    straight = Desk(*CALENDARS).hear(*facts(*events)).settle(30 * DAY)
    assert (desk.stands(), told(desk.state)) == (straight.stands(), told(straight.state))
    assert told(desk.state)[RESPONDS].counted_by == CalendarRef(id="office", version=2), "the lowest that covers it"


times = st.floats(-2 * DAY, 12 * DAY)
events = st.lists(
    st.tuples(st.sampled_from([WAITS, ANSWERED, RESPONSE, CANCELLED, WITHDRAWN, CLOSED, REOPENED]), times), max_size=6
)


@pytest.mark.slow
@settings(max_examples=25)
@given(events, st.permutations(CALENDARS), st.integers(0, 3))
def test_facts_and_calendars_in_any_order_say_the_same(happened: list[Any], calendars: list[Any], early: int) -> None:
    told_facts = facts(*happened)
    straight = Desk(*CALENDARS).hear(*told_facts).settle(20 * DAY)
    desk = Desk(*calendars[:early])
    for one in told_facts:
        desk.hear(one)
    for calendar in calendars[early:]:
        desk.publish(calendar)
    desk.settle(20 * DAY)
    assert (desk.stands(), desk.stands("resolution")) == (straight.stands(), straight.stands("resolution"))


OVER = [
    ("still open", WORKING, [], Status.WAITING, None, "", Status.BREACHED),
    ("closed", WORKING, [(CLOSED, 50)], Status.WAITING, 50, "closed", Status.CANCELLED),
    ("cancelled", WORKING, [*withdrawn(50)], Status.WAITING, 50, "cancelled", Status.CANCELLED),
    ("closed when it was due long ago", WORKING, [(CLOSED, 9 * DAY)], Status.WAITING, 9 * DAY, "closed", Status.BREACHED),
    ("answered", WORKING, [(RESPONSE, 50)], Status.WAITING, 50, "", Status.MET),
    ("answered late", WORKING, [(RESPONSE, 9 * DAY)], Status.WAITING, 9 * DAY, "", Status.ENDED_LATE),
    ("answered, then closed", WORKING, [(RESPONSE, 50), (CLOSED, 60)], Status.WAITING, 50, "", Status.MET),
    ("closed, then reopened", WORKING, [(CLOSED, 50), (REOPENED, 60)], Status.WAITING, 50, "closed", Status.CANCELLED),
    ("paused, and closed so", WORKING, [(WAITS, 40), (CLOSED, 50)], Status.WAITING, 50, "closed", Status.CANCELLED),
    ("known as broken", target("1wd", pauses=PAUSES), [(RESPONSE, 5 * DAY)], Status.ENDED_LATE, 5 * DAY, "", Status.ENDED_LATE),
]


@pytest.mark.parametrize(("why", "promise", "events", "status", "ended", "lapse", "computed"), OVER)
def test_a_promise_that_ended_without_being_computed_says_when_and_why_and_is_judged_when_its_calendar_comes(
    why: str, promise: Any, events: list[Any], status: Status, ended: float | None, lapse: str, computed: Status
) -> None:
    desk = Desk(SHORT, promises=(promise,)).hear(*facts(*events)).settle(20 * DAY)
    clock = told(desk.state)[RESPONDS]
    assert (clock.status, clock.ended_at, clock.lapse) == (status, None if ended is None else at(ended), lapse), why
    assert clock.waits_because == "too_late" and clock.used_us is None and calendars_of(desk.state)
    desk.publish(LATER).settle(20 * DAY)
    clock = told(desk.state)[RESPONDS]
    assert (clock.status, clock.waits_because, clock.ended_at) == (computed, "", None if ended is None else at(ended)), why
    whole = Desk(LATER, promises=(promise,)).hear(*facts(*events)).settle(20 * DAY)
    assert told(whole.state) == told(desk.state), "published later, the same is said"
    assert told(state_of(reversed(desk.facts))) == told(desk.state), "live = rebuilt"


def test_what_the_named_version_can_say_no_other_changes() -> None:
    desk = Desk(OFFICE).hear(*facts((RESPONSE, 50)))
    said = len(desk.facts)
    desk.publish(OTHER_HOLIDAYS).publish(LONGER)
    assert len(desk.facts) == said
    assert not calendars_of(desk.state)


def test_a_start_that_the_named_version_counts_keeps_the_id_it_had_before_versions_were_told() -> None:
    (start,) = [one for one in Desk(OFFICE, promises=(WORKING,)).hear(*facts()).facts if one.kind.name == "clock.started"]
    assert str(start.id) == "13d0bc6a-8ff2-5948-9e8b-a02ea9ca8331", "as the release before said it"
    assert (start.data.calendar, start.data.calendar_version) == ("", 0)


@pytest.mark.parametrize(("known", "why"), [([], "the named one"), ([SHORT], "the later one that counted")])
def test_without_the_calendar_that_counted_a_clock_waits_and_no_event_is_denied(known: list[Any], why: str) -> None:
    desk = Desk(SHORT, LATER).hear(*facts())
    if not known:
        desk = Desk(OFFICE).hear(*facts())
    behind = shelf(WORKING, ELAPSED, calendars=known)
    with pytest.raises(NotYetKnown, match="office version"):
        settle(KEY, desk.state, behind, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("calendars", "until", "used", "version", "waits"),
    [
        ([SHORT], 9 * DAY, 3 * 9 * 60, 1, "Publish a later version of office that ends later."),
        ([FUTURE], 9 * DAY, 0, 1, "Publish a later version of office that begins earlier."),
        ([], 9 * DAY, 0, None, "Publish it with POST /calendars."),
        ([SHORT, LATER], 2 * DAY, 2 * 9 * 60, 2, ""),
    ],
)
def test_an_explanation_says_which_version_counted_and_what_is_lacking(
    calendars: list[Any], until: float, used: int, version: int | None, waits: str
) -> None:
    under = terms(WORKING, calendars=calendars)
    (life,) = lives(state_of(facts()), under)
    explained = explain(life, under, at(until))
    assert explained.waits_because.endswith(waits) and bool(explained.waits_because) == bool(waits)
    assert (explained.used_us, explained.calendar and explained.calendar.version) == (used * 60_000_000, version)
    assert sum(one.length_us for one in explained.intervals) == explained.used_us


def test_a_clock_open_beyond_its_calendar_is_explained_as_far_as_the_calendar_reaches() -> None:
    under = terms(target("1wd"), calendars=[SHORT])
    (life,) = lives(state_of(facts()), under)
    assert explain(life, under, at(30 * DAY)).used_us == 3 * 9 * 3_600_000_000


def test_a_limit_in_working_time_under_a_standard_without_calendar_waits_too() -> None:
    under = terms(WORKING, calendars=[])
    under = replace(under, standard=replace(under.standard, calendar=None))
    state = state_of(facts())
    said = unsaid(KEY, state, lives(state, under), under, None)
    assert [(one.kind.name, one.data.reason) for one in said] == [("clock.waiting", "none_named")]
    assert not calendars_of(state_of([*facts(), *said])), "only another standard could help"


def test_a_late_answer_to_a_waiting_promise_is_judged_once_the_calendar_is_there() -> None:
    desk = Desk(SHORT).hear(*facts((RESPONSE, 2 * DAY)))
    assert told(desk.state)[RESPONDS].status is Status.WAITING
    desk.publish(LATER)
    assert told(desk.state)[RESPONDS].status is Status.MET
    assert told(desk.state)[RESPONDS].due_at == at(3 * DAY)
    assert timedelta(microseconds=told(desk.state)[RESPONDS].used_us or 0) == timedelta(hours=18)
