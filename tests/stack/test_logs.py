"""No line of output of the five services, not even at debug, reveals a person or their words."""

import json
import secrets

import pytest

from tests.stack.running import PORTS
from tests.stack.test_journey import CASE, answer_the_survey, walk

TRACE = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
MARK = secrets.token_hex(4)
PRIVATE = {
    "name": f"Zhou Min {MARK}",
    "phone": f"+86 138 {int(MARK, 16) % 10**8:08d}",
    "email": f"zhou.{MARK}@example.org",
    "text": f"我的身份证号是 {MARK} 110101199003070038",
    "script": f"<script>{MARK}</script>' or 1=1 --",
    "key": f"ld_{MARK}_{secrets.token_urlsafe(24)}",
}
NAME, PHONE, EMAIL, TEXT, SCRIPT, KEY = PRIVATE.values()
CUSTOMER = {"id": SCRIPT, "name": NAME, "email": EMAIL, "phone": PHONE, "language": "zh"}
FIELDS = {"customer_name": NAME, "problem_description": TEXT, "urgency": "urgent", "unasked": SCRIPT}
IMPORTED = {"system": "x", "case": "9", "sequence": 1, "type": "case.registered", "time": "2025-07-01T08:00:00Z"}

HOSTILE = [
    ("an unknown process named after a person", "intake", "POST", "/cases", {"channel": "phone", "process_id": NAME}),
    ("a form that is none", "intake", "POST", "/cases", {"channel": TEXT, "process_id": 7, "customer": [PHONE], NAME: EMAIL}),
    ("half a JSON", "intake", "POST", "/cases", f'{{"customer": "{NAME} {PHONE}'.encode()),
    ("a NUL", "intake", "POST", "/cases", CASE | {"subject": f"{TEXT}\0"}),
    (
        "an import of anything",
        "intake",
        "POST",
        "/import",
        {"facts": [IMPORTED | {"data": {"channel": NAME, "process_id": TEXT}}]},
    ),
    ("a case of that name", "intake", "GET", f"/cases/{EMAIL}", None),
    ("a list by phone", "intake", "GET", f"/cases?customer_ref={PHONE}", None),
    ("a step at a node of that name", "routing", "POST", f"/cases/x/nodes/{SCRIPT}/start", {"agent": NAME}),
    ("a standard of texts", "routing", "POST", "/processes/x/drafts", {"standard": {"id": TEXT, "nodes": [NAME]}}),
    ("a calendar of texts", "sla", "POST", "/calendars", {"calendar": {"id": NAME, "zone": TEXT}}),
    ("a clock of that name", "sla", "GET", f"/clocks/x/{SCRIPT}/explain", None),
    ("a survey's link of that name", "survey", "GET", f"/s/{KEY}", None),
    ("a figure about a person", "analytics", "GET", f"/satisfaction?agent={NAME}&process={TEXT}", None),
    ("no such path", "analytics", "GET", f"/{NAME}/{PHONE}", None),
]


@pytest.fixture(scope="module")
def told(calm):
    """Send private words to all five services and return every line they printed since."""
    before = {name: calm.stack.home.log(name).stat().st_size for name in PORTS}
    case = calm.post("intake", "/cases", CASE | {"subject": TEXT, "customer": CUSTOMER, "fields": FIELDS}, {"traceparent": TRACE})
    case_id = case.json()["case_id"]
    note = {"direction": "inbound", "channel": "phone", "purpose": "info", "note": f"{NAME} {TEXT}"}
    assert calm.post("intake", f"/cases/{case_id}/contacts", note).status_code == 201
    calm.come_to_rest()
    walk(calm, case_id, case.headers["Position"])
    answer_the_survey(calm, case_id)
    for number, (_, service, method, path, body) in enumerate(HOSTILE):
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        headers = {"Idempotency-Key": f"{MARK}-{number}", "Content-Type": "application/json"}
        assert calm.http.request(method, f"{calm.stack.url(service)}{path}", headers=headers, **content).status_code < 500
    for name in PORTS:
        assert calm.get(name, "/healthz").status_code == 200  # told at debug only
        assert calm.get(name, "/cases", headers={"Authorization": f"Bearer {KEY}"}).status_code in (401, 404)
    calm.come_to_rest()
    return {name: calm.stack.home.log(name).read_bytes()[before[name] :].decode() for name in PORTS}


def test_they_log_at_debug(told):
    assert {name for name, text in told.items() if '"level":"debug"' in text.replace(" ", "")} == set(PORTS)


@pytest.mark.parametrize("what", PRIVATE)
@pytest.mark.parametrize("name", PORTS)
def test_nothing_private_is_told(told, name, what):
    forms = {PRIVATE[what], json.dumps(PRIVATE[what])[1:-1], MARK}
    assert [line for line in told[name].splitlines() if any(form in line for form in forms)] == []


@pytest.mark.parametrize("name", PORTS)
def test_neither_is_a_key_that_was_granted(calm, told, name):
    assert calm.key not in told[name] and "谢谢" not in told[name] and "Zhou" not in told[name]


@pytest.mark.parametrize("name", PORTS)
def test_every_line_can_be_followed(told, name):
    lines = [json.loads(line) for line in told[name].splitlines()]
    assert lines
    ids = {"request": {"request_id", "service", "route"}, "event heard": {"fact", "type", "case", "correlation", "service"}}
    assert [line for line in lines if not ids.get(line["event"], set()) <= line.keys()] == []


def test_one_trace_leads_through_all_five_logs(told):
    assert {name for name, text in told.items() if any(TRACE in line for line in text.splitlines())} == set(PORTS)
