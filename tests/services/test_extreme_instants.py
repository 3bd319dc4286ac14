"""No valid instant, however far away, keeps a service from folding, showing, timing or settling a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.catalogue.promise import Target
from libs.events.engine.book import encode_state
from libs.events.engine.known import Known
from libs.events.log.envelope import draft, fact_of, record_of
from libs.events.testing.sample_standard import CALENDAR, STANDARD
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.service import SERVICE as INTAKE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from services.survey.service import SERVICE as SURVEY

pytestmark = pytest.mark.slow

KEY = "case-1"
EAST, WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
INSTANTS = {
    "the first there is": datetime.min.replace(tzinfo=UTC),
    "before it, seen from the east": datetime.min.replace(tzinfo=EAST),
    "the earliest taken": datetime(1970, 1, 1, tzinfo=UTC),
    "before every calendar": datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    "after every calendar": datetime(2199, 12, 31, tzinfo=WEST),
    "a day before the last": datetime(9999, 12, 30, tzinfo=UTC),
    "the last there is": datetime.max.replace(tzinfo=UTC),
    "after it, seen from the west": datetime.max.replace(tzinfo=WEST),
}
LIMITS = ("30m", "24h", "99999d", "8wh", "99999wh", "3wd", "99999wd")


def shelf():
    targets = tuple(
        Target(clock=f"to {limit} {stop}", kind="x", limit=limit, start="registered", stop=stop, pauses=("awaiting_customer",))
        for limit in LIMITS
        for stop in ("resolved", "closed", "first_response")
    )
    found = Known()
    for data, key in (
        (sla.CalendarPublished(calendar=CALENDAR), CALENDAR.id),
        (routing.ProcessPublished(standard=replace(STANDARD, targets=targets, survey_days=1_000_000)), STANDARD.process_id),
    ):
        found.learn(draft(data, key, datetime(2025, 1, 1, tzinfo=UTC)))
    return found


SHELF = shelf()


def facts(at, other, origin):
    """Return a whole life that begins at one instant; its end, and every instant it mentions, is the other."""
    registered = intake.CaseRegistered(
        channel="web", customer_ref="c", process_id=STANDARD.process_id, process_version=STANDARD.version
    )
    said = [
        (registered, at),
        (routing.CaseClassified(process_id=STANDARD.process_id, process_version=STANDARD.version), at),
        (routing.NodeEntered(node=STANDARD.nodes[0].id), at),
        (routing.NodeStarted(node=STANDARD.nodes[0].id), other),
        (routing.ExceptionRaised(code="awaiting_customer"), at),
        (routing.ExceptionCleared(code="awaiting_customer"), other),
        (intake.ContactLogged(direction="outbound", channel="web", purpose="response"), other),
        (routing.NodeCompleted(node=STANDARD.nodes[0].id), other),
        (routing.CaseResolved(), other),
        (routing.CaseReopened(reason="again"), other),
        (routing.CaseResolved(), other),
        (survey.SurveySent(survey_id="s", channel="web", expires_at=other), at),
        (survey.SurveySent(survey_id="t", channel="web", expires_at=at), other),
        (survey.SurveyAnswered(survey_id="s", overall=4), other),
        (routing.CaseClosed(), other),
    ]
    drafts = [draft(data, KEY, when, sequence=n, origin=origin) for n, (data, when) in enumerate(said)]
    return [fact_of(record_of(one, one.time).body) for one in drafts]


def looked_at(service, told):
    """Do all that a service does with a case's facts, and take in its answers."""
    book = service.book["cases"]
    for until in (None, *INSTANTS.values()):
        kept = [fact for fact in told if fact.kind.cls in book.keeps]
        state = book.decode(encode_state(book.of(KEY, kept)))
        shown = [value for row in book.rows(KEY, state) for value in row.values]
        timed = [timer.due_at for timer in book.timers(KEY, state)]
        for value in (*shown, *timed):
            if isinstance(value, datetime):
                value.astimezone(UTC)  # as the driver of the database does
        assert set(book.awaits(KEY, state)) <= {"calendar cn-office", "policy complaint-quality"}
        if book.settle is not None:
            told = [*told, *book.settle(KEY, state, SHELF, until)]
    for fact in told:
        if reaction := book.reactions.get(fact.kind.cls):
            list(reaction(book.of(KEY, []), fact, SHELF))


@pytest.mark.parametrize("origin", ["live", "import"])
@pytest.mark.parametrize("other", INSTANTS)
@pytest.mark.parametrize("at", INSTANTS)
def test_no_two_instants_are_too_far_for_any_service_wherever_the_story_ends(at, other, origin):
    for service in (INTAKE, ROUTING, SLA, SURVEY, ANALYTICS):
        for many in range(1, 16, 7):
            looked_at(service, facts(INSTANTS[at], INSTANTS[other], origin)[:many])
