"""A correction's lifecycle: every verb in every state; and a state that follows from the set of facts, in any order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as some

from libs.events.catalogue.analytics import (
    CorrectionClosed,
    CorrectionDone,
    CorrectionOpened,
    CorrectionStarted,
    CorrectionVerified,
    RiskRegistered,
)
from libs.events.engine.book import encode_state
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, happened
from services.analytics.books import CORRECTIONS
from services.analytics.domain.corrections import LIFECYCLE, go_on, open_correction
from services.analytics.domain.figures import FIGURES

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "k1"
ASK: dict[str, Any] = {"at": NOON + HOUR, "actor": "mei"}

OPENED = CorrectionOpened(owner="mei", why="words:why", figure="response_timeliness", process_id="p")
STARTED = CorrectionStarted(plan="words:plan", agent="wei")
DONE, CLOSED = CorrectionDone(), CorrectionClosed()
WORKS, FAILS = CorrectionVerified(effective=True), CorrectionVerified(effective=False)
LIFE = (OPENED, STARTED, DONE, FAILS, STARTED, DONE, WORKS, CLOSED)

CAME = {
    "nothing": (),
    "open": LIFE[:1],
    "started": LIFE[:2],
    "done": LIFE[:3],
    "open again": LIFE[:4],
    "started again": LIFE[:5],
    "verified": LIFE[:7],
    "closed": LIFE,
}
"""State → what was said before."""

UNKNOWN, NO = "unknown", "refused"
TABLE = {
    #                 start      done     works       fails    close
    "nothing":       (UNKNOWN,   UNKNOWN, UNKNOWN,    UNKNOWN, UNKNOWN),
    "open":          ("started", NO,      NO,         NO,      NO),
    "started":       (NO,        "done",  NO,         NO,      NO),
    "done":          (NO,        NO,      "verified", "open",  NO),
    "open again":    ("started", NO,      NO,         NO,      NO),
    "started again": (NO,        "done",  NO,         NO,      NO),
    "verified":      (NO,        NO,      NO,         NO,      "closed"),
    "closed":        (NO,        NO,      NO,         NO,      NO),
}  # fmt: skip
"""State → the state to which each verb leads, or that it is refused."""

VERBS = (STARTED, DONE, WORKS, FAILS, CLOSED)
WHAT_TO_DO = {
    "open": "start it first",
    "started": "say first that it is done",
    "done": "verify first whether it worked",
    "verified": "close it",
    "closed": "open another one",
}
"""What a refusal says in each state of the lifecycle."""


def past(state: str) -> Any:
    return given(CORRECTIONS, *happened(KEY, NOON, *CAME[state]), key=KEY)


@pytest.mark.parametrize(
    ("state", "verb", "leads_to"), [(state, *one) for state, row in TABLE.items() for one in zip(VERBS, row, strict=True)]
)
def test_each_verb_in_each_state(state: str, verb: Any, leads_to: str) -> None:
    asked, now = past(state).when(go_on, verb, **ASK), past(state).state.state
    if leads_to == UNKNOWN:
        no = asked.refused("unknown-correction")
        assert no.status == 404 and "GET /corrections lists" in no.detail
    elif leads_to == NO:
        no = asked.refused(f"correction-{now}")
        assert no.status == 409 and WHAT_TO_DO[now] in no.detail
    else:
        asked.then(verb)
        assert past(state).after(go_on, verb, **ASK).state.state == leads_to


def test_the_table_has_every_state_and_every_event() -> None:
    assert {past(state).state.state for state in CAME} == LIFECYCLE.keys()
    assert {type(one) for one in LIFE} == CORRECTIONS.keeps
    assert {event for row in LIFECYCLE.values() for event in row} == CORRECTIONS.keeps - {CorrectionOpened}


def test_a_correction_is_opened_once() -> None:
    past("nothing").when(open_correction, OPENED, FIGURES, ["p"], **ASK).then(OPENED)
    for state in CAME.keys() - {"nothing"}:
        past(state).when(open_correction, OPENED, FIGURES, ["p"], **ASK).nothing()
        other = CorrectionOpened(owner="another", why="words:why", figure="response_timeliness", process_id="p")
        past(state).when(open_correction, other, FIGURES, ["p"], **ASK).refused("correction-exists")


@pytest.mark.parametrize(
    ("why", "figure", "process", "says"),
    [
        ("a slip in a figure", "response_timelines", "", "Did you mean response_timeliness?"),
        ("a slip in a process", "", "inbound-cal", "Did you mean inbound-call?"),
        ("no such process", "", "zzz", "Known here: complaint, inbound-call."),
    ],
)
def test_what_it_is_about_is_there(why: str, figure: str, process: str, says: str) -> None:
    said = CorrectionOpened(owner="mei", why="words:why", figure=figure, process_id=process)
    no = past("nothing").when(open_correction, said, FIGURES, ["inbound-call", "complaint"], **ASK).refused("unknown-value")
    assert no.status == 422 and says in no.detail


def test_every_figure_may_have_shown_it() -> None:
    for name in FIGURES:
        said = CorrectionOpened(owner="mei", why="w", figure=name)
        past("nothing").when(open_correction, said, FIGURES, [], **ASK).then(said)


def test_what_turned_out_not_to_work_is_started_anew_and_nothing_is_forgotten() -> None:
    facts = [draft(said, KEY, NOON + n * HOUR) for n, said in enumerate(LIFE)]
    again = CORRECTIONS.of(KEY, facts[:4])
    assert (again.state, again.failed, again.effective, again.open_since) == ("open", 1, False, NOON + 3 * HOUR)
    assert (again.first_started_at, again.started_at, again.done_at) == (NOON + HOUR, NOON + HOUR, NOON + 2 * HOUR)
    begun = CORRECTIONS.of(KEY, facts[:5])
    assert (begun.first_started_at, begun.started_at, begun.done_at) == (NOON + HOUR, NOON + 4 * HOUR, None)
    over = CORRECTIONS.of(KEY, facts)
    assert (over.state, over.failed, over.effective, over.verified_at) == ("closed", 1, True, NOON + 6 * HOUR)
    assert (over.opened_at, over.open_since, over.closed_at) == (NOON, NOON + 3 * HOUR, NOON + 7 * HOUR)


@forall(some.permutations([*enumerate(LIFE)]), some.integers(1, len(LIFE)), some.booleans())
def test_facts_in_any_order_and_told_twice_give_the_same_state(story: Any, many: int, at_once: bool) -> None:
    """Of any part of them, too: a late fact is folded as if it had come in time."""
    facts = [draft(said, KEY, NOON + (0 if at_once else n) * HOUR, sequence=n) for n, said in story][:many]
    kept = encode_state(CORRECTIONS.initial(KEY))
    for fact in sorted(facts, key=lambda fact: fact.order):
        kept = encode_state(CORRECTIONS.evolve(CORRECTIONS.decode(kept), fact))
    assert kept == encode_state(CORRECTIONS.of(KEY, [*facts, *facts[:2]]))


def test_what_was_never_opened_has_no_row() -> None:
    for n in range(1, len(LIFE)):
        assert list(CORRECTIONS.rows(KEY, CORRECTIONS.of(KEY, happened(KEY, NOON, *LIFE[n:])))) == []
    assert len(list(CORRECTIONS.rows(KEY, past("open").state))) == 1


def test_a_risk_s_facts_are_none_of_a_correction() -> None:
    assert RiskRegistered not in CORRECTIONS.keeps


@pytest.mark.parametrize("earlier", [timedelta(0), HOUR])
def test_what_is_said_stands_behind_what_was_said_before_also_where_this_clock_is_behind(earlier: timedelta) -> None:
    one = past("nothing").after(open_correction, OPENED, FIGURES, ["p"], at=NOON, actor="mei")
    for verb in (STARTED, DONE, FAILS, STARTED, DONE, WORKS, CLOSED):
        one = one.after(go_on, verb, at=NOON - earlier, actor="mei")
    assert [fact.data for fact in sorted(one.facts, key=lambda fact: fact.order)] == list(LIFE)
    assert len({fact.id for fact in one.facts}) == len(LIFE) and one.state.state == "closed"
