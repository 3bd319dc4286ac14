"""Five services whose machine has a wrong clock join a running stack: nothing false is said."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import pytest

from deploy.process import free_port
from libs.events.log.envelope import open_envelope
from tests.stack.running import PORTS
from tests.stack.test_breach import CASE, RESPONSE, due_soon, of

JOINED_SECONDS = float(os.environ.get("LOOPDESK_TEST_JOINED_SECONDS", "3"))
"""How long the wrong clock is there: several leases of this stack, and a dozen looks for due promises."""

SLACK = timedelta(seconds=1)


@contextmanager
def joined(running, seconds):
    """Start the five services once more, with a clock that is so many seconds ahead; yield their addresses."""
    ports = {name: free_port() for name in PORTS}
    environment = running.stack.environment("sla") | {f"LOOPDESK_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    environment["LOOPDESK_TEST_AHEAD_SECONDS"] = str(seconds)
    log = running.stack.home.log("skewed").open("ab")
    process = subprocess.Popen([sys.executable, "-m", "tests.stack.skewed", "all"], env=environment, stdout=log, stderr=log)
    try:
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        log.close()


def not_ready(url):
    """Return why a service says that it is not ready, as soon as it answers."""
    end = time.monotonic() + 60
    while True:
        try:
            answer = httpx.get(f"{url}/readyz", timeout=5.0)
            return answer.status_code, answer.json()["checks"]["service"]
        except httpx.TransportError:
            assert time.monotonic() < end, "it never answered"
            time.sleep(0.1)


@pytest.mark.parametrize(("seconds", "where"), [(3600, "ahead of"), (-3600, "behind")])
def test_a_wrong_clock_says_nothing_that_the_right_one_would_not_have_said(calm, seconds, where):
    begun = calm.query("select clock_timestamp() as at")[0]["at"]
    waiting = calm.post("intake", "/cases", CASE).json()["case_id"]
    calm.eventually("sla", f"/clocks/{waiting}", lambda found: of(found, "response"))
    with joined(calm, seconds) as wrong:
        for name, url in wrong.items():
            status, why = not_ready(url)
            assert (status, f"s {where} the database's, so this instance fires no alarms" in why) == (503, True), (name, why)
            assert abs(float(why.split(" s ")[0].rsplit(" ", 1)[1]) - 3600) < 60, why
        headers = {"Authorization": f"Bearer {calm.key}", "Idempotency-Key": f"asked with {seconds}"}
        asked = httpx.post(f"{wrong['intake']}/cases", json=CASE, headers=headers, timeout=30.0)
        assert asked.status_code == 201, asked.text
        broken, _, registered_at = due_soon(calm)
        end = time.monotonic() + JOINED_SECONDS
        calm.eventually("sla", f"/clocks/{broken}", lambda found: of(found, "response").get("breached_at"))
        time.sleep(max(0.0, end - time.monotonic()))
        assert held_by_wrong_clocks(calm) == []
    calm.come_to_rest()
    [breach] = [of(calm.get("sla", f"/clocks/{broken}").json(), "response")]
    assert datetime.fromisoformat(breach["breached_at"]) == registered_at + RESPONSE
    for case_id in (waiting, asked.json()["case_id"]):
        assert of(calm.get("sla", f"/clocks/{case_id}").json(), "response")["status"] == "running"
    assert said_before_their_time(calm, begun) == []


def held_by_wrong_clocks(running):
    """Return what instances whose clock is wrong hold."""
    held = " union all ".join(
        f"select l.topic, l.part from {name}_core.lease l join {name}_core.instance i using (owner) "
        "where abs(extract(epoch from i.apart)) > 60 and l.expires_at > now()"
        for name in PORTS
    )
    return running.query(held)


def said_before_their_time(running, since):
    """Return the events whose instants the database's clock had not come to when they were written, or had long passed."""
    wrong = []
    for name in PORTS:
        for row in running.query(f"select body, recorded_at from {name}_core.outbox where recorded_at >= $1", since):
            said, at = open_envelope(row["body"]), row["recorded_at"]
            if said.time > at + SLACK or not at - timedelta(minutes=1) < said.recordedtime < at + SLACK:
                wrong.append((said.type, said.time, said.recordedtime, at))
    return wrong
