"""A promise breaks at its due instant, even if services were asleep then; and a fact that comes late puts it right."""

import time
from datetime import datetime, timedelta

from libs.events.words.now import real_now

CASE = {"channel": "phone", "process_id": "inbound-call"}
RESPONSE = timedelta(minutes=30)


def due_soon(calm):
    """Register a case whose response clock runs for seconds only, and return it with its Position and its instant."""
    for seconds in (3, 6, 12, 24):  # as slow as the machine is
        registered_at = real_now() - RESPONSE + timedelta(seconds=seconds)
        case = calm.post("intake", "/cases", CASE | {"occurred_at": registered_at.isoformat()})
        case_id, position = case.json()["case_id"], case.headers["Position"]
        found = calm.eventually("sla", f"/clocks/{case_id}", lambda found: of(found, "response"))
        if of(found, "response")["status"] == "running":
            return case_id, position, registered_at
    raise AssertionError("this machine is too slow to be caught in time")


def test_a_breach_that_fell_due_while_sla_was_down_bears_its_due_instant(calm):
    case_id, position, registered_at = due_soon(calm)

    calm.stack.kill("sla")
    time.sleep(max(0.0, (registered_at + RESPONSE - real_now()).total_seconds()) + 1)
    calm.stack.start_service("sla")
    calm.stack.wait_until_ready()

    found = calm.eventually("sla", f"/clocks/{case_id}", lambda found: of(found, "response")["status"] == "breached")
    breached_at = datetime.fromisoformat(of(found, "response")["breached_at"])
    assert breached_at == datetime.fromisoformat(of(found, "response")["due_at"]) == registered_at + RESPONSE
    told = calm.eventually(
        "analytics",
        f"/cases/{case_id}/timeline",
        lambda found: ("clock.breached.v1", "response") in clocks(found),
        headers={"Position": position},
    )
    [breach] = [one for one in told["items"] if one["type"] == "clock.breached.v1" and one["data"]["clock"] == "response"]
    assert datetime.fromisoformat(breach["at"]) == registered_at + RESPONSE
    assert datetime.fromisoformat(breach["recorded_at"]) > registered_at + RESPONSE

    a_late_fact_withdraws_it(calm, case_id, breach, registered_at)


def a_late_fact_withdraws_it(calm, case_id, breach, registered_at):
    contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
    at = registered_at + timedelta(minutes=10)
    assert calm.post("intake", f"/cases/{case_id}/contacts", contact | {"occurred_at": at.isoformat()}).status_code == 201
    calm.eventually("sla", f"/clocks/{case_id}", lambda found: of(found, "response")["status"] == "met")
    told = calm.eventually("analytics", f"/cases/{case_id}/timeline", lambda found: breach["id"] in gone(found))
    [warned] = [one["id"] for one in told["items"] if (one["type"], one["data"].get("clock")) == ("clock.warned.v1", "response")]
    calm.eventually("analytics", f"/cases/{case_id}/timeline", lambda found: gone(found) == sorted([breach["id"], warned]))
    calm.come_to_rest()
    [row] = calm.query(
        "select status, on_time, ended_at from analytics.clocks where case_id = $1 and clock = 'response'", case_id
    )
    assert (row["status"], row["on_time"], row["ended_at"]) == ("met", True, at)
    it_is_explained_by_its_name_and_which_one_it_is(calm, f"/clocks/{case_id}/response")


def it_is_explained_by_its_name_and_which_one_it_is(calm, path):
    assert calm.get("sla", f"{path}/explain").json() == calm.get("sla", f"{path}/1/explain").json()
    refused = calm.get("sla", f"{path}/2/explain")
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/unknown-clock")


def of(found, clock):
    return next((one for one in found["items"] if one["clock"] == clock), {})


def gone(found):
    """Return the ids of what was withdrawn."""
    return sorted(one["data"]["withdrawn_id"] for one in found["items"] if one["type"] == "clock.withdrawn.v1")


def clocks(found):
    return [(one["type"], one["data"].get("clock")) for one in found["items"]]
