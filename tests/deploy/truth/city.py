"""What an installation knows of the City of Boston: its standard without promises, its calendar, and its table as one policy."""

from dataclasses import replace
from datetime import UTC, datetime

import yaml

from deploy.home import SHIPPED
from deploy.importer.mapping import read_mapping
from deploy.truth.logs import LOGS
from libs.events.catalogue.references import POLICY
from libs.events.testing.spec import knowing
from libs.events.words.event import Occurrence
from services.routing.domain.standards.standard import sound
from services.sla.domain.calendars import calendar_of
from services.sla.domain.policies import policy_of
from tests.real_logs import DATA

PROMISED = Occurrence("resolution")
NOW = datetime(2023, 1, 1, tzinfo=UTC)


def loaded(path):
    return yaml.safe_load(path.read_text("utf-8"))


def calendar(**others):
    """Return the city's calendar as it is written, with these entries in it."""
    standard = sound(loaded(read_mapping("boston311").standard)).standard
    return loaded(SHIPPED / "calendars" / f"{standard.calendar.id}.yaml") | others


def city():
    """Return what an installation knows after the city has published its table as a policy."""
    standard = sound(loaded(read_mapping("boston311").standard)).standard
    bare = replace(standard, targets=tuple(one for one in standard.targets if one.clock != PROMISED.name))
    found = knowing(bare, calendar_of(calendar()))
    rules = [
        {
            "id": row["type"],
            "when": {"service_class": row["type"]},
            "then": {"clock": PROMISED.name, "limit": f"{row['n']}{'wd' if row['rule'] == 'bd' else 'd'}", "until": "resolved"},
        }
        for row in LOGS["boston311"].figures_in(DATA)["deadline_policy"]
    ]
    written = {"process": standard.process_id, "version": 1, "valid_from": "2011-01-01T00:00:00Z", "rules": rules}
    found.put(POLICY, policy_of(written, found, NOW).policy)
    return found
