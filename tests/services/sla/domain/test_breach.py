"""The rule that decides a breach, at the borders of every number the handbooks give."""

from datetime import timedelta
from typing import Any

import pytest

from services.sla.domain.breach import is_broken, verdict
from services.sla.domain.lives import lives
from services.sla.domain.told import Status
from tests.services.sla.samples import (
    ANSWERED,
    CLASSIFIED,
    CLOSED,
    COMPLETED,
    GRADED,
    RESOLVED,
    RESPONSE,
    STARTED,
    WAITS,
    at,
    facts,
    state_of,
    target,
    terms,
    withdrawn,
)

HOUR, DAY = 60, 24 * 60
SECOND = 1 / 60
PAUSES = {"pauses": ("awaiting_customer",)}


def judged(promise: Any, events: list[tuple[Any, float]], until: float | None = None) -> Status:
    (life,) = lives(state_of(facts(*events)), terms(promise))
    return verdict(life, None if until is None else at(until))


NORMAL, URGENT = {"when": {"grade": "normal"}}, {"when": {"grade": "urgent"}}
MINOR, MAJOR = {"when": {"severity": "minor"}}, {"when": {"severity": "major"}}
IS_NORMAL, IS_URGENT = (GRADED(grade="normal"), 0), (GRADED(grade="urgent"), 0)
IS_MINOR, IS_MAJOR = (CLASSIFIED(severity="minor"), 0), (CLASSIFIED(severity="major"), 0)


# The clocks of N05 and N15 run on corrections and risks, which no event carries yet: here nodes stand for them. What is shipped
# of the others is tried in tests/services/sla/test_templates.py.
@pytest.mark.parametrize(
    ("number", "promise", "given", "stop", "allowed"),
    [
        ("N01 response",                 target("30m"), [], RESPONSE, 30),
        ("N01 solved",                   target("24h", "resolved"), [], RESOLVED, 24 * HOUR),
        ("N05 rectification started",    target("24h", "started:fix"), [], STARTED(node="fix"), 24 * HOUR),
        ("N06 normal answered",          target("24h", **NORMAL), [IS_NORMAL], RESPONSE, 24 * HOUR),
        ("N06 urgent started",           target("2h", "started:n4", **URGENT), [IS_URGENT], STARTED(node="n4"), 2 * HOUR),
        ("N07 normal cycle, a week on",  target("5wd", "completed:n6", **NORMAL), [IS_NORMAL], COMPLETED(node="n6"), 7 * DAY),
        ("N07 urgent cycle, Thursday",   target("3wd", "completed:n6", **URGENT), [IS_URGENT], COMPLETED(node="n6"), 3 * DAY),
        ("N08 contact about the gap",    target("2h", "started:gap"), [], STARTED(node="gap"), 2 * HOUR),
        ("N09 immediate, with grace",    target("15m", "completed:n1"), [], COMPLETED(node="n1"), 15),
        ("N09 grading",                  target("1h", "completed:n2", start="completed:n1"),
                                         [(COMPLETED(node="n1"), 10)], COMPLETED(node="n2"), 70),
        ("N09 dispatch",                 target("30m", "completed:n3"), [], COMPLETED(node="n3"), 30),
        ("N09 judgement",                target("24h", "completed:n4"), [], COMPLETED(node="n4"), 24 * HOUR),
        ("N09 confirmation",             target("12h", "completed:n5"), [], COMPLETED(node="n5"), 12 * HOUR),
        ("N09 execution",                target("3wd", "completed:n6"), [], COMPLETED(node="n6"), 3 * DAY),
        ("N09 N10 follow-up",            target("1wd", "completed:n7"), [], COMPLETED(node="n7"), DAY),
        ("N10 quality judges",           target("24h", "completed:n4", start="entered:n4"),
                                         [], None, 0),
        ("N12 minor problem",            target("24h", "resolved", **MINOR), [IS_MINOR], RESOLVED, 24 * HOUR),
        ("N12 major problem",            target("48h", "resolved", **MAJOR), [IS_MAJOR], RESOLVED, 48 * HOUR),
        ("N13 preliminary response",     target("24h"), [], RESPONSE, 24 * HOUR),
        ("N13 initial handling",         target("48h", "completed:n4"), [], COMPLETED(node="n4"), 48 * HOUR),
        ("N14 reply to feedback",        target("24h"), [], RESPONSE, 24 * HOUR),
        ("N14 feedback handled",         target("2d", "closed"), [], CLOSED, 2 * DAY),
        ("N15 high risk, hourly",        target("1h", "completed:check"), [], COMPLETED(node="check"), HOUR),
        ("N15 medium risk",              target("24h", "completed:check"), [], COMPLETED(node="check"), 24 * HOUR),
        ("N15 low risk, weekly",         target("7d", "completed:check"), [], COMPLETED(node="check"), 7 * DAY),
        ("working hours over the night", target("10wh", "resolved"), [], RESOLVED, 25 * HOUR),
    ],
)  # fmt: skip
def test_at_the_limit_a_promise_is_kept_and_a_second_later_broken(
    number: str, promise: Any, given: list[Any], stop: Any, allowed: float
) -> None:
    if stop is None:
        assert not list(lives(state_of(facts(*given)), terms(promise))), "a node not entered promises nothing"
        return
    assert judged(promise, [*given, (stop, allowed - SECOND)]) is Status.MET, number
    assert judged(promise, [*given, (stop, allowed)]) is Status.MET, number
    assert judged(promise, [*given, (stop, allowed + SECOND)]) is Status.ENDED_LATE, number
    assert judged(promise, given, until=allowed) is Status.RUNNING, number
    assert judged(promise, given, until=allowed + SECOND) is Status.BREACHED, number


@pytest.mark.parametrize(
    ("why", "promise", "events", "until", "status"),
    [
        ("nobody asked how late it is",           target("30m"), [], None, Status.RUNNING),
        ("a promise that waits is not due",       target("30m", **PAUSES), [(WAITS, 10)], 9999, Status.PAUSED),
        ("it was broken before it waited",        target("30m", **PAUSES), [(WAITS, 31)], 9999, Status.BREACHED),
        ("a wait from the due instant on holds",  target("30m", **PAUSES), [(WAITS, 30)], 9999, Status.PAUSED),
        ("a wait moves the due instant",          target("30m", **PAUSES),
            [(WAITS, 10), (ANSWERED, 70), (RESPONSE, 90)], None, Status.MET),
        ("by its length and no more",             target("30m", **PAUSES),
            [(WAITS, 10), (ANSWERED, 70), (RESPONSE, 91)], None, Status.ENDED_LATE),
        ("answered while it waits",               target("30m", **PAUSES), [(WAITS, 10), (RESPONSE, 9999)], None, Status.MET),
        ("a reason that is not listed",           target("30m"), [(WAITS, 10), (RESPONSE, 31)], None, Status.ENDED_LATE),
        ("closed without the answer",             target("30m"), [(CLOSED, 20)], 9999, Status.CANCELLED),
        ("closed at the due instant",             target("30m"), [(CLOSED, 30)], 9999, Status.CANCELLED),
        ("closed too late",                       target("30m"), [(CLOSED, 31)], None, Status.BREACHED),
        ("cancelled in time",                     target("30m"), [*withdrawn(5)], None, Status.CANCELLED),
        ("cancelled while it waits",              target("30m", **PAUSES),
            [(WAITS, 10), *withdrawn(900)], None, Status.CANCELLED),
        ("the answer was logged after closing",   target("30m"), [(CLOSED, 10), (RESPONSE, 20)], None, Status.MET),
        # Due at the closing instant, 18:00: an answer in the evening is late although it used no more working time.
        ("after closing is after the due instant", target("9wh"), [(RESPONSE, 9 * HOUR + 1)], None, Status.ENDED_LATE),
        ("at closing it is in time",              target("9wh"), [(RESPONSE, 9 * HOUR)], None, Status.MET),
        ("the calendar ends before it is due",    target("999wd"), [], 9999, Status.WAITING),
        ("and nobody knows if an answer is late", target("999wd"), [(RESPONSE, 10)], None, Status.WAITING),
    ],
)  # fmt: skip
def test_verdict(why: str, promise: Any, events: list[Any], until: float | None, status: Status) -> None:
    assert judged(promise, events, until) is status, why


def test_the_smallest_step_past_due_breaks() -> None:
    assert not is_broken(at(30), at(30))
    assert is_broken(at(30), at(30) + timedelta(microseconds=1))
    assert not is_broken(None, at(9999))
