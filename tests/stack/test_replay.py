"""`loopdesk replay sla` beside five processes at work: nobody notices, and a spoiled row is found, named and right afterwards."""

import subprocess
import sys
import threading

import httpx

from tests.stack.running import until
from tests.stack.test_breach import of

CASE = {"channel": "phone", "process_id": "inbound-call"}
DAMAGE = "update {}.clocks set due_at = due_at + interval '1 minute' where case_id = $1 and clock = 'response'"
DUE = "select due_at from sla.clocks where case_id = $1 and clock = 'response'"


def replay(running, *options):
    """Run the command and return its exit code and output."""
    command = [sys.executable, "-m", "deploy.cli", "replay", "sla", *options, "--database-url", running.stack.database_url]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def data(running):
    return f"sla_v{running.query('select version from sla_core.live')[0]['version']}"


def registered(running):
    """Register a case and return it once sla knows its promises."""
    case = running.post("intake", "/cases", CASE).json()["case_id"]
    running.eventually("sla", f"/clocks/{case}", lambda found: of(found, "response"))
    return case


def test_requests_are_answered_and_facts_are_heard_while_sla_is_replayed_and_switched(calm):
    first, cases, answers, over = registered(calm), [], set(), threading.Event()
    intake = f"{calm.stack.url('intake')}/cases"

    def traffic():
        with httpx.Client(headers=calm.http.headers, timeout=30.0) as http:
            while not over.wait(0.1):  # others use these services, too: no flood, and nothing left to do for any team
                posted = http.post(intake, json=CASE, headers={"Idempotency-Key": f"beside a replay {len(cases)}"})
                cases.append(case := posted.json().get("case_id"))
                asked = http.get(f"{calm.stack.url('sla')}/clocks/{first}")
                ended = http.post(
                    f"{intake}/{case}/cancel", json={"reason": "of a test"}, headers={"Idempotency-Key": f"end {case}"}
                )
                answers.update([("POST", posted.status_code), ("GET", asked.status_code), ("cancel", ended.status_code)])

    before, client = data(calm), threading.Thread(target=traffic)
    client.start()
    try:
        until(lambda: len(cases) > 5, "cases come in")
        code, output = replay(calm)
    finally:
        over.set()
        client.join(60)
    assert code == 0, output
    assert "sla: the rebuilt tables are in place" in output and "the former tables are dropped" in output
    assert data(calm) != before
    assert answers == {("POST", 201), ("GET", 200), ("cancel", 200)}
    calm.come_to_rest()
    shown = calm.query(f"select count(distinct case_id) as n from {data(calm)}.clocks where case_id = any($1)", cases)
    assert shown[0]["n"] == len(cases)
    assert calm.verify() == []


def test_a_spoiled_row_of_sla_is_named_and_right_after_the_switch(calm):
    case = registered(calm)
    calm.come_to_rest()
    told = calm.query(DUE, case)
    calm.query(DAMAGE.format(data(calm)), case)
    assert calm.query(DUE, case) != told
    code, output = replay(calm)
    assert code == 1, output
    assert "sla.clocks: 1 row differs" in output and f"case_id {case}" in output and "due_at is" in output
    code, output = replay(calm, "--switch")
    assert code == 0, output
    assert calm.verify() == []
    assert calm.query(DUE, case) == told
