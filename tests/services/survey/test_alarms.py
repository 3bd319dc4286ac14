"""What resolutions and silence imply: said once, frozen, at the time at which it follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.fold import Timer
from libs.events.schema import check
from libs.events.standards import NotYetKnown, Standards
from services.survey.alarms import settle, timers
from services.survey.domain.eligibility import survey_id_of
from services.survey.domain.survey import SAID
from services.survey.projections import FOLD
from tests.services.survey.story import (
    ANNA,
    BO,
    KEY,
    QUEUE,
    REGISTERED,
    REOPENED,
    RESOLVED,
    SHELF,
    day,
    fact,
)

CASE = [fact(0, REGISTERED), fact(1, ANNA), fact(3, RESOLVED)]
MICRO = timedelta(microseconds=1)


def settled(facts, until=None):
    return settle(KEY, FOLD.of(KEY, facts), SHELF, until)


def told(facts, until=None):
    """Return the facts with all that survey says to them."""
    return [*facts, *settled(facts, until)]


def one_survey(facts):
    (survey,) = FOLD.of(KEY, facts).surveys.values()
    return survey


def test_the_customer_is_asked_at_the_instant_of_the_resolution():
    (said,) = settled(CASE)
    check(said)
    ((resolution,),) = FOLD.of(KEY, CASE).cycles
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
    assert len(FOLD.of(KEY, facts).surveys) == 1
    facts = told([*facts, fact(5, REOPENED), fact(6, RESOLVED)])
    assert len(FOLD.of(KEY, facts).surveys) == 2
    assert settled(facts) == []


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
    facts = told(CASE, day(99))
    assert one_survey(facts).status == "open"
    assert one_survey(told(facts, day(99))).status == "expired"


def test_an_imported_invitation_ends_when_its_own_system_says_so():
    sent = SurveySent(survey_id="x", channel="web", expires_at=day(9))
    facts = [fact(3, sent, origin="import")]
    assert settled(facts, day(99)) == []
    assert list(timers(KEY, FOLD.of(KEY, facts))) == []


def test_a_timer_is_armed_until_the_survey_is_answered_or_over():
    facts = told(CASE)
    survey = one_survey(facts)
    assert list(timers(KEY, FOLD.of(KEY, facts))) == [Timer(survey.survey_id, day(17))]
    answered = [*facts, fact(5, SurveyAnswered(survey_id=survey.survey_id, overall=3))]
    assert list(timers(KEY, FOLD.of(KEY, answered))) == []
    assert list(timers(KEY, FOLD.of(KEY, told(facts, day(17))))) == []


def test_a_standard_not_read_yet_makes_the_case_wait():
    with pytest.raises(NotYetKnown):
        settle(KEY, FOLD.of(KEY, CASE), Standards(), None)


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


@forall(_HEARD, st.sampled_from([None, day(2), day(17), day(99)]))
def test_settling_twice_says_nothing(heard, until):
    facts = told([CASE[0], *heard], until)
    # An end may follow from an invitation that was only just said.
    facts = told(facts, until)
    assert settled(facts, until) == []


@pytest.mark.slow
@forall(_HEARD)
def test_no_run_of_resolutions_is_asked_about_twice_in_whatever_portions_it_is_heard(heard):
    facts = [CASE[0]]
    for one in heard:
        facts = told([*facts, one])
    state = FOLD.of(KEY, facts)
    for cycle in state.cycles:
        live = [one for one in cycle if one.origin == "live"]
        asked = [one for one in cycle if survey_id_of(one) in state.surveys]
        assert len(asked) >= (1 if live else 0)
        assert all(one.origin == "live" for one in asked)
    assert sum(one.kind.cls in SAID for one in {one.id: one for one in facts}.values()) == len(state.surveys)
