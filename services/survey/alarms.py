"""What follows from endings, reopenings and the passing of time: invitations, and their ends."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Standard
from libs.events.catalogue.survey import SurveyExpired, SurveyScheduled, SurveySent
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.now import derived_id, moved
from libs.events.words.row import Timer
from services.survey.domain.eligibility import Asking, asked, may_ask, survey_id_of, to_ask
from services.survey.domain.survey import REOPENED, Invitation, Step, SurveyCase


def settle(key: str, case: SurveyCase, known: Known, until: datetime | None) -> list[Fact]:
    """Say the missing events: new invitations, invitations that a reopening ended, and those that ended unanswered."""
    said = list(_ended(key, case))
    if may_ask(case):
        standard = known.version(PROCESS, case.process_id, case.process_version)
        for one in to_ask(case, standard.survey):
            said += _asked(key, case, one, standard, until)
    if until is not None:
        ended = {fact.id for fact in said}
        said += [fact for one in case.surveys.values() if _is_over(one, until) and (fact := _expire(key, one)).id not in ended]
    return said


def timers(key: str, case: SurveyCase) -> Iterable[Timer]:
    """Yield the end of every invitation that may still be answered, and when the next one is due."""
    for one in case.surveys.values():
        if one.status == "open" and one.expires_at is not None:
            yield Timer(one.survey_id, one.expires_at)
    if case.last is not None and asked(case, case.last) is None:
        for ending in case.last.endings:
            if (id := survey_id_of(ending)) in case.scheduled:
                yield Timer(id, case.scheduled[id])


def _asked(key: str, case: SurveyCase, due: Asking, standard: Standard, until: datetime | None) -> Iterator[Fact]:
    id = survey_id_of(due.ending)
    if due.is_certain or (until is not None and until >= due.at):
        yield _invite(key, case, due, standard)
    elif case.scheduled.get(id) != due.at:
        said = SurveyScheduled(survey_id=id, send_at=due.at)
        yield _after(due.ending, said, key, due.ending.at, derived_id("survey.scheduled", id, due.at.isoformat()))


def _invite(key: str, case: SurveyCase, due: Asking, standard: Standard) -> Fact:
    sent = SurveySent(
        survey_id=survey_id_of(due.ending),
        channel=case.channel,
        agent=due.ending.agent,
        team=due.ending.team,
        expires_at=moved(due.at, timedelta(days=standard.survey_days)),
    )
    return _after(due.ending, sent, key, due.at, derived_id("survey.sent", due.ending.fact_id))


def _ended(key: str, case: SurveyCase) -> Iterator[Fact]:
    for cycle in case.cycles:
        one = asked(case, cycle)
        if cycle.reopened is not None and one is not None and one.status == "open":
            said = SurveyExpired(survey_id=one.survey_id, reason=REOPENED)
            at = max(cycle.reopened.at, one.sent_at or cycle.reopened.at)
            yield _after(cycle.reopened, said, key, at, _end_id(key, one))


def _expire(key: str, one: Invitation) -> Fact:
    assert one.expires_at is not None
    return draft(SurveyExpired(survey_id=one.survey_id), key, one.expires_at, id=_end_id(key, one), origin=one.origin)


def _end_id(key: str, one: Invitation) -> UUID:
    return derived_id("survey.expired", key, one.survey_id)


def _is_over(one: Invitation, until: datetime) -> bool:
    return one.status == "open" and one.expires_at is not None and until >= one.expires_at


def _after(step: Step, said: Any, key: str, at: datetime, id: UUID) -> Fact:
    """Return an event as a fact that sorts after its cause and names it."""
    fact = draft(said, key, at, id=id, sequence=step.sequence + 1)
    return msgspec.structs.replace(fact, causation=str(step.fact_id), correlation=step.correlation, trace=step.trace)
