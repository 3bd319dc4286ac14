"""A real Prometheus with the shipped rules: it finds all five services, its rules work, and it notices one that dies."""

import json
import time

import pytest

from deploy.docs import dashboards
from deploy.prometheus import PrometheusServer
from tests.stack.running import PORTS
from tests.stack.test_journey import CASE, answer_the_survey, walk

EXPRESSIONS = sorted(
    {
        dashboards.filled(panel["targets"][0]["expr"])
        for text in dashboards.documents().values()
        for panel in json.loads(text)["panels"]
    }
)
SECONDS = 60


def eventually(ask, holds):
    """Return what `ask` gives as soon as it holds."""
    end = time.monotonic() + SECONDS
    while not holds(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def prometheus(calm, server_folder):
    one_case_from_end_to_end(calm)
    targets = {name: calm.stack.url(name).removeprefix("http://") for name in PORTS}
    with PrometheusServer(server_folder / "prometheus", targets, every="1s") as server:
        yield server


def one_case_from_end_to_end(running):
    """Give every figure of the business something to count, and let another case wait."""
    registered = running.post("intake", "/cases", CASE)
    case_id = registered.json()["case_id"]
    contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
    running.post("intake", f"/cases/{case_id}/contacts", contact)
    running.come_to_rest()
    walk(running, case_id, registered.headers["Position"])
    answer_the_survey(running, case_id)
    waits = running.post("intake", "/cases", CASE)  # a promise that is paused
    raised = f"/cases/{waits.json()['case_id']}/exceptions/awaiting_customer/raise"
    assert running.post("routing", raised, {}, {"Position": waits.headers["Position"]}).status_code == 200
    running.come_to_rest()


def health(server):
    return {one["labels"]["service"]: one["health"] for one in server.ask("targets")["activeTargets"]}


def test_it_finds_all_five_services(prometheus):
    eventually(lambda: health(prometheus), lambda found: found == dict.fromkeys(PORTS, "up"))


def test_every_rule_was_loaded_and_works(prometheus):
    def rules():
        return [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]

    found = eventually(rules, lambda rules: all(rule["health"] != "unknown" for rule in rules))
    assert len(found) > 20
    assert {rule["name"]: rule["lastError"] for rule in found if rule["health"] != "ok"} == {}


def test_every_picture_shows_something(prometheus):
    def empty():
        return [one for one in EXPRESSIONS if prometheus.ask("query", query=one)["result"] == []]

    eventually(empty, lambda found: found == [])


def test_it_notices_a_service_that_died(calm, prometheus):
    def alerts():
        found = [one for one in prometheus.ask("alerts")["alerts"] if one["labels"]["alertname"] == "ServiceDown"]
        return [(one["labels"]["service"], one["annotations"]["summary"]) for one in found]

    eventually(alerts, lambda found: found == [])
    calm.stack.kill("survey")
    try:
        where = calm.stack.url("survey").removeprefix("http://")
        eventually(alerts, lambda found: found == [("survey", f"survey at {where} does not answer")])
    finally:
        calm.stack.start_service("survey")
        calm.stack.wait_until_ready()
    eventually(alerts, lambda found: found == [])
