"""One case as survey hears it, said briefly: day and fact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseAssigned, CaseReopened, CaseResolved
from libs.events.catalogue.standard import SurveyPolicy
from libs.events.log.envelope import draft
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.testing.told import Teller
from libs.events.words.now import derived_id

KEY = str(derived_id("case", "survey-tests"))
AT_ONCE = SurveyPolicy(delay_seconds=0, cool_down_hours=0)
SHELF = knowing(replace(STANDARD, survey_days=14, survey=AT_ONCE))
USUAL = knowing(replace(STANDARD, survey_days=14))
ANNA = CaseAssigned(team="quality", agent="anna")
BO = CaseAssigned(agent="bo")
QUEUE = CaseAssigned(team="second-line")
RESOLVED = CaseResolved()
REOPENED = CaseReopened(reason="smokes again")
REGISTERED = CaseRegistered(channel="web", customer_ref="li", process_id=STANDARD.process_id, process_version=STANDARD.version)


day = Teller(KEY, datetime(2025, 7, 1, tzinfo=UTC), timedelta(days=1)).at


def fact(number, event, *, sequence=1, origin="live", at=None):
    id = derived_id(number, event, sequence, origin, at)
    return draft(event, KEY, at or day(number), id=id, sequence=sequence, origin=origin)
