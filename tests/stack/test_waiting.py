"""One writer's cases that cannot be computed stop nobody: they wait for their calendar, and are computed when it comes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from deploy.home import SHIPPED
from libs.events.words.now import real_now

LIVE, IMPORTED, BESIDE = 300, 200, 20
OLD = datetime(2023, 3, 1, 9, tzinfo=UTC)
SECONDS_MAX = 45.0
"""A border that no slow machine meets; how long it took is printed."""

TICKET = yaml.safe_load((SHIPPED / "imports" / "standards" / "it-ticket.yaml").read_text("utf-8"))
WEEK = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NAMES = {"id": "desk-that-began-late", "calendar": {"id": "late-office", "version": 1}}
PROMISES = {"answer": {"limit": "2wd", "until": "first_response"}, "call": {"limit": "30m", "until": "first_response"}}


def calendar(version, first):
    years = [first, real_now().year + 1]
    return {"calendar": {"id": "late-office", "version": version, "timezone": "UTC", "years": years, "windows": WEEK}}


def metric(running, service, name, **labels):
    families = text_string_to_metric_families(running.get(service, "/metrics").text)
    found = [one for family in families for one in family.samples if one.name == name]
    return sum(one.value for one in found if labels.items() <= one.labels.items())


@pytest.fixture(scope="module")
def desk(calm):
    """A stack with a standard whose calendar begins this year."""
    standard = {"standard": TICKET | NAMES | {"promises": TICKET["promises"] | PROMISES}}
    drafted = calm.post("routing", "/processes", standard)
    assert drafted.status_code == 201, drafted.text
    assert "late-office version 1" in " ".join(drafted.json()["warnings"]), "a draft warns"
    publishing = "/processes/desk-that-began-late/versions/1/publish"
    refused = calm.post("routing", publishing)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/calendar-not-published")
    assert "POST /calendars" in refused.json()["detail"]
    published = calm.post("sla", "/calendars", calendar(1, real_now().year))
    assert published.status_code == 201, published.text
    done = calm.post("routing", publishing, headers={"Position": published.headers["Position"]})
    assert done.status_code == 200, done.text
    calm.published = {"Position": done.headers["Position"]}
    return calm


def old_cases(desk):
    """Register and import cases of a year that the calendar does not know; return the registered ones' ids."""

    def register(n):
        body = {"channel": "web", "process_id": NAMES["id"], "occurred_at": (OLD + timedelta(minutes=n)).isoformat()}
        answer = desk.post("intake", "/cases", body, desk.published)
        assert answer.status_code == 201, answer.text
        return answer.json()["case_id"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(register, range(LIVE)))
    data = {"channel": "web", "customer_ref": "c", "kind": "request", "process_id": NAMES["id"], "process_version": 1}
    fact = {"system": "old-desk", "sequence": 1, "type": "case.registered", "time": OLD.isoformat(), "data": data}
    facts = [fact | {"case": f"old-{n}"} for n in range(IMPORTED)]
    answer = desk.post("intake", "/import", {"facts": facts}, desk.published)
    assert {one["status"] for one in answer.json()["verdicts"]} == {"recorded"}, answer.text[:500]
    return ids


def live_cases(desk, done, took):
    """Register a case now and then, and note how long it was until it had its clocks."""
    while len(took) < BESIDE or not done.is_set():
        answer = desk.post("intake", "/cases", {"channel": "web", "process_id": NAMES["id"]}, desk.published)
        begun, position = time.monotonic(), {"Position": answer.headers["Position"]}
        found = desk.get("sla", f"/clocks/{answer.json()['case_id']}", headers=position)
        took.append(time.monotonic() - begun)
        clocks = {one["clock"]: one["status"] for one in found.json()["items"]} if found.status_code == 200 else found.text
        assert clocks | {"answer": "running", "call": "running"} == clocks
        time.sleep(0.05)


def test_many_cases_that_cannot_be_computed_hold_nobody_up_and_are_computed_when_their_calendar_comes(desk):
    done, took = threading.Event(), []
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(live_cases, desk, done, took)
        ids = old_cases(desk)
        done.set()
        beside.result()
    middle = sorted(took)[len(took) // 2]
    print(f"\n{len(took)} live cases beside {LIVE + IMPORTED}: clocks after {middle:.2f} s, at most {max(took):.2f} s")
    assert max(took) < SECONDS_MAX
    desk.come_to_rest()
    every = LIVE + IMPORTED
    assert metric(desk, "sla", "loopdesk_partitions_stopped") == metric(desk, "sla", "loopdesk_keys_parked") == 0
    assert desk.get("sla", "/readyz").status_code == 200
    assert metric(desk, "sla", "loopdesk_promises_waiting", calendar="late-office") == every
    [waiting] = [one for one in desk.get("sla", "/waiting").json()["items"] if one["calendar"] == "late-office"]
    assert (waiting["version"], waiting["promises"], waiting["cases"]) == (1, every, every)
    clocks = {one["clock"]: one for one in desk.get("sla", f"/clocks/{ids[0]}").json()["items"]}
    assert (clocks["answer"]["status"], clocks["answer"]["due_at"]) == ("waiting", None)
    assert "Publish a later version of late-office that begins earlier" in clocks["answer"]["waits_because"]
    assert clocks["call"]["status"] == "breached", "a promise in elapsed time is judged as always"
    counted = "select count(*) as n from analytics.clocks where status = $1 and waits_because = $2 and waits_for = $3"
    assert desk.query(counted, "waiting", "too_early", "late-office")[0]["n"] == every

    assert desk.post("intake", f"/cases/{ids[1]}/cancel", {"reason": "too old"}).status_code == 200
    desk.come_to_rest()
    assert metric(desk, "sla", "loopdesk_promises_waiting", calendar="late-office") == every - 1, "what is over waits no more"
    [waiting] = [one for one in desk.get("sla", "/waiting").json()["items"] if one["calendar"] == "late-office"]
    assert (waiting["promises"], waiting["cases"], waiting["ended"]) == (every - 1, every - 1, 1)
    over = next(one for one in desk.get("sla", f"/clocks/{ids[1]}").json()["items"] if one["clock"] == "answer")
    assert (over["status"], over["lapse"], over["ended_at"] is None) == ("waiting", "cancelled", False)

    assert desk.post("sla", "/calendars", calendar(2, OLD.year)).status_code == 201
    computed = lambda found: "late-office" not in {one["calendar"] for one in found["items"]}  # noqa: E731
    desk.eventually("sla", "/waiting", computed, seconds=300)
    desk.come_to_rest()
    assert metric(desk, "sla", "loopdesk_promises_waiting", calendar="late-office") == 0
    answer = next(one for one in desk.get("sla", f"/clocks/{ids[0]}").json()["items"] if one["clock"] == "answer")
    assert (answer["status"], answer["counted_by"], answer["waits_because"]) == ("breached", 2, "")
    assert datetime.fromisoformat(answer["due_at"]) == OLD + timedelta(days=2)
    judged = "select count(*) as n from analytics.clocks where clock = 'answer' and counted_by = 2 and breached_at < $1"
    assert desk.query(judged, OLD + timedelta(days=9))[0]["n"] == every
    assert desk.verify() == []
