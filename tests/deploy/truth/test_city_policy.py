"""The city's policy table, published beside a standard that promises nothing, gives every due instant and verdict."""

from datetime import UTC, datetime

import pytest

from deploy.truth.logs import LOGS
from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseClassified, CaseResolved
from libs.events.testing.spec import happened
from services.sla.alarms import settle
from services.sla.books import CASES
from services.sla.domain.told import Status, told
from tests.deploy.truth.city import NOW, PROMISED, city
from tests.real_logs import DATA

pytestmark = pytest.mark.truth
VERDICTS = {Status.MET: "ONTIME", Status.ENDED_LATE: "OVERDUE", Status.BREACHED: "OVERDUE"}


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def told_of(case, row, known):
    registered = CaseRegistered(channel="phone", customer_ref=case, process_id="city-request", process_version=1)
    facts = happened(case, at(row["open_dt"]), registered, CaseClassified(service_class=row["type"]), origin="import")
    if row["closed_dt"]:
        facts += happened(case, at(row["closed_dt"]), CaseResolved(), origin="import")
    said = settle(case, CASES.of(case, facts), known, NOW)
    return told(CASES.of(case, [*facts, *said]))[PROMISED]


def test_every_due_instant_and_every_verdict_is_the_truth():
    known, rows = city(), LOGS["boston311"].cases_in(DATA)
    found = {case: told_of(case, row, known) for case, row in rows.items()}
    assert len(found) == 23_195
    assert {case for case, one in found.items() if f"{one.due_at:%Y-%m-%d %H:%M:%S}" != rows[case]["due_by_rule"]} == set()
    assert {case for case, one in found.items() if VERDICTS[one.status] != rows[case]["judged"]} == set()
    assert {case for case, one in found.items() if one.rule != rows[case]["type"]} == set(), "each names the city's rule"
