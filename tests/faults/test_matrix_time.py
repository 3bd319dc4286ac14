"""The failure matrix: time passes while sla dies over an alarm or is away, and sla reads all of it again beside live traffic."""

import time
from datetime import datetime, timedelta

import msgspec
import pytest

from deploy.commands.tables import rebuild_services
from libs.events.log.envelope import Envelope
from libs.events.upkeep.rebuild import rebuild
from libs.events.words.now import real_now
from services.__main__ import service_of
from tests.faults.desk import CASE, RESPONSE, Desk, Traffic
from tests.stack.running import until

BREACHED = "clock.breached.v1"


def due_soon(desk: Desk, key: str) -> tuple[str, datetime]:
    """Register a case whose response is the next promise to be broken anywhere; return it and the instant, a second away."""
    for seconds in (2.5, 5.0, 10.0, 20.0, 40.0):  # as slow as the machine is
        due_at = real_now() + timedelta(seconds=seconds)
        case = desk.registered(f"{key}, due in {seconds} s", occurred_at=due_at - RESPONSE)
        # All of them: the first node's broke long ago, and sla must not come to the point with that one.
        until(lambda case=case: {"response", "node:n1"} <= desk.clocks(case).keys(), "sla keeps the case's promises")
        # Also of a case that was registered here a moment ago, and was too soon.
        sooner = f"select from {desk.data('sla')}.clocks where due_at < $1 and status = 'running'"
        until(lambda sooner=sooner, due_at=due_at: not desk.query(sooner, due_at), "every earlier breach is said")
        if real_now() < due_at - timedelta(seconds=1):
            return case, due_at
    raise AssertionError("this machine is too slow to be caught in time")


def breaches(desk: Desk, case: str) -> list[Envelope]:
    return [one for one in desk.heard(case, BREACHED) if msgspec.json.decode(one.data)["clock"] == "response"]


def must_be_broken_once(desk: Desk, case: str, due_at: datetime) -> Envelope:
    until(lambda: desk.clocks(case)["response"] == "breached", "sla noticed")
    desk.must_be_sound()
    [breach] = breaches(desk, case)
    assert breach.time == due_at
    return breach


@pytest.mark.parametrize(
    ("point", "said", "why"),
    [
        ("killed before the commit of an alarm", 0, "nothing was said; it fires later"),
        ("killed after the commit of an alarm", 1, "it has fired and does not again"),
    ],
)
def test_killed_over_an_alarm_it_fires_once(desk: Desk, point: str, said: int, why: str) -> None:
    case, due_at = due_soon(desk, point)
    desk.lay("sla", point)
    name = desk.struck("sla")
    outbox = """select from sla_core.outbox where key = $1 and type = $2 and body like '%"clock":"response"%'::bytea"""
    if "sla-2" not in desk.stack.ports:  # a second instance would be free to fire it at once
        assert len(desk.query(outbox, case, BREACHED)) == said, why
    desk.revive(name)
    must_be_broken_once(desk, case, due_at)
    assert len(desk.query(outbox, case, BREACHED)) == 1, why


def test_a_promise_broken_while_sla_was_away_is_said_once_and_late(desk: Desk) -> None:
    case, due_at = due_soon(desk, "nobody was there")
    for name in desk.instances("sla"):
        desk.stack.kill(name)
    assert desk.clocks(case)["response"] == "running"
    time.sleep(max(0.0, (due_at - real_now()).total_seconds()) + 0.5)
    for name in desk.instances("sla"):
        desk.stack.start_service(name)
    desk.stack.wait_until_ready()
    breach = must_be_broken_once(desk, case, due_at)
    assert breach.recordedtime > breach.time


def test_sla_replayed_from_the_first_event_beside_live_traffic_says_nothing_new(desk: Desk, traffic: Traffic) -> None:
    traffic.flows()
    # Only time may say something of an older case meanwhile.
    said = "select id, key from sla_core.outbox where type <> $1"
    before, live = desk.query(said, BREACHED), desk.data("sla")
    traffic.flows(2)  # so that `before` has every word about the case that was in hand
    came_before = {row["key"] for row in before} - set(traffic.cases)
    compared = desk.run(rebuild_services(["sla"], desk.stack.database_url, desk.stack.log_url, switch=True))
    assert [one.name for one in compared if not one.is_equal] == []
    assert desk.data("sla") != live
    traffic.flows()
    traffic.stop()
    desk.must_be_sound()
    fresh = {(row["id"], row["key"]) for row in desk.query(said, BREACHED)} - {(row["id"], row["key"]) for row in before}
    assert {key for _, key in fresh}.isdisjoint(came_before)
    assert all(desk.clocks(case) for case in traffic.cases)


@pytest.mark.parametrize("name", ["intake", "analytics"])
def test_a_person_erased_during_a_replay_leaves_every_figure(desk: Desk, name: str) -> None:
    person = {"customer": {"id": f"K-{name}", "name": "Zhou Min"}, "fields": {"customer_name": "Zhou Min"}}
    case = desk.post("intake", "/cases", CASE | person, {"Idempotency-Key": f"erased {name}"}).json()["case_id"]
    before = desk.get("intake", f"/cases/{case}")
    assert "Zhou Min" in before.text
    desk.come_to_rest()
    erased: list[int] = []

    def progress(_: object) -> None:
        """Erase in the middle of the replay."""
        if not erased:
            url = f"{desk.stack.url('intake')}/customers/{before.json()['customer_ref']}/personal"
            erased.append(desk.http.delete(url, headers={"Idempotency-Key": f"erase {name}"}).status_code)

    rebuilding = rebuild(desk.stack.database_url, service_of(name), desk.log, switch=True, progress=progress)
    compared = desk.run(rebuilding)
    assert erased == [200]
    assert [one.name for one in compared if not one.is_equal] == []
    after = desk.get("intake", f"/cases/{case}")
    assert after.status_code == 200 and "Zhou Min" not in after.text
    assert not any(b"Zhou" in bytes(one.data) for one in desk.on_log(case))
