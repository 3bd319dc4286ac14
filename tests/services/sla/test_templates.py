"""The numbers of the handbooks as the shipped standards promise them, each at its limit and a second to either side.

N05 and N15 have no row: they are promised about corrections and risks (test_watched.py).
"""

from datetime import timedelta
from typing import Any

import pytest

from deploy.demo.shipped import standards
from libs.events.catalogue.intake import DueChanged
from libs.events.catalogue.routing import ExceptionRaised
from services.sla.domain.breach import verdict
from services.sla.domain.lives import lives
from services.sla.domain.terms import Terms
from services.sla.domain.told import Status
from services.sla.domain.working_time import working_time
from tests.asked import calendar
from tests.services.sla.samples import (
    CLASSIFIED,
    CLOSED,
    COMPLETED,
    ENTERED,
    GRADED,
    RESOLVED,
    RESPONSE,
    START,
    STARTED,
    at,
    facts,
    state_of,
)

NORMAL, URGENT = GRADED(grade="normal"), GRADED(grade="urgent")
MINOR, MAJOR = CLASSIFIED(severity="minor"), CLASSIFIED(severity="major")
GAP = ExceptionRaised(code="info_incomplete")
AGREED = DueChanged(agreed_due_at=at(20_000), reason="words:1")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("number", "process", "clock", "given", "stop", "limit"),
    [
        ("N01 response",               "inbound-call", "response", [], RESPONSE, "30m"),
        ("N01 solved",                 "inbound-call", "resolution", [], COMPLETED(node="n5"), "24h"),
        ("N06 normal answered",        "complaint-quality", "response", [NORMAL], RESPONSE, "24h"),
        ("N06 urgent started",         "complaint-quality", "response", [URGENT], STARTED(node="n4"), "2h"),
        ("N07 normal cycle",           "complaint-quality", "cycle", [NORMAL], COMPLETED(node="n6"), "5wd"),
        ("N07 urgent cycle",           "complaint-quality", "cycle", [URGENT], COMPLETED(node="n6"), "3wd"),
        ("N08 contact about the gap",  "complaint-quality", "exception:info_incomplete", [GAP], RESPONSE, "2h"),
        ("N09 immediate, with grace",  "complaint-quality", "node:n1", [ENTERED(node="n1")], COMPLETED(node="n1"), "15m"),
        ("N09 grading",                "complaint-quality", "node:n2", [ENTERED(node="n2")], COMPLETED(node="n2"), "1h"),
        ("N09 dispatch",               "complaint-quality", "node:n3", [ENTERED(node="n3")], COMPLETED(node="n3"), "30m"),
        ("N09 N10 quality judges",     "complaint-quality", "node:n4", [ENTERED(node="n4")], COMPLETED(node="n4"), "24h"),
        ("N09 confirmation",           "complaint-quality", "node:n5", [ENTERED(node="n5")], COMPLETED(node="n5"), "12h"),
        ("N09 execution",              "complaint-quality", "node:n6", [ENTERED(node="n6")], COMPLETED(node="n6"), "3wd"),
        ("N09 N10 follow-up",          "complaint-quality", "node:n7", [ENTERED(node="n7")], COMPLETED(node="n7"), "1wd"),
        ("N12 minor problem",          "problem-handling", "resolution", [MINOR], RESOLVED, "24h"),
        ("N12 major problem",          "problem-handling", "resolution", [MAJOR], RESOLVED, "48h"),
        ("N13 preliminary response",   "problem-handling", "response", [], RESPONSE, "24h"),
        ("N13 initial handling",       "problem-handling", "initial_handling", [], COMPLETED(node="p3"), "48h"),
        ("K08 delivery as agreed",     "service-delivery", "delivery", [AGREED], COMPLETED(node="n4"), "agreed_due_at"),
        ("N14 reply to feedback",      "feedback-handling", "response", [], RESPONSE, "24h"),
        ("N14 feedback handled",       "feedback-handling", "cycle", [], CLOSED, "2d"),
    ],
)  # fmt: skip
def test_a_shipped_standard_promises_what_the_handbook_says(
    number: str, process: str, clock: str, given: list[Any], stop: Any, limit: str
) -> None:
    terms = Terms(standards()[process], (working_time(calendar()),))
    before = [(one, 0.0) for one in given]

    def judged(*events: Any, until: Any = None) -> tuple[str, Any, Status]:
        living = lives(state_of(facts(*before, *events)), terms)
        (life,) = [one for one in living if one.target.clock == clock]
        return life.target.limit, life.due_at, verdict(life, until)

    written, due_at, _ = judged()
    assert written == limit, number
    minutes = (due_at - START) / timedelta(minutes=1)
    assert [judged((stop, minutes + off / 60))[2] for off in (-1, 0, 1)] == [Status.MET, Status.MET, Status.ENDED_LATE], number
    assert [judged(until=due_at + off * SECOND)[2] for off in (-1, 0, 1)] == [Status.RUNNING, Status.RUNNING, Status.BREACHED]


def test_without_an_agreed_date_a_delivery_has_no_such_promise() -> None:
    terms = Terms(standards()["service-delivery"], (working_time(calendar()),))
    promised = [{one.target.clock for one in lives(state_of(facts(*events)), terms)} for events in ([], [(AGREED, 0.0)])]
    assert promised[1] - promised[0] == {"delivery"}
