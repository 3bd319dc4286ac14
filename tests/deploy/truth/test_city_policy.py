"""The city's policy table, published beside a standard that promises nothing, gives every due instant and verdict."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml

from deploy.home import SHIPPED
from deploy.importer.mapping import read_mapping
from deploy.truth.logs import LOGS
from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.references import POLICY
from libs.events.catalogue.routing import CaseClassified, CaseResolved
from libs.events.testing.spec import happened, knowing
from libs.events.words.event import Occurrence
from services.routing.domain.standards.standard import sound
from services.sla.alarms import settle
from services.sla.books import CASES
from services.sla.domain.calendars import calendar_of
from services.sla.domain.policies import policy_of
from services.sla.domain.told import Status, told
from tests.real_logs import DATA

pytestmark = pytest.mark.truth
LOG = LOGS["boston311"]
PROMISED = Occurrence("resolution")
NOW = datetime(2023, 1, 1, tzinfo=UTC)
VERDICTS = {Status.MET: "ONTIME", Status.ENDED_LATE: "OVERDUE", Status.BREACHED: "OVERDUE"}


def loaded(path):
    return yaml.safe_load(path.read_text("utf-8"))


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def known():
    standard = sound(loaded(read_mapping("boston311").standard)).standard
    bare = replace(standard, targets=tuple(one for one in standard.targets if one.clock != PROMISED.name))
    found = knowing(bare, calendar_of(loaded(SHIPPED / "calendars" / f"{standard.calendar.id}.yaml")))
    rules = [
        {
            "id": row["type"],
            "when": {"service_class": row["type"]},
            "then": {"clock": PROMISED.name, "limit": f"{row['n']}{'wd' if row['rule'] == 'bd' else 'd'}", "until": "resolved"},
        }
        for row in LOG.figures_in(DATA)["deadline_policy"]
    ]
    written = {"process": standard.process_id, "version": 1, "valid_from": "2011-01-01T00:00:00Z", "rules": rules}
    found.put(POLICY, policy_of(written, found, NOW).policy)
    return found


def told_of(case, row, known):
    registered = CaseRegistered(channel="phone", customer_ref=case, process_id="city-request", process_version=1)
    facts = happened(case, at(row["open_dt"]), registered, CaseClassified(service_class=row["type"]), origin="import")
    if row["closed_dt"]:
        facts += happened(case, at(row["closed_dt"]), CaseResolved(), origin="import")
    said = settle(case, CASES.of(case, facts), known, NOW)
    return told(CASES.of(case, [*facts, *said]))[PROMISED]


def test_every_due_instant_and_every_verdict_is_the_truth(known):
    rows = LOG.cases_in(DATA)
    found = {case: told_of(case, row, known) for case, row in rows.items()}
    assert len(found) == 23_195
    assert {case for case, one in found.items() if f"{one.due_at:%Y-%m-%d %H:%M:%S}" != rows[case]["due_by_rule"]} == set()
    assert {case for case, one in found.items() if VERDICTS[one.status] != rows[case]["judged"]} == set()
    assert {case for case, one in found.items() if one.rule != rows[case]["type"]} == set(), "each names the city's rule"
