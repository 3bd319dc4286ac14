"""A survey's row fits its table, and the state survives being kept."""

from msgspec import Raw

from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.engine.book import encode_state
from services.survey.alarms import settle
from services.survey.books import CASES
from services.survey.tables import TABLES
from tests.services.survey.story import ANNA, KEY, REGISTERED, RESOLVED, SHELF, day, fact

SENT = SurveySent(survey_id="s", channel="web", agent="anna", team="quality", expires_at=day(17))
ANSWERS = [
    fact(5, SurveyAnswered(survey_id="s", overall=2, scores={"efficiency": 1, "content": 3})),
    fact(6, SurveyAnswered(survey_id="s", overall=3, scores={"efficiency": 2, "content": 3}, commented=True)),
]
COLUMNS = [column.name for column in TABLES["surveys"].stored]


def row_of(*facts):
    (row,) = CASES.rows(KEY, CASES.of(KEY, facts))
    assert row.table == "surveys"
    return dict(zip(COLUMNS, row.key + row.values, strict=True))


def test_the_row_is_what_the_table_has():
    assert row_of(fact(0, REGISTERED), fact(3, SENT), *ANSWERS) == {
        "case_id": KEY,
        "survey_id": "s",
        "status": "answered",
        "channel": "web",
        "sent_at": day(3),
        "expires_at": day(17),
        "answered_at": day(6),
        "first_answered_at": day(5),
        "answers": 2,
        "overall": 3,
        "scores": Raw(b'{"content":3,"efficiency":2}'),
        "commented": True,
        "agent": "anna",
        "team": "quality",
        "process_id": "complaint-quality",
        "process_version": 1,
        "origin": "live",
        "end_reason": "",
    }


def test_another_system_may_tell_the_answer_only():
    row = row_of(fact(5, SurveyAnswered(survey_id="s", overall=2), origin="import"))
    assert (row["sent_at"], row["expires_at"], row["origin"], row["process_version"]) == (day(5), None, "import", 0)


def test_or_only_the_end():
    assert row_of(fact(9, SurveyExpired(survey_id="s"), origin="import"))["sent_at"] == day(9)


def test_the_state_survives_being_kept():
    facts = [fact(0, REGISTERED), fact(1, ANNA), fact(3, RESOLVED), fact(4, SENT), *ANSWERS]
    state = CASES.of(KEY, facts)
    kept = CASES.decode(encode_state(state))
    assert kept == state
    assert settle(KEY, kept, SHELF, day(99)) == settle(KEY, state, SHELF, day(99))
