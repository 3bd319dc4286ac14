"""Operators can ask every process whether it is alive and ready, and for its metrics and its description."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.stack.running import PORTS

SERVICES = sorted(PORTS)
KERNEL = {
    "loopdesk_events_read",
    "loopdesk_events_said",
    "loopdesk_events_duplicate",
    "loopdesk_events_unknown",
    "loopdesk_event_gaps",
    "loopdesk_batch_retries",
    "loopdesk_timers_fired",
    "loopdesk_partitions_owned",
    "loopdesk_reader_lag_events",
    "loopdesk_outbox_unsent_events",
    "loopdesk_partitions_stopped",
    "loopdesk_keys_parked",
    "loopdesk_http_requests",
    "loopdesk_http_request_duration_seconds",
}


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_alive_and_ready(calm, name):
    assert calm.get(name, "/healthz").status_code == 200
    assert calm.get(name, "/readyz").status_code == 200


@pytest.mark.parametrize("name", SERVICES)
def test_its_figures_can_be_read(calm, name):
    answer = calm.get(name, "/metrics")
    assert answer.status_code == 200
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert families.keys() >= KERNEL
    samples = {sample.name: sample for family in families.values() for sample in family.samples}
    assert samples["loopdesk_partitions_stopped"].labels == {"service": name}
    assert samples["loopdesk_partitions_stopped"].value == 0


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"intake"}))
def test_a_service_that_hears_has_read(calm, name):
    calm.post("intake", "/cases", {"channel": "web", "process_id": "inbound-call"})
    calm.come_to_rest()
    families = text_string_to_metric_families(calm.get(name, "/metrics").text)
    assert sum(one.value for family in families for one in family.samples if one.name == "loopdesk_events_read_total") > 0


@pytest.mark.parametrize("name", SERVICES)
def test_it_tells_what_it_offers(calm, name):
    told = calm.get(name, "/openapi.json").json()
    assert told["openapi"].startswith("3.")
    assert len(told["paths"]) >= 2
    assert all(
        operation.get("summary") for path in told["paths"].values() for operation in path.values() if isinstance(operation, dict)
    )
