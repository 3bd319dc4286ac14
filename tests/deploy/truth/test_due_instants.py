"""The city's policy as shipped, and nothing else, dates each of its 23,195 requests to the second."""

from datetime import UTC, datetime

import pytest
import yaml

from deploy.home import SHIPPED
from deploy.importer.mapping import read_mapping
from deploy.truth.logs import LOGS
from libs.events.catalogue.promise import limit_of
from services.routing.domain.standards.standard import sound
from services.sla.domain.calendars import calendar_of
from services.sla.domain.limits import due
from services.sla.domain.working_time import WorkingTime
from tests.real_logs import DATA

pytestmark = pytest.mark.truth


def loaded(path):
    return yaml.safe_load(path.read_text("utf-8"))


def test_every_due_instant_is_the_truth():
    standard = sound(loaded(read_mapping("boston311").standard)).standard
    working = WorkingTime(calendar_of(loaded(SHIPPED / "calendars" / f"{standard.calendar.id}.yaml")))
    limits = {target.when["service_class"]: limit_of(target.limit) for target in standard.targets if not target.node}
    rows = LOGS["boston311"].cases_in(DATA)
    found = {
        case: due(datetime.fromisoformat(row["open_dt"]).replace(tzinfo=UTC), limits[row["type"]], working)
        for case, row in rows.items()
    }
    assert len(found) == 23_195
    assert {case: at for case, at in found.items() if f"{at:%Y-%m-%d %H:%M:%S}" != rows[case]["due_by_rule"]} == {}
