"""One trace id runs from the caller's request through the facts of every service that has something to say about the case."""

import json

from tests.stack.running import PORTS
from tests.stack.test_journey import CASE, WALK, work

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHERS = "00-11111111111111111111111111111111-2222222222222222-01"
SPEAKERS = {"intake", "routing", "sla", "survey"}  # analytics only listens


def traces(running, case_id):
    """Return each fact about the case, with the trace it carries on the log."""
    outboxes = " union all ".join(f"select key, body from {name}_core.outbox" for name in PORTS)
    rows = running.query(f"select body from ({outboxes}) o where key = $1", case_id)
    said = [json.loads(row["body"]) for row in rows]
    return {(one["source"].rsplit("/", 1)[-1], one["type"], one["id"]): one.get("traceparent", "") for one in said}


def test_one_trace_runs_through_all_services(calm):
    traced = {"traceparent": TRACE}
    registered = calm.post("intake", "/cases", CASE, traced).json()["case_id"]
    neighbour = calm.post("intake", "/cases", CASE, {"traceparent": OTHERS}).json()["case_id"]
    calm.come_to_rest()
    for node in WALK:
        work(calm, registered, node, traced)
    calm.come_to_rest()
    found = traces(calm, registered)
    assert {source for source, _, _ in found} == SPEAKERS
    assert set(found.values()) == {TRACE}
    assert set(traces(calm, neighbour).values()) == {OTHERS}
