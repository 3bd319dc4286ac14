"""Promises until a date of the case: due at the date itself, changed while it has not passed, and broken once it has."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.intake import DueChanged
from libs.events.catalogue.promise import Deadline
from libs.events.testing.told import Teller
from libs.events.words.event import Occurrence
from services.sla.alarms import settle
from services.sla.domain.breach import verdict
from services.sla.domain.clock import ClockLife
from services.sla.domain.dated import by_dates
from services.sla.domain.explanation import explain
from services.sla.domain.figures import figures
from services.sla.domain.history import history
from services.sla.domain.lives import lives
from services.sla.domain.past import Recorded, hearing, told_by
from services.sla.domain.remembered import Dated
from services.sla.domain.sentences import Voice
from services.sla.domain.span import Span
from services.sla.domain.strictest import figures_of
from services.sla.domain.told import Status, told
from services.sla.projections import promises
from tests.services.sla.domain.test_sentences import WORDS
from tests.services.sla.reckonings.desk import NOW, desk, known
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    COMPLETED,
    ENTERED,
    KEY,
    REGISTERED,
    REOPENED,
    RESOLVED,
    RESPONSE,
    START,
    WAITS,
    at,
    fact,
    shelf,
    state_of,
    story,
    target,
    terms,
    withdrawn,
)
from tests.services.sla.test_alarms import Log
from tests.services.sla.test_in_force import Desk, changes, policy

SECOND = 1 / 60
DAY = 24 * 60
PAUSES = ("awaiting_customer",)
DUE = target("agreed_due_at", "resolved", clock="due", kind="due", pauses=PAUSES)
LAW = target("legal_due_at", "resolved", clock="law", kind="law")
SOLVED = target("2h", "resolved", clock="solved", kind="resolution", pauses=PAUSES)
AT_NODE = target("agreed_due_at", "completed:n3", clock="node:n3", kind="node", start="entered:n3", node="n3", per_visit=True)


def agreed(minute: float, legal: float | None = None) -> DueChanged:
    return DueChanged(agreed_due_at=at(minute), legal_due_at=None if legal is None else at(legal), reason="words:1")


def by_law(minute: float) -> DueChanged:
    return DueChanged(legal_due_at=at(minute), reason="words:1")


def registered(minute: float | None = None, legal: float | None = None) -> Any:
    dates = [None if one is None else at(one) for one in (minute, legal)]
    return replace(REGISTERED, agreed_due_at=dates[0], legal_due_at=dates[1])


def case(came: Any, *events: tuple[Any, float]) -> Any:
    return state_of([fact(came), *(fact(data, minutes, sequence=n) for n, (data, minutes) in enumerate(events, 1))])


def found(promise: Any, came: Any, *events: tuple[Any, float]) -> list[ClockLife]:
    return list(lives(case(came, *events), terms(promise)))


@pytest.mark.parametrize("minute", [60, 4 * DAY + 700, 40 * DAY], ids=["an hour", "on a Friday night", "in July"])
@pytest.mark.parametrize(
    ("why", "promise", "before", "stop"),
    [
        ("the whole case", DUE, [], RESOLVED),
        ("by law", LAW, [], RESOLVED),
        ("a node", AT_NODE, [(ENTERED(node="n3"), 5)], COMPLETED(node="n3")),
    ],
)
def test_at_the_date_a_promise_is_kept_and_a_second_later_broken(
    why: str, promise: Any, before: Any, stop: Any, minute: float
) -> None:
    def judged(done: float | None, until: float | None = None) -> Status:
        (life,) = found(promise, registered(minute, minute), *before, *([] if done is None else [(stop, done)]))
        assert life.due_at == at(minute), why
        return verdict(life, None if until is None else at(until))

    assert judged(minute - SECOND) is Status.MET
    assert judged(minute) is Status.MET
    assert judged(minute + SECOND) is Status.ENDED_LATE
    assert judged(None, until=minute) is Status.RUNNING
    assert judged(None, until=minute + SECOND) is Status.BREACHED


def test_a_case_without_the_date_has_no_such_promise() -> None:
    assert found(DUE, registered()) == [] == found(LAW, registered(60))
    assert [life.name for life in found(LAW, registered(60, 90))] == [Occurrence("law")]


def test_no_wait_moves_a_date() -> None:
    (life,) = found(DUE, registered(60), (WAITS, 10), (ANSWERED, 50))
    assert (life.due_at, life.pauses, verdict(life, at(55))) == (at(60), (), Status.RUNNING)
    assert (figures(life, at(30)).used_us, figures(life, at(30)).used_percent) == (30 * 60_000_000, 50.0)


PASSED = "no date takes the place of one that has passed"


@pytest.mark.parametrize(
    ("why", "came", "events", "dues"),
    [
        ("later",                             60, [(agreed(90), 20)], [(0, 90)]),
        ("earlier",                           60, [(agreed(30), 20)], [(0, 30)]),
        ("earlier and later again",           60, [(agreed(30), 20), (agreed(90), 30)], [(0, 90)]),
        ("a second before it has passed",     60, [(agreed(90), 60 - SECOND)], [(0, 90)]),
        ("at the date itself",                60, [(agreed(90), 60)], [(0, 90)]),
        ("a second after it has passed",      60, [(agreed(90), 60 + SECOND)], [(0, 60), (60 + SECOND, 90)]),
        ("that one changed, too",             60, [(agreed(90), 70), (agreed(99), 80)], [(0, 60), (70, 99)]),
        ("and passed, too",                   60, [(agreed(90), 70), (agreed(200), 91)], [(0, 60), (70, 90), (91, 200)]),
        ("agreed on later only",              None, [(agreed(90), 20)], [(20, 90)]),
        ("another kind of date",              60, [(by_law(90), 20)], [(0, 60)]),
        ("resolved a second before",          60, [(RESOLVED, 20), (agreed(90), 20 + SECOND)], [(0, 60)]),
        ("resolved at that instant",          60, [(RESOLVED, 20), (agreed(90), 20)], [(0, 60)]),
        ("resolved after it",                 60, [(agreed(90), 20), (RESOLVED, 25)], [(0, 90)]),
        ("closed before it",                  60, [(CLOSED, 20), (agreed(90), 25)], [(0, 60)]),
        ("taken up again after it was kept",  60, [(RESOLVED, 20), (REOPENED, 30), (agreed(90), 40)], [(0, 60)]),
        ("a date of the past",                60, [(agreed(10), 20)], [(0, 10)]),
        ("first a date of the past",          None, [(agreed(10), 20)], [(20, 20)]),
        ("it came when the date had passed",  -30, [], [(0, 0)]),
    ],
)  # fmt: skip
def test_a_date_takes_the_place_of_one_that_has_not_passed(
    why: str, came: float | None, events: Any, dues: list[tuple[float, float]]
) -> None:
    living = found(DUE, registered(came), *events)
    assert [(one.started_at, one.due_at) for one in living] == [(at(begun), at(due)) for begun, due in dues], why
    assert [one.occurrence for one in living] == [*range(1, len(dues) + 1)]


def test_every_promise_until_the_moment_is_kept_or_late_when_it_comes() -> None:
    first, second = found(DUE, registered(60), (agreed(90), 70), (RESOLVED, 80))
    assert [verdict(one, None) for one in (first, second)] == [Status.ENDED_LATE, Status.MET]
    assert [verdict(one, at(99)) for one in found(DUE, registered(60), (agreed(90), 70), *withdrawn(80))] == [
        Status.BREACHED,
        Status.CANCELLED,
    ]


def test_each_visit_goes_by_the_date_that_holds_then() -> None:
    visits = [(ENTERED(node="n3"), 5), (COMPLETED(node="n3"), 9), (ENTERED(node="n3"), 70), (COMPLETED(node="n3"), 75)]
    first, second = found(AT_NODE, registered(60), *visits)
    assert [(one.started_at, one.due_at, one.occurrence) for one in (first, second)] == [(at(5), at(60), 1), (at(70), at(70), 2)]
    assert [verdict(one, None) for one in (first, second)] == [Status.MET, Status.ENDED_LATE]
    assert [one.due_at for one in found(AT_NODE, registered(60), *visits, (agreed(99), 65))] == [at(60), at(99)]


def test_after_a_reopening_it_is_promised_again_if_the_standard_says_so() -> None:
    again = replace(DUE, reopened="new")
    events = [(agreed(90), 61), (RESOLVED, 65), (REOPENED, 70)]
    living = found(again, registered(60), *events)
    assert [(str(one.name), one.started_at, one.due_at) for one in living] == [
        ("due", at(0), at(60)),
        ("due/2", at(61), at(90)),
        ("due/3", at(70), at(90)),
    ]


def log(*targets: Any) -> Log:
    return Log(shelf(*(targets or (DUE,))))


def test_it_breaks_at_the_date_and_what_is_agreed_then_runs_beside_it() -> None:
    case = log()
    assert story(case.hear(fact(registered(60)))) == [("started", 0)]
    assert case.timers() == {"due": at(60) + timedelta(microseconds=1)}
    assert not case.settle(60) and story(case.settle(60.1)) == [("breached", 60)]
    assert story(case.hear(fact(agreed(90), 70))) == [("started", 70)]
    assert case.timers() == {"due/2": at(90) + timedelta(microseconds=1)}
    assert sorted(story(case.hear(fact(RESOLVED, 80)))) == [("ended", 80), ("met", 80)]


def test_an_agreement_that_becomes_known_late_takes_the_breach_back() -> None:
    case = log()
    case.hear(fact(registered(60)))
    case.settle(75)
    case.hear(fact(agreed(200), 70))
    assert set(told(state_of(case.facts))) == {Occurrence("due"), Occurrence("due", 2)}
    said = case.hear(fact(agreed(90), 50))
    # At 70 the date of 90 had not passed, so the one of 200 took its place.
    assert story(said) == [("started", 0), ("withdrawn", 0), ("withdrawn", 60), ("withdrawn", 70)]
    (clock,) = told(state_of(case.facts)).values()
    assert (clock.status, clock.due_at, clock.breached_at) == (Status.RUNNING, at(200), None)
    assert not case.settle(75), "nothing is said twice"


def test_the_old_due_instant_stays_in_the_history() -> None:
    case = log()
    case.hear(fact(registered(60)))
    case.hear(fact(agreed(90), 20))
    lines = [(one.what, one.at, one.due_at, one.withdrawn) for one in history(state_of(case.facts), Occurrence("due"))]
    assert lines == [("started", at(0), at(60), True), ("started", at(0), at(90), False)]


def test_it_warns_by_the_time_until_the_date() -> None:
    case = log(replace(DUE, warn={"80%": "agent", "2h": "owner"}))
    case.hear(fact(registered(600)))
    assert story(case.settle(601)) == [("warned", 480), ("warned", 480), ("breached", 600)]
    passed = log(replace(DUE, warn={"80%": "agent", "2h": "owner"}))
    passed.hear(fact(registered(-30)))
    assert story(passed.settle(1)) == [("breached", 0)], "nobody is warned of what is broken as it begins"


EVENTS = [(agreed(30), 10), (agreed(90), 30), (agreed(200), 91), (by_law(150), 130), (RESPONSE, 20), (RESOLVED, 160)]


@settings(max_examples=80, deadline=None)
@given(st.permutations([*EVENTS, (registered(60, 120), 0)]), st.lists(st.integers(0, 250), max_size=7))
def test_the_order_in_which_it_becomes_known_changes_no_answer(events: list[Any], looks: list[int]) -> None:
    late, whole = log(DUE, LAW, SOLVED), log(DUE, LAW, SOLVED)
    whole.hear(*(fact(data, minutes) for data, minutes in [(registered(60, 120), 0), *EVENTS]))
    for number, (data, minutes) in enumerate(events):
        late.hear(fact(data, minutes))
        if number < len(looks):
            late.settle(looks[number])
    shown = []
    for one in (late, whole):
        one.settle(250)
        shown.append(told(state_of(one.facts)))
    assert shown[0] == shown[1]
    assert {str(name): one.due_at for name, one in shown[0].items()} == {
        "due": at(90), "due/2": at(200), "law": at(120), "law/2": at(150), "solved": at(120)
    }  # fmt: skip


DATES = st.lists(st.tuples(st.integers(-20, 100), st.integers(-20, 150)), max_size=6)


@settings(max_examples=400, deadline=None)
@given(DATES, st.integers(0, 120) | st.none())
def test_what_is_broken_stays_and_dates_never_overlap(dates: list[tuple[int, int]], ended: int | None) -> None:
    told = [Dated(at(when), Deadline.AGREED, at(due)) for when, due in sorted(dates, key=lambda one: one[0])]
    span = Span(at(0), None if ended is None else at(ended))
    whole = list(by_dates(told, Deadline.AGREED, span))
    assert [one.occurrence for one in whole] == [*range(1, len(whole) + 1)]
    assert all(one.due_at is not None and one.start <= one.due_at and one.stop == span.stop for one in whole)
    assert all(before.due_at is not None and before.due_at < after.start for before, after in pairwise(whole))
    assert ended is None or all(one.start < at(ended) or one.start == span.start for one in whole)
    for number, one in enumerate(told):
        known = list(by_dates(told[:number], Deadline.AGREED, span))
        broken = [old for old in known if old.due_at is not None and max(old.due_at, span.start) < one.at]
        assert whole[: len(broken)] == broken, "what had passed when a date was set"
    if whole and ended is None:
        last = told[-1]
        assert whole[-1].due_at == max(last.due_at, whole[-1].start), "the last word holds for what is open"


def stood(recorded: list[Recorded], as_of: float, known_at: float) -> list[Any]:
    case = told_by(recorded, as_of=at(as_of), known_at=at(known_at))
    said = settle(KEY, case, shelf(DUE), at(as_of))
    return [(one.occurrence, one.due_at, one.status) for one in promises(KEY, hearing(case, said))]


@pytest.mark.parametrize(
    ("why", "as_of", "known_at", "shown"),
    [
        ("before it was agreed",             19, 999, [(1, at(60), "running")]),
        ("at that instant",                  20, 999, [(1, at(90), "running")]),
        ("after it",                         65, 999, [(1, at(90), "running")]),
        ("but nobody here had heard of it",  65, 65,  [(1, at(60), "breached")]),
        ("until it was written down",        65, 80,  [(1, at(90), "running")]),
    ],
)  # fmt: skip
def test_as_of_an_instant_later_dates_are_left_out(why: str, as_of: float, known_at: float, shown: list[Any]) -> None:
    recorded = [Recorded(fact(registered(60)), at(0)), Recorded(fact(agreed(90), 20), at(80))]
    assert stood(recorded, as_of, known_at) == shown, why


def test_a_rule_of_a_policy_may_name_a_date() -> None:
    by_date = Desk(policy(changes("cycle", "agreed_due_at", id="by date")), registered=replace(REGISTERED, agreed_due_at=at(45)))
    clock = by_date.settle(50).stands[Occurrence("cycle")]
    assert (clock.limit, clock.rule, clock.due_at, clock.breached_at) == ("agreed_due_at", "by date", at(45), at(45))
    assert Occurrence("cycle") not in Desk(policy(changes("cycle", "agreed_due_at"))).stands, "a case that has none"


@pytest.mark.parametrize(
    ("why", "events", "now", "named"),
    [
        ("the agreed date",              [], 10, "due"),
        ("when it was moved, the limit", [(agreed(500), 10)], 20, "solved"),
        ("and then the law",             [(agreed(500), 10)], 130, "law"),
        ("what is broken is none",       [], 100, "solved"),
        ("what is held is none",         [(agreed(500), 5), (WAITS, 10)], 20, "law"),
        ("at the date itself it is",     [], 60, "due"),
        ("a second later it is not",     [], 60 + SECOND, "solved"),
    ],
)  # fmt: skip
def test_the_strictest_is_the_one_that_falls_due_first(why: str, events: Any, now: float, named: str) -> None:
    state = case(registered(60, 200), *events)
    found = figures_of(lives(state, terms(DUE, LAW, SOLVED, target("10m")), at(now)), at(now))
    shown = {one.strictest for name, one in found.items() if name.name != "response"} - {""}
    assert shown == {named}, why
    assert found[Occurrence("response")].strictest == "", "nothing else is open until the first response"


def test_the_only_one_is_not_called_the_strictest() -> None:
    found = figures_of(lives(case(registered(60)), terms(DUE)), at(10))
    assert [one.strictest for one in found.values()] == [""]


def test_the_explanation_sums_to_the_figures() -> None:
    (life,) = found(DUE, registered(60), (RESOLVED, 45))
    why = explain(life, terms(DUE), at(50), Voice("en", WORDS["en"], ZoneInfo("Asia/Shanghai")))
    assert sum(one.length_us for one in why.intervals) == why.used_us == figures(life, at(50)).used_us == 45 * 60_000_000
    assert "allows until the agreed date" in why.sentences[0]


LATER = NOW + 60


async def test_dates_over_http(database_url: str) -> None:
    came = (0, registered(NOW - 60, LATER + 600))
    in_time, late = (NOW - 90, agreed(LATER)), (NOW - 30, agreed(LATER))
    stories = {key: Teller(key, START).facts([came, said], first=0) for key, said in {"case-1": in_time, "case-2": late}.items()}
    async with desk(database_url, told=stories, shelf=known(DUE, LAW, SOLVED)) as opened:
        shown = {one["clock"]: one for one in (await opened.get("/clocks/case-1")).json()["items"]}
        assert {name: (one["status"], one["due_at"]) for name, one in shown.items() if name != "solved"} == {
            "due": ("running", stamp(LATER)),
            "law": ("running", stamp(LATER + 600)),
        }
        assert [shown[name]["strictest"] for name in ("due", "law", "solved")] == ["due", "due", ""]
        before = (await opened.get("/clocks/case-1", params={"as_of": at(NOW - 91).isoformat()})).json()["items"]
        assert [one["due_at"] for one in before if one["clock"] == "due"] == [stamp(NOW - 60)]
        history = (await opened.get("/clocks/case-1/due/history")).json()["items"]
        assert [(one["due_at"], one["withdrawn"]) for one in history if not one["withdrawn"]] == [(stamp(LATER), False)]
        second = (await opened.get("/clocks/case-2")).json()["items"]
        assert [(one["status"], one["due_at"]) for one in second if one["clock"] == "due"] == [
            ("breached", stamp(NOW - 60)),
            ("running", stamp(LATER)),
        ]
        due = (await opened.get("/clocks?case_id=case-1&status=running")).json()["items"]
        assert [one["clock"] for one in due] == ["due", "law"], "what is due first is in front"


def stamp(minute: float) -> str:
    return at(minute).isoformat().replace("+00:00", "Z")
