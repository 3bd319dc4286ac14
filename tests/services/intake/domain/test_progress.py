"""What a customer may know of her case follows from the set of its facts, and nothing of those who work on it is in there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import (
    CaseClosed,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeStarted,
)
from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
    ClockWithdrawn,
)
from libs.events.engine.book import encode_state
from libs.events.log.envelope import fact_of, record_of
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.told import Teller
from services.intake.books import PROGRESS
from services.intake.domain.progress import CONTACTS_MAX
from services.intake.domain.steps import Steps, steps_of

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
TELL = Teller("c1", AT)
SECRETS = ("mei", "li.na", "calm down", "quality team")


def starts(clock, due, kind=""):
    return ClockStarted(clock=clock, kind=kind or clock, limit="1h", due_at=TELL.at(due), process_version=1)


def waits(clock, *, done=False):
    return ClockWaiting(
        clock=clock, kind=clock, limit="1h", process_version=1, calendar="c", calendar_version=1, reason="too_late", done=done
    )


def met(clock):
    return ClockMet(clock=clock, due_at=TELL.at(60), used_us=1, paused_us=0)


ENTERED, STARTED, COMPLETED = NodeEntered(node="n1"), NodeStarted(node="n1", agent="mei"), NodeCompleted(node="n1", agent="mei")
NEXT, BACK = NodeEntered(node="n2"), NodeReturned(node="n2", to_node="n1", reason="calm down")
RAISED, CLEARED = ExceptionRaised(code="awaiting_customer"), ExceptionCleared(code="awaiting_customer")
PARTS = ExceptionRaised(code="awaiting_parts")
INNER = ExceptionRaised(code="info_incomplete")
RESOLVED, CLOSED = CaseResolved(agent="mei", team="quality team"), CaseClosed()
REJECTED, WITHDRAWN = CaseResolved(outcome="rejected"), CaseClosed(outcome="withdrawn")
REOPENED = CaseReopened(reason="calm down")
TALK = ContactLogged(direction="outbound", channel="phone", purpose="response", agent="mei")
RESPONSE, CYCLE, STEP = starts("response", 30), starts("cycle", 600), starts("node:n1", 5, "node")
BROKEN = ClockBreached(clock="response", due_at=TELL.at(30))
PAUSED, RESUMED = ClockPaused(clock="response", reason="x"), ClockResumed(clock="response", due_at=TELL.at(90))
LATE = ClockEnded(clock="response", due_at=TELL.at(30), used_us=1, paused_us=0)
LAPSED = ClockCancelled(clock="response", reason="closed")


def state_of(story):
    return PROGRESS.of("c1", TELL.facts(list(enumerate(story))))


@pytest.mark.parametrize(
    ("why", "story", "node"),
    [
        ("nothing happened yet", [], ""),
        ("it arrived", [ENTERED], "n1"),
        ("work began", [ENTERED, STARTED], "n1"),
        ("history is silent about the arrival", [STARTED], "n1"),
        ("between two steps", [ENTERED, COMPLETED], ""),
        ("at the next one", [ENTERED, COMPLETED, NEXT], "n2"),
        ("sent back", [ENTERED, COMPLETED, NEXT, BACK, ENTERED], "n1"),
        ("still followed up", [ENTERED, RESOLVED, COMPLETED, NEXT], "n2"),
        ("closed", [ENTERED, CLOSED], ""),
        ("closed, and taken up again", [ENTERED, CLOSED, REOPENED], "n1"),
    ],
)  # fmt: skip
def test_it_is_at(why, story, node):
    assert state_of(story).node == node


@pytest.mark.parametrize(
    ("why", "story", "whom"),
    [
        ("for nobody", [ENTERED], ""),
        ("for her", [RAISED], "customer"),
        ("for others", [PARTS], "others"),
        ("for her first", [PARTS, RAISED], "customer"),
        ("no longer for her", [PARTS, RAISED, CLEARED], "others"),
        ("no longer", [RAISED, CLEARED], ""),
        ("said twice, cleared once", [RAISED, RAISED, CLEARED], ""),
        ("what is no wait stays inside", [INNER], ""),
        ("not when it is resolved", [RAISED, RESOLVED], ""),
        ("a reopening ends what the end left open", [RAISED, CLOSED, REOPENED], ""),
        ("a reopening of what was only resolved does not", [RAISED, RESOLVED, REOPENED], "customer"),
    ],
)  # fmt: skip
def test_it_waits(why, story, whom):
    assert state_of(story).waits_for == whom


@pytest.mark.parametrize(
    ("why", "story", "due"),
    [
        ("nothing was promised", [], None),
        ("one promise", [RESPONSE], (30, "response")),
        ("the first of two", [CYCLE, RESPONSE], (30, "response")),
        ("a limit of a step is our own affair", [CYCLE, STEP], (600, "cycle")),
        ("also when it breaks", [CYCLE, STEP, ClockBreached(clock="node:n1", due_at=TELL.at(5))], (600, "cycle")),
        ("a decision within is our matter", [CYCLE, starts("gate:go", 5, "gate")], (600, "cycle")),
        ("so is until when we ask her", [CYCLE, starts("exception:info_incomplete", 5, "exception")], (600, "cycle")),
        ("the next after one was kept", [CYCLE, RESPONSE, met("response")], (600, "cycle")),
        ("none while it rests", [RESPONSE, PAUSED], None),
        ("later when it goes on", [RESPONSE, PAUSED, RESUMED], (90, "response")),
        ("a broken one stays due", [CYCLE, RESPONSE, BROKEN], (30, "response")),
        ("a broken one does not rest", [RESPONSE, BROKEN, PAUSED], (30, "response")),
        ("made good late", [CYCLE, RESPONSE, BROKEN, LATE], (600, "cycle")),
        ("lapsed", [RESPONSE, LAPSED], None),
        ("not known while its calendar is not", [waits("response")], None),
        ("known when the calendar is", [waits("response"), RESPONSE], (30, "response")),
        ("its calendar ran out", [RESPONSE, waits("response")], None),
        ("done, though nobody can count it", [RESPONSE, BROKEN, waits("response", done=True)], None),
        ("nothing when it is resolved", [RESPONSE, RESOLVED], None),
        ("again when it is reopened", [RESPONSE, RESOLVED, REOPENED], (30, "response")),
        ("its second run", [RESPONSE, met("response"), starts("response", 200)], (200, "response")),
    ],
)  # fmt: skip
def test_it_is_due(why, story, due):
    assert state_of(story).due == (due and (TELL.at(due[0]), due[1]))


@pytest.mark.parametrize("story", [[RESPONSE, met("response")], [CYCLE, RESPONSE, BROKEN]], ids=["met", "broken"])
def test_what_is_withdrawn_was_never_said(story):
    facts = TELL.facts(list(enumerate(story)))
    gone = TELL.fact(9, ClockWithdrawn(clock="response", withdrawn_id=facts[-1].id, what="x"), sequence=99)
    assert PROGRESS.of("c1", [*facts, gone]).due == state_of([RESPONSE]).due


@pytest.mark.parametrize(
    ("why", "story", "phase", "outcome", "ended"),
    [
        ("it runs", [ENTERED], "open", "", None),
        ("resolved", [RESOLVED], "resolved", "resolved", None),
        ("closed", [RESOLVED, CLOSED], "closed", "resolved", 1),
        ("rejected", [REJECTED, CLOSED], "closed", "rejected", 1),
        ("closed twice, the first holds", [CLOSED, CLOSED], "closed", "resolved", 0),
        ("resolved after its end", [CLOSED, REJECTED], "closed", "resolved", 0),
        ("withdrawn", [WITHDRAWN], "cancelled", "withdrawn", 0),
        ("withdrawn too late", [CLOSED, WITHDRAWN], "closed", "resolved", 0),
        ("reopened", [CLOSED, REOPENED], "open", "", None),
        ("ended again", [CLOSED, REOPENED, CLOSED], "closed", "resolved", 2),
    ],
)  # fmt: skip
def test_it_ends(why, story, phase, outcome, ended):
    state = state_of(story)
    assert (state.phase, state.outcome, state.ended_at) == (phase, outcome, None if ended is None else TELL.at(ended))


def test_the_last_talks_are_kept():
    state = state_of([TALK] * (CONTACTS_MAX + 5))
    assert [one.at for one in state.talks] == [TELL.at(n) for n in range(5, CONTACTS_MAX + 5)]


def test_a_talk_keeps_what_she_said_of_the_result():
    told = [replace(TALK, purpose="result", meets_expectation=one) for one in (True, False, None)]
    assert [one.meets_expectation for one in state_of(told).talks] == [True, False, None]


EVERY = [ENTERED, STARTED, COMPLETED, NEXT, BACK, RAISED, CLEARED, PARTS, INNER, RESOLVED, REJECTED, CLOSED, WITHDRAWN,
         REOPENED, TALK, RESPONSE, CYCLE, STEP, BROKEN, PAUSED, RESUMED, LATE, LAPSED, met("cycle"),
         waits("response"), waits("cycle", done=True)]  # fmt: skip
stories = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(EVERY)), max_size=30)


@forall(stories, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_and_what_is_kept_is_the_same(story, chance):
    facts = TELL.facts(story)
    state = PROGRESS.of("c1", facts)
    mixed = [*facts, *facts[::2]]
    chance.shuffle(mixed)
    assert PROGRESS.of("c1", mixed) == state == PROGRESS.decode(encode_state(state))
    heard = [fact_of(record_of(fact, fact.time).body) for fact in facts]
    assert list(PROGRESS.rows("c1", PROGRESS.of("c1", heard))) == list(PROGRESS.rows("c1", state))


@forall(stories)
def test_nobody_who_works_on_it_is_in_what_is_kept_or_shown(story):
    state = PROGRESS.of("c1", TELL.facts(story))
    told = encode_state(state).decode() + str(list(PROGRESS.rows("c1", state)))
    assert [word for word in SECRETS if word in told] == []


@pytest.mark.parametrize(
    ("why", "node", "has_begun", "number", "now", "next"),
    [
        ("before the first", "", False, 0, None, "n1"),
        ("at the first", "n1", True, 1, "n1", "n2"),
        ("at the last", STANDARD.nodes[-1].id, True, len(STANDARD.nodes), STANDARD.nodes[-1].id, None),
        ("between two", "", True, 0, None, None),
        ("at one that its standard does not have", "x", True, 0, None, None),
    ],
)  # fmt: skip
def test_the_way_of_the_standard(why, node, has_begun, number, now, next):
    steps = steps_of(STANDARD, node, has_begun=has_begun)
    assert (steps.number, steps.now and steps.now.id, steps.next and steps.next.id) == (number, now, next)
    assert steps.count == len(STANDARD.nodes) and Steps().count == 0
