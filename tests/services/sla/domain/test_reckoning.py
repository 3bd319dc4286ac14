"""A promise as contracted beside the same promise as asked for: what became of both, what differs, whether it flips."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.sla.domain.reckoning import Difference, Pair, Verdict, compared, verdict_of
from services.sla.domain.told import Status
from tests.services.sla.samples import at


@dataclass(frozen=True)
class Row:
    """A promise as a row of clocks tells it."""

    status: str
    due_at: datetime | None = None
    used_us: int | None = None
    clock: str = "response"
    occurrence: int = 1


MET, LATE, RUNS, WAITS = Row("met", at(60), 5), Row("ended_late", at(60), 70), Row("running", at(60)), Row("waiting")


@pytest.mark.parametrize(
    ("why", "contracted", "asked", "difference", "flips", "moved"),
    [
        ("nothing differs",                      MET, MET, "none", False, 0),
        ("kept, and broken by other terms",      MET, Row("ended_late", at(4), 5), "status", True, -56),
        ("broken, and kept by other terms",      LATE, Row("met", at(90), 70), "status", True, 30),
        ("one runs still, the other is broken",  RUNS, Row("breached", at(30)), "status", True, -30),
        ("broken in both, in other words",       LATE, Row("breached", at(60)), "status", False, 0),
        ("open in both, in other words",         RUNS, Row("paused"), "status", False, None),
        ("it can be computed only as asked for", WAITS, MET, "status", False, None),
        ("it cannot be computed as asked for",   LATE, WAITS, "status", True, None),
        ("due later",                            RUNS, Row("running", at(61)), "due", False, 1),
        ("due by a date instead of by none",     WAITS, Row("waiting", at(1)), "due", False, None),
        ("another time used",                    MET, Row("met", at(60), 4), "used", False, 0),
        ("there is one as asked for, kept",      None, MET, "added", False, None),
        ("there is one as asked for, broken",    None, LATE, "added", True, None),
        ("it is gone, and was broken",           LATE, None, "removed", True, None),
        ("it is gone, and was kept",             MET, None, "removed", False, None),
        ("it lapses instead",                    MET, Row("cancelled", at(60)), "status", False, 0),
    ],
)  # fmt: skip
def test_what_differs(
    why: str, contracted: Row | None, asked: Row | None, difference: str, flips: bool, moved: int | None
) -> None:
    pair = Pair(contracted, asked)
    assert (pair.difference, pair.flips) == (difference, flips), why
    assert pair.due_moved_us == (None if moved is None else timedelta(minutes=moved) // timedelta(microseconds=1)), why
    turned = Pair(asked, contracted)
    other_way = {Difference.ADDED: Difference.REMOVED, Difference.REMOVED: Difference.ADDED}
    assert (turned.difference, turned.flips) == (other_way.get(pair.difference, pair.difference), flips), why


def test_every_status_has_a_verdict() -> None:
    verdicts = {status: verdict_of(Row(status)) for status in Status}
    assert verdicts == {
        Status.RUNNING: Verdict.OPEN,
        Status.PAUSED: Verdict.OPEN,
        Status.WAITING: Verdict.OPEN,
        Status.MET: Verdict.KEPT,
        Status.BREACHED: Verdict.BROKEN,
        Status.ENDED_LATE: Verdict.BROKEN,
        Status.CANCELLED: Verdict.LAPSED,
    }
    assert verdict_of(None) is Verdict.NONE


def test_each_promise_of_either_list_comes_once_by_its_clock_and_occurrence() -> None:
    second, whole = Row("met", occurrence=2), Row("running", clock="whole")
    pairs = list(compared([second, MET], [whole, LATE]))
    assert [(one.contracted, one.asked) for one in pairs] == [(MET, LATE), (second, None), (None, whole)]
    assert [one.one for one in pairs] == [LATE, second, whole]
