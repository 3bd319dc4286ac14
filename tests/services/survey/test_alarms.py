"""What resolutions and silence imply: said once, frozen, at the time at which it follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.standard import SurveyPolicy
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveyScheduled, SurveySent
from libs.events.engine.known import Known, NotYetKnown
from libs.events.log.schema import check
from libs.events.words.row import Timer
from services.survey.alarms import settle, timers
from services.survey.books import CASES
from services.survey.domain.eligibility import survey_id_of
from tests.services.survey.story import (
    ANNA,
    BO,
    KEY,
    QUEUE,
    REGISTERED,
    REOPENED,
    RESOLVED,
    SHELF,
    USUAL,
    day,
    fact,
)

CASE = [fact(0, REGISTERED), fact(1, ANNA), fact(3, RESOLVED)]
MICRO = timedelta(microseconds=1)


def settled(facts, until=None, shelf=SHELF):
    return settle(KEY, CASES.of(KEY, facts), shelf, until)


def told(facts, until=None, shelf=SHELF):
    """Return the facts with all that survey says to them, asked as the kernel asks: until it says nothing new."""
    facts = list(facts)
    while new := [one for one in settled(facts, until, shelf) if one.id not in {fact.id for fact in facts}]:
        facts += new
    return facts


def one_survey(facts):
    (survey,) = CASES.of(KEY, facts).surveys.values()
    return survey


def test_the_customer_is_asked_at_the_instant_of_the_resolution():
    (said,) = settled(CASE)
    check(said)
    (cycle,) = CASES.of(KEY, CASE).cycles
    (resolution,) = cycle.endings
    assert said.data == SurveySent(
        survey_id=survey_id_of(resolution), channel="web", agent="anna", team="quality", expires_at=day(17)
    )
    assert (said.key, said.time, said.sequence, said.origin) == (KEY, day(3), 2, "live")
    assert (said.causation, said.correlation) == (str(CASE[2].id), str(CASE[2].id))
    assert said.order > CASE[2].order


def test_whom_the_answer_is_about_is_frozen():
    asked = [*told(CASE), fact(2, BO), fact(5, QUEUE)]
    assert settled(asked) == []
    assert (one_survey(asked).agent, one_survey(asked).team) == ("anna", "quality")


def test_the_resolver_named_by_the_resolution_goes_before_the_assigned_one():
    (said,) = settled([*CASE[:2], fact(3, replace(RESOLVED, agent="cy", team="field"))])
    assert (said.data.agent, said.data.team) == ("cy", "field")


def test_each_time_the_case_was_resolved_the_customer_is_asked_once():
    facts = told([*CASE, fact(4, RESOLVED)])
    assert len(CASES.of(KEY, facts).surveys) == 1
    facts = told([*facts, fact(5, REOPENED), fact(6, RESOLVED)])
    assert [one.status for one in CASES.of(KEY, facts).surveys.values()] == ["expired", "open"]
    assert settled(facts) == []


DELAY = timedelta(seconds=SurveyPolicy().delay_seconds)


def test_by_default_the_customer_is_asked_a_little_later():
    (said,) = settled(CASE, shelf=USUAL)
    check(said)
    survey_id = said.data.survey_id
    assert said.data == SurveyScheduled(survey_id=survey_id, send_at=day(3) + DELAY) and said.order > CASE[2].order
    facts = [*CASE, said]
    assert list(timers(KEY, CASES.of(KEY, facts))) == [Timer(survey_id, day(3) + DELAY)]
    assert [row.table for row in CASES.rows(KEY, CASES.of(KEY, facts))] == ["unasked"]
    assert settled(facts, day(3) + DELAY - MICRO, USUAL) == []
    (sent,) = settled(facts, day(3) + DELAY, USUAL)
    assert (sent.time, sent.data.survey_id, sent.data.expires_at) == (day(3) + DELAY, survey_id, day(17) + DELAY)
    assert list(timers(KEY, CASES.of(KEY, [*facts, sent]))) == [Timer(survey_id, day(17) + DELAY)]


def test_a_case_that_is_reopened_before_asks_nobody():
    facts = [*told(CASE, shelf=USUAL), fact(3, REOPENED, sequence=9)]
    assert settled(facts, day(99), USUAL) == []
    assert list(timers(KEY, CASES.of(KEY, facts))) == []


@pytest.mark.parametrize(
    ("why", "before", "at"),
    [
        ("while it is open", [fact(5, REOPENED)], day(5)),
        ("at the instant at which it was sent", [fact(3, REOPENED, sequence=9)], day(3)),
    ],
)
def test_a_reopening_ends_the_open_invitation(why, before, at):
    facts = [*told(CASE), *before]
    (end,) = settled(facts)
    check(end)
    assert end.data == SurveyExpired(survey_id=one_survey(facts).survey_id, reason="reopened"), why
    assert (end.time, end.causation) == (at, str(before[0].id))
    facts.append(end)
    assert (one_survey(facts).status, one_survey(facts).end_reason) == ("expired", "reopened")
    assert settled(facts, day(99)) == [] == list(timers(KEY, CASES.of(KEY, facts)))


def test_a_reopening_leaves_an_answer_as_it_is():
    facts = told(CASE)
    facts += [fact(4, SurveyAnswered(survey_id=one_survey(facts).survey_id, overall=3)), fact(5, REOPENED)]
    assert settled(facts) == []


def test_a_flap_leaves_one_open_invitation_however_it_is_heard():
    """Resolved, and five times reopened and resolved in a second."""
    flap = [(day(3) + n * timedelta(seconds=1) / 11, RESOLVED if n % 2 == 0 else REOPENED) for n in range(11)]
    heard = [fact(3, event, at=at) for at, event in flap]
    at_once, one_by_one = told([*CASE[:2], *heard], shelf=USUAL), [*CASE[:2]]
    for one in heard:
        one_by_one = told([*one_by_one, one], one.time, USUAL)
    for facts in (at_once, one_by_one):
        state = CASES.of(KEY, told(facts, day(4), USUAL))
        assert [one.status for one in state.surveys.values()] == ["open"]


@pytest.mark.parametrize(
    ("why", "answered_on", "until", "said"),
    [
        ("the last instant", None, day(17) - MICRO, 0),
        ("the end", None, day(17), 1),
        ("long after", None, day(99), 1),
        ("no time has passed", None, None, 0),
        ("answered", 5, day(99), 0),
    ],
)  # fmt: skip
def test_silence_ends_at_the_end(why, answered_on, until, said):
    facts = told(CASE)
    survey_id = one_survey(facts).survey_id
    if answered_on:
        facts.append(fact(answered_on, SurveyAnswered(survey_id=survey_id, overall=3)))
    ended = settled(facts, until)
    assert [one.data for one in ended] == [SurveyExpired(survey_id=survey_id)] * said, why
    assert all(one.time == day(17) for one in ended)


def test_an_end_is_said_once():
    facts = told(told(CASE), day(20))
    assert one_survey(facts).status == "expired"
    assert settled(facts, day(40)) == []


def test_after_a_long_stop_the_customer_is_asked_and_the_end_follows():
    (asked,) = settled(CASE, day(99))
    assert one_survey([*CASE, asked]).status == "open"
    assert one_survey(told(CASE, day(99))).status == "expired"


@pytest.mark.parametrize("origin", ["live", "import"])
def test_an_invitation_of_any_origin_ends_at_its_end(origin):
    sent = SurveySent(survey_id="x", channel="web", expires_at=day(9))
    facts = [fact(3, sent, origin=origin)]
    assert list(timers(KEY, CASES.of(KEY, facts))) == [Timer("x", day(9))]
    assert settled(facts, day(9) - MICRO) == []
    (end,) = settled(facts, day(9))
    # An imported case stays imported: nothing that reaches a customer follows from it.
    assert (end.data, end.time, end.origin) == (SurveyExpired(survey_id="x"), day(9), origin)
    assert settled([*facts, end], day(99)) == []


def test_an_answer_that_is_imported_after_the_end_counts():
    sent = fact(3, SurveySent(survey_id="x", channel="web", expires_at=day(9)), origin="import")
    facts = told([sent], day(99))
    assert one_survey(facts).status == "expired"
    assert one_survey([*facts, fact(5, SurveyAnswered(survey_id="x", overall=4), origin="import")]).status == "answered"


def test_a_timer_is_armed_until_the_survey_is_answered_or_over():
    facts = told(CASE)
    survey = one_survey(facts)
    assert list(timers(KEY, CASES.of(KEY, facts))) == [Timer(survey.survey_id, day(17))]
    answered = [*facts, fact(5, SurveyAnswered(survey_id=survey.survey_id, overall=3))]
    assert list(timers(KEY, CASES.of(KEY, answered))) == []
    assert list(timers(KEY, CASES.of(KEY, told(facts, day(17))))) == []


def test_a_standard_not_read_yet_makes_the_case_wait():
    with pytest.raises(NotYetKnown):
        settle(KEY, CASES.of(KEY, CASE), Known(), None)


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("there is nobody to ask", [fact(0, replace(REGISTERED, customer_ref="anonymous")), *CASE[1:]]),
        ("the customer was asked", told(CASE)),
        ("another system had ended the case", [*CASE[:2], fact(3, RESOLVED, origin="import")]),
    ],
)
def test_a_case_with_nothing_to_ask_waits_for_no_standard(why, facts):
    assert settle(KEY, CASES.of(KEY, facts), Known(), None) == [], why


_HEARD = st.lists(
    st.builds(
        lambda event, number, sequence, origin: fact(number, event, sequence=sequence, origin=origin),
        st.sampled_from([ANNA, BO, QUEUE, RESOLVED, RESOLVED, REOPENED]),
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from(["live", "live", "import"]),
    ),
    max_size=8,
)


@pytest.mark.slow
@forall(_HEARD, st.sampled_from([None, day(2), day(17), day(99)]))
def test_settling_comes_to_an_end(heard, until):
    assert settled(told([CASE[0], *heard], until), until) == []


def test_an_invitation_that_a_reopening_had_ended_before_it_was_sent_is_said_with_its_end():
    """Two resolutions and a reopening of one instant: the later one became known first, and was asked about."""
    second, first, back = (fact(3, event, sequence=n) for event, n in ((RESOLVED, 3), (RESOLVED, 1), (REOPENED, 2)))
    facts = told([CASE[0], second])
    for late in (first, back):
        facts = told([*facts, late])
    assert sorted(one.status for one in CASES.of(KEY, facts).surveys.values()) == ["expired", "open"]
    assert settled(facts) == []


@pytest.mark.slow
@forall(_HEARD)
def test_no_run_of_resolutions_is_asked_about_twice_in_any_portions(heard):
    facts = [CASE[0]]
    for one in heard:
        facts = told([*facts, one])
    state = CASES.of(KEY, facts)
    for cycle in state.cycles:
        live = [one for one in cycle.endings if one.origin == "live"]
        asked = [one for one in cycle.endings if survey_id_of(one) in state.surveys]
        assert len(asked) >= (1 if live else 0)
        assert all(one.origin == "live" for one in asked)
    assert sum(one.kind.cls is SurveySent for one in {one.id: one for one in facts}.values()) == len(state.surveys)
    assert sum(one.status == "open" for one in state.surveys.values()) <= 1
