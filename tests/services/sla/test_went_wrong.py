"""What went wrong in other systems, and is a law here: each test has the name of a complaint that their users wrote."""

from typing import Any, NamedTuple

import pytest

from services.sla.alarms import settle
from services.sla.domain.explanation import Explanation, explain
from services.sla.domain.figures import Broken, Figures, broken, figures
from services.sla.domain.lives import lives
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    KEY,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    facts,
    shelf,
    state_of,
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
