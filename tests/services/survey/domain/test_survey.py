"""What the fold keeps of a case, and when an answer is accepted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.routing import CaseClosed
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.log.schema import check
from libs.events.testing.spec import given
from services.survey.books import CASES
from services.survey.domain.survey import answer, whose
from tests.histories import histories
from tests.services.survey.story import ANNA, BO, KEY, QUEUE, REGISTERED, REOPENED, RESOLVED, day, fact

SENT = SurveySent(survey_id="s1", channel="web", agent="anna", team="quality", expires_at=day(17))
ASKED = given(CASES, fact(0, REGISTERED), fact(3, RESOLVED), fact(3, SENT, sequence=2))
MICRO = timedelta(microseconds=1)
GOOD = SurveyAnswered(survey_id="s1", overall=4, scores={"content": 5}, commented=True)
BAD = SurveyAnswered(survey_id="s1", overall=1, commented=True)
OTHER = SurveyAnswered(survey_id="s1", overall=4, scores={"content": 4}, commented=True)
OVER = SurveyExpired(survey_id="s1")
BACK = SurveyExpired(survey_id="s1", reason="reopened")
GIVEN = (4, {"content": 5}, True)
ANSWERED = ASKED.after(answer, "s1", *GIVEN, changes=False, at=day(5))


def surveyed(*facts):
    return given(CASES, *facts).state.surveys["s1"]


def test_an_answer_is_said_as_the_customers_own():
    (said,) = ASKED.when(answer, "s1", *GIVEN, changes=False, at=day(5)).then(GOOD).facts
    check(said)
    assert (said.key, said.time, said.actor, said.origin) == (KEY, day(5), "customer", "live")


@pytest.mark.parametrize(
    ("why", "words", "said"),
    [
        ("the same again", GIVEN, []),
        ("the same marks and no words", (4, {"content": 5}, False), []),
        ("another mark", (1, {}, False), [BAD]),
        ("another dimension", (4, {"content": 4}, True), [OTHER]),
    ],
)  # fmt: skip
def test_a_second_answer_replaces_the_first_only_where_the_standard_lets_it(why, words, said):
    ANSWERED.when(answer, "s1", *words, changes=True, at=day(6)).then(*said)
    if said:
        refused = ANSWERED.when(answer, "s1", *words, changes=False, at=day(6)).refused("survey-answered")
        assert refused.status == 409, why
    else:
        ANSWERED.when(answer, "s1", *words, changes=False, at=day(6)).nothing()


def test_other_words_are_another_answer():
    ANSWERED.when(answer, "s1", *GIVEN, changes=False, reworded=True, at=day(6)).refused("survey-answered")
    ANSWERED.when(answer, "s1", *GIVEN, changes=True, reworded=True, at=day(6)).nothing()


def test_the_latest_answer_counts_and_the_first_is_remembered():
    state = ANSWERED.after(answer, "s1", 1, {}, False, changes=True, at=day(6)).state.surveys["s1"]
    assert (state.overall, state.scores, state.commented, state.answers) == (1, {}, True, 2)
    assert (state.first_answered_at, state.answered_at, state.status) == (day(5), day(6), "answered")


@pytest.mark.parametrize(
    ("why", "survey_id", "at", "code", "status"),
    [
        ("nobody was asked that", "s2", day(5), "unknown-survey", 404),
        ("the first instant after the end", "s1", day(17), "survey-expired", 410),
        ("long after", "s1", day(99), "survey-expired", 410),
    ],
)  # fmt: skip
def test_refused(why, survey_id, at, code, status):
    for changes in (True, False):
        assert ASKED.when(answer, survey_id, 5, {}, False, changes=changes, at=at).refused(code).status == status, why


def test_a_reopening_takes_the_form_away():
    given(CASES, fact(0, REGISTERED), fact(3, RESOLVED), fact(3, SENT, sequence=2), fact(4, BACK)).when(
        answer, "s1", *GIVEN, changes=True, at=day(5)
    ).refused("survey-reopened")


def test_the_last_instant_is_in_time():
    ASKED.when(answer, "s1", *GIVEN, changes=False, at=day(17) - MICRO).then(GOOD)


def test_an_imported_answer_without_an_invitation_cannot_be_changed():
    told = given(CASES, fact(5, GOOD, origin="import"))
    told.when(answer, "s1", 1, {}, False, changes=True, at=day(6)).refused("unknown-survey")


@pytest.mark.parametrize(
    ("why", "facts", "status"),
    [
        ("asked", [fact(3, SENT)], "open"),
        ("answered", [fact(3, SENT), fact(5, GOOD)], "answered"),
        ("silent to the end", [fact(3, SENT), fact(17, OVER)], "expired"),
        ("an answer in time that became known late", [fact(3, SENT), fact(17, OVER), fact(5, GOOD)], "answered"),
        ("another system tells the answer only", [fact(5, GOOD, origin="import")], "answered"),
    ],
)  # fmt: skip
def test_status(why, facts, status):
    assert surveyed(*facts).status == status, why


@pytest.mark.parametrize(
    ("why", "facts", "who"),
    [
        ("nobody", [], ("", "")),
        ("team and agent", [fact(1, ANNA)], ("anna", "quality")),
        ("an agent of the same team", [fact(1, ANNA), fact(2, BO)], ("bo", "quality")),
        ("back in a queue", [fact(1, ANNA), fact(2, QUEUE)], ("", "second-line")),
        ("by time, not by arrival", [fact(2, BO), fact(1, ANNA)], ("bo", "quality")),
        ("only what came before", [fact(1, ANNA), fact(4, BO)], ("anna", "quality")),
    ],
)  # fmt: skip
def test_who_resolved(why, facts, who):
    (cycle,) = given(CASES, *facts, fact(3, RESOLVED)).state.cycles
    (resolution,) = cycle.endings
    assert (resolution.agent, resolution.team) == who, why


def test_the_first_registration_the_first_sending_and_the_first_end_hold():
    again = [replace(REGISTERED, customer_ref="wu"), replace(SENT, agent="bo", expires_at=day(20)), BACK]
    state = given(CASES, fact(0, REGISTERED), fact(3, SENT), fact(17, OVER), *(fact(18, one) for one in again)).state
    one = state.surveys["s1"]
    assert (state.customer_ref, one.agent, one.expires_at) == ("li", "anna", day(17))
    assert (one.sent_at, one.expired_at, one.end_reason) == (day(3), day(17), "")


TOLD = SurveyAnswered(survey_id="s1", overall=4)


@pytest.mark.parametrize(
    ("why", "facts", "who"),
    [
        ("the invitation says it", [fact(1, BO), fact(3, RESOLVED), fact(4, SENT), fact(5, TOLD)], ("anna", "quality")),
        ("who resolved it", [fact(1, ANNA), fact(3, RESOLVED), fact(4, BO), fact(5, TOLD)], ("anna", "quality")),
        ("the last resolution before the answer", [fact(1, ANNA), fact(2, RESOLVED), fact(3, REOPENED), fact(4, BO),
            fact(5, RESOLVED), fact(6, TOLD)], ("bo", "quality")),
        ("an answer that has a day only", [fact(1, ANNA), fact(2, TOLD), fact(3, RESOLVED)], ("anna", "quality")),
        ("an invitation that names nobody", [fact(1, ANNA), fact(3, RESOLVED),
            fact(4, SurveySent(survey_id="s1", channel="mail", expires_at=day(9)))], ("anna", "quality")),
        ("an invitation that names an agent only", [fact(1, ANNA), fact(3, RESOLVED),
            fact(4, replace(SENT, agent="bo", team=""))], ("bo", "")),
        ("not who closed it later", [fact(1, ANNA), fact(3, RESOLVED), fact(4, BO), fact(5, CaseClosed()), fact(6, TOLD)],
            ("anna", "quality")),
        ("who resolved it at the instant of the answer", [fact(1, ANNA), fact(2, RESOLVED), fact(3, REOPENED), fact(4, BO),
            fact(5, RESOLVED), fact(5, TOLD)], ("bo", "quality")),
        ("not who resolved it after the answer", [fact(1, ANNA), fact(2, RESOLVED), fact(3, TOLD), fact(4, REOPENED),
            fact(5, BO), fact(6, RESOLVED)], ("anna", "quality")),
        ("never resolved", [fact(1, ANNA), fact(5, TOLD)], ("", "")),
    ],
)  # fmt: skip
def test_an_answer_without_an_invitation_is_about_who_resolved_the_case(why, facts, who):
    state = given(CASES, *facts).state
    assert whose(state, state.surveys["s1"]) == who, why
    (row,) = (one for one in CASES.rows(KEY, state) if one.table == "surveys")
    assert (row.values[10], row.values[11]) == who


_EVENTS = st.sampled_from([REGISTERED, ANNA, BO, QUEUE, RESOLVED, REOPENED, SENT, GOOD, BAD, OVER, BACK])
_FACTS = histories(fact, _EVENTS, st.integers(0, 3), max_size=8)


@pytest.mark.slow
@forall(_FACTS, st.randoms())
def test_arrival_order_and_repetition_change_nothing(facts, random):
    shuffled = [*facts, *facts[:3]]
    random.shuffle(shuffled)
    assert CASES.of(KEY, shuffled) == CASES.of(KEY, facts)
