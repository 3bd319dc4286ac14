"""What went wrong in other systems, and is a law here: each test has the name of a complaint that their users wrote.

Those about calendars and time zones are in test_went_wrong_by_calendar.py.
"""

from itertools import permutations
from typing import Any, NamedTuple

import pytest

from libs.events.catalogue.intake import ContactLogged
from services.sla.alarms import settle
from services.sla.domain.explanation import Explanation, explain
from services.sla.domain.figures import Broken, Figures, broken, figures
from services.sla.domain.lives import lives
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    GRADED,
    KEY,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    fact,
    facts,
    shelf,
    state_of,
    story,
    target,
    terms,
)

DAY = 24 * 60
MINUTE_US = 60_000_000
PROMISE = target("60m", pauses=("awaiting_customer",))


class Shown(NamedTuple):
    """One promise wherever it is shown: the list, the case, the explanation, the breaches."""

    row: ClockRow
    figures: Figures
    told: Explanation
    breach: Broken


def rows(*events: Any, of: Any, now: float = 10 * DAY) -> list[ClockRow]:
    """Return what a case's promises are shown as after these events."""
    told = facts(*events)
    return list(promises(KEY, state_of([*told, *settle(KEY, state_of(told), shelf(*of), at(now))])))


def shown(*events: Any, now: float) -> Shown:
    told, promised = facts(*events), terms(PROMISE)
    told += settle(KEY, state_of(told), shelf(PROMISE), at(now))
    state = state_of(told)
    (row,), (life,) = promises(KEY, state), lives(state, promised)
    return Shown(row, figures(life, at(now)), explain(life, promised, at(now)), broken(life, promised.standard, at(now)))


def test_the_values_of_a_running_promise_are_current_though_no_job_ran() -> None:
    values = [shown(now=minute).figures for minute in (10, 20, 40)]
    assert [(one.used_us, one.used_percent) for one in values] == [
        (10 * MINUTE_US, 16.7), (20 * MINUTE_US, 33.3), (40 * MINUTE_US, 66.7)
    ]  # fmt: skip


def test_a_late_first_reply_is_as_late_wherever_it_is_shown() -> None:
    one = shown((RESPONSE, 90), now=DAY)
    assert (one.row.status, one.told.status) == ("ended_late", "ended_late")
    assert one.row.used_us == one.figures.used_us == one.told.used_us == 90 * MINUTE_US
    assert one.figures.remaining_us == -30 * MINUTE_US and one.breach.overrun_us == 30 * MINUTE_US


@pytest.mark.parametrize("later", [[(RESOLVED, 9 * DAY)], [(CLOSED, 9 * DAY)], []])
def test_where_only_a_response_is_promised_a_late_resolution_does_not_fail_it(later: Any) -> None:
    one = shown((RESPONSE, 30), *later, now=10 * DAY)
    assert (one.row.status, one.row.breached_at, one.figures.remaining_us) == ("met", None, 30 * MINUTE_US)


def test_what_is_pending_is_not_violated_however_long() -> None:
    one = shown((WAITS, 59), now=90 * DAY)
    assert (one.row.status, one.row.breached_at, one.figures.used_percent) == ("paused", None, 98.3)


def test_pending_time_is_neither_in_the_percentage_nor_in_the_result() -> None:
    one = shown((WAITS, 10), (ANSWERED, 5 * DAY), (RESPONSE, 5 * DAY + 20), now=9 * DAY)
    assert (one.row.status, one.row.used_us, one.figures.used_percent) == ("met", 30 * MINUTE_US, 50.0)
    assert one.figures.paused_us == (5 * DAY - 10) * MINUTE_US


def test_going_straight_from_paused_to_done_forgets_no_wait() -> None:
    one = shown((WAITS, 10), (RESPONSE, 90 * DAY), now=99 * DAY)
    assert (one.row.status, one.figures.used_us, one.figures.remaining_us) == ("met", 10 * MINUTE_US, 50 * MINUTE_US)


def test_closing_a_case_does_not_clear_that_it_was_broken() -> None:
    one = shown((CLOSED, 90), now=DAY)
    assert (one.row.status, one.row.breached_at) == ("breached", at(60))
    assert one.breach.overrun_us == 30 * MINUTE_US, "its overrun ended with it"


def test_the_time_after_the_solution_is_not_pending_time() -> None:
    one = shown((RESPONSE, 30), (WAITS, 31), (ANSWERED, 600), now=DAY)
    assert (one.figures.paused_us, one.row.paused_us, one.told.paused_us) == (0, 0, 0)


TELLS = ContactLogged(direction="outbound", channel="email", purpose="progress", agent="ann")
ASKS = ContactLogged(direction="inbound", channel="email", purpose="info")
UPDATE = target("20m", "spoken", clock="update", kind="update", each="update")
REPLY = target("60m", "spoken", clock="next_reply", kind="next_reply", start="message", each="message")


def standing(found: list[ClockRow]) -> list[tuple[str, int, str]]:
    return [(one.clock, one.occurrence, one.status) for one in found]


def test_a_shorter_update_does_not_replace_the_first_response() -> None:
    found = rows((RESPONSE, 50), of=(PROMISE, UPDATE), now=60)
    assert {(one.clock, one.occurrence): one.due_at for one in found} == {
        ("response", 1): at(60), ("update", 1): at(20), ("update", 2): at(70)
    }  # fmt: skip


def test_updates_are_measured_each_from_the_one_before() -> None:
    found = rows((TELLS, 15), (TELLS, 40), (TELLS, 50), (RESOLVED, 55), of=(UPDATE,))
    assert [(one.status, (one.used_us or 0) // MINUTE_US) for one in found] == [
        ("met", 15), ("ended_late", 25), ("met", 10), ("cancelled", 0)
    ]  # fmt: skip


def test_an_agent_s_answer_ends_the_wait_for_news() -> None:
    (first, second) = rows((TELLS, 10), of=(UPDATE,), now=29)
    assert (first.status, second.started_at, second.status) == ("met", at(10), "running")


def test_a_closed_case_says_by_how_much_it_was_in_time_without_being_reopened() -> None:
    one = shown((RESPONSE, 45), (RESOLVED, 50), (CLOSED, 50), now=DAY)
    assert (one.row.ended_at, one.row.used_us, one.figures.remaining_us) == (at(45), 45 * MINUTE_US, 15 * MINUTE_US)


def test_a_promise_that_holds_no_more_leaves_no_breach_behind() -> None:
    urgent = target("60m", when={"grade": "urgent"})
    told = facts((GRADED(grade="urgent"), 1))
    told += settle(KEY, state_of(told), shelf(urgent), at(90))
    assert [row.status for row in promises(KEY, state_of(told))] == ["breached"]
    told += [fact(GRADED(grade="normal"), 95)]
    told += settle(KEY, state_of(told), shelf(urgent), at(95))
    assert list(promises(KEY, state_of(told))) == []


def test_a_case_that_goes_on_in_another_is_not_escalated() -> None:
    owed = target("60m", owed=True)
    assert [one.status for one in rows((type(CLOSED)(outcome="duplicate"), 30), of=(owed,))] == ["cancelled"]
    assert [one.status for one in rows((CLOSED, 30), of=(owed,))] == ["breached"], "any other end leaves it owed"


def test_the_clock_of_the_next_reply_does_not_run_on_after_the_resolution() -> None:
    found = rows((RESPONSE, 5), (ASKS, 10), (RESOLVED, 20), of=(REPLY,))
    assert [(one.status, one.lapse, one.ended_at) for one in found] == [("cancelled", "resolved", at(20))]


@pytest.mark.parametrize(
    ("reopened", "found"),
    [
        ("ignore", [("resolution", 1, "met")]),
        ("new", [("resolution", 1, "met"), ("resolution", 2, "met")]),
        ("continue", [("resolution", 1, "met"), ("resolution", 2, "ended_late")]),
    ],
)
def test_what_a_reopening_does_is_a_choice_and_the_time_it_was_closed_counts_nowhere(reopened: str, found: Any) -> None:
    again = target("60m", "resolved", clock="resolution", kind="resolution", reopened=reopened)
    life = [(RESOLVED, 40), (CLOSED, 41), (REOPENED, 5 * DAY), (RESOLVED, 5 * DAY + 30)]
    shown = rows(*life, of=(again,))
    assert standing(shown) == found
    assert sum(one.used_us or 0 for one in shown) <= 70 * MINUTE_US


def test_a_wait_is_not_lost_when_another_promise_holds_from_the_start() -> None:
    of = (target("120m", when={"grade": "low"}, pauses=("awaiting_customer",)), PROMISE)
    (one,) = rows((WAITS, 10), (GRADED(grade="low"), 20), (ANSWERED, 310), (RESPONSE, 400), of=of)
    assert (one.time_limit, one.due_at, one.status) == ("120m", at(420), "met")
    assert (one.used_us, one.paused_us) == (100 * MINUTE_US, 300 * MINUTE_US)


def test_a_silent_customer_makes_no_case_overdue() -> None:
    resolution = target("60m", "resolved", clock="resolution", pauses=("awaiting_customer",))
    found = rows((RESPONSE, 30), (WAITS, 31), of=(PROMISE, resolution), now=90 * DAY)
    assert standing(found) == [("resolution", 1, "paused"), ("response", 1, "met")]


@pytest.mark.parametrize(
    ("events", "minutes"),
    [([(RESPONSE, 61)], 1), ([(WAITS, 61), (RESPONSE, 500)], 1), ([(CLOSED, 90)], 30), ([], 10 * DAY - 60)],
)
def test_no_overrun_is_negative_and_none_counts_a_wait(events: Any, minutes: int) -> None:
    assert shown(*events, now=10 * DAY).breach.overrun_us == minutes * MINUTE_US


def test_facts_that_were_missed_are_taken_in_at_their_instant_and_nothing_is_said_twice() -> None:
    life = facts((WAITS, 10), (ANSWERED, 100), (RESPONSE, 120))
    in_order = [*life, *settle(KEY, state_of(life), shelf(PROMISE), at(DAY))]
    for late in permutations(life[1:]):
        told = life[:1]
        for minute, one in zip((200, 300, 400), late, strict=True):
            told = [*told, *settle(KEY, state_of(told), shelf(PROMISE), at(minute)), one]
        told += settle(KEY, state_of(told), shelf(PROMISE), at(DAY))
        assert list(promises(KEY, state_of(told))) == list(promises(KEY, state_of(in_order)))
        assert len({one.id for one in told}) == len(told)
        assert settle(KEY, state_of(told), shelf(PROMISE), at(9 * DAY)) == []


def test_a_breach_is_said_once_however_often_it_is_looked_for() -> None:
    told = facts()
    for minute in (59, 60, 61, 62, DAY):
        told += settle(KEY, state_of(told), shelf(PROMISE), at(minute))
    assert [one for one in story(told) if one[0] == "breached"] == [("breached", 60)]
