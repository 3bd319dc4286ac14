"""What resolutions and silence imply: an invitation for each resolution not asked about, an end for each left unanswered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from libs.events.catalogue.survey import SurveyExpired, SurveySent
from libs.events.envelope import Fact, draft
from libs.events.fold import Timer
from libs.events.now import derived_id
from libs.events.standards import Standards
from services.survey.domain.eligibility import survey_id_of, to_ask
from services.survey.domain.survey import Invitation, Resolution, SurveyCase


def settle(key: str, case: SurveyCase, standards: Standards, until: datetime | None) -> list[Fact]:
    """Say what was not said yet: who is asked, and, once time has passed, which invitation ended unanswered."""
    asked = [_invite(key, case, resolution, standards) for resolution in to_ask(case)]
    if until is None:
        return asked
    return asked + [_expire(key, one) for one in case.surveys.values() if _is_over(one, until)]


def timers(key: str, case: SurveyCase) -> Iterable[Timer]:
    """Yield the end of every invitation that may still be answered."""
    for one in case.surveys.values():
        if _may_expire(one) and one.expires_at is not None:
            yield Timer(one.survey_id, one.expires_at)


def _invite(key: str, case: SurveyCase, resolution: Resolution, standards: Standards) -> Fact:
    standard = standards.process(case.process_id, case.process_version)
    sent = SurveySent(
        survey_id=survey_id_of(resolution),
        channel=case.channel,
        agent=resolution.agent,
        team=resolution.team,
        expires_at=resolution.at + timedelta(days=standard.survey_days),
    )
    id = derived_id("survey.sent", resolution.fact_id)
    fact = draft(sent, key, resolution.at, id=id, sequence=resolution.sequence + 1)
    return msgspec.structs.replace(
        fact, causation=str(resolution.fact_id), correlation=resolution.correlation, trace=resolution.trace
    )


def _expire(key: str, one: Invitation) -> Fact:
    assert one.expires_at is not None
    id = derived_id("survey.expired", key, one.survey_id)
    return draft(SurveyExpired(survey_id=one.survey_id), key, one.expires_at, id=id)


def _is_over(one: Invitation, until: datetime) -> bool:
    return _may_expire(one) and one.expires_at is not None and until >= one.expires_at


def _may_expire(one: Invitation) -> bool:
    # An imported invitation ends when its own system says so; its answer may be in the next batch.
    return one.status == "open" and one.origin != "import"
