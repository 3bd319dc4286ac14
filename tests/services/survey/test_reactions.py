"""Another system's surveys become our own facts, unjudged, once."""

import json

import pytest

from libs.events.catalogue.intake import FactRecorded
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.log.envelope import encode_data
from libs.events.log.schema import check
from services.survey.books import CASES
from services.survey.reactions import REACTIONS
from tests.services.survey.story import KEY, SHELF, day, fact

SENT = SurveySent(survey_id="x", channel="email", agent="anna", team="quality", expires_at=day(9))
ANSWERED = SurveyAnswered(survey_id="x", overall=2, scores={"attitude": 1}, commented=True)
EXPIRED = SurveyExpired(survey_id="x")


def told(number, name, event):
    data = json.loads(encode_data(event))
    return fact(number, FactRecorded(system="snow", fact=name, data=data), sequence=7, origin="import")


def said(heard, *before):
    return list(REACTIONS[FactRecorded](CASES.of(KEY, before), heard, SHELF))


@pytest.mark.parametrize(("name", "event"), [("survey.sent", SENT), ("survey.answered", ANSWERED), ("survey.expired", EXPIRED)])
def test_an_imported_fact_is_said_as_our_own(name, event):
    heard = told(4, name, event)
    (own,) = said(heard)
    check(own)
    assert own.data == event
    assert (own.source, own.key, own.time, own.sequence) == ("survey", KEY, day(4), 7)
    assert (own.origin, own.causation) == ("import", str(heard.id))


def test_history_is_not_judged():
    (own,) = said(told(99, "survey.answered", ANSWERED), fact(3, SENT, origin="import"), fact(9, EXPIRED, origin="import"))
    state = CASES.of(KEY, [fact(3, SENT, origin="import"), fact(9, EXPIRED, origin="import"), own])
    assert state.surveys["x"].status == "answered"


def test_hearing_it_twice_says_the_same_fact():
    heard = told(4, "survey.sent", SENT)
    assert said(heard)[0].id == said(heard, *said(heard))[0].id


def test_other_owners_facts_are_theirs():
    assert said(fact(4, FactRecorded(system="snow", fact="case.resolved", data={}), origin="import")) == []
