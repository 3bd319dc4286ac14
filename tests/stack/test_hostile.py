"""A wrong request is refused with a remedy, changes nothing, and never looks like our own fault."""

import httpx
import pytest

CASE = {"channel": "phone", "process_id": "inbound-call"}
FACT = {"system": "s", "case": "1", "sequence": 1, "type": "case.registered", "time": "2020-01-01T00:00:00Z"}
REGISTERED = {"channel": "web", "customer_ref": "c", "kind": "request", "process_id": "it-incident", "process_version": 1}
CALENDAR = {"calendar": {"id": "x"}}
DEEP = b"[" * 200_000


def raw(service, path, content, status, **headers):
    return service, "POST", path, content, headers, status


def json_(service, path, body, status, **headers):
    return service, "POST", path, body, headers, status


def get(service, path, status, **headers):
    return service, "GET", path, None, headers, status


UNKNOWN = "/cases/no-such-case"
NODE = f"{UNKNOWN}/nodes/n1/start"

BAD = [
    ("cut short", raw("intake", "/cases", b'{"channel": ', 400)),
    ("cut short", raw("routing", f"{UNKNOWN}/assign", b'{"team": ', 400)),
    ("cut short", raw("sla", "/calendars", b"{", 400)),
    ("cut short", raw("intake", "/import", b'{"facts": [', 400)),
    ("not UTF-8", raw("intake", "/cases", b'{"channel": "\xff\xfe"}', 400)),
    ("too large", raw("intake", "/cases", b'{"subject": "' + b"x" * (2 << 20) + b'"}', 413)),
    ("too large", raw("routing", "/processes", b" " * (2 << 20), 413)),
    ("too large", raw("sla", "/calendars", b" " * (2 << 20), 413)),
    ("too large even for an import", raw("intake", "/import", b" " * (17 << 20), 413)),
    ("nested deeply", raw("intake", "/cases", DEEP, (400, 422))),
    ("nested deeply", raw("routing", "/processes", b'{"standard": ' + DEEP, (400, 422))),
    ("nested deeply, well formed", raw("routing", "/processes", b'{"standard": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", 422)),
    ("nested deeply", raw("sla", "/calendars", b'{"calendar": ' + DEEP, (400, 422))),
    ("nested deeply", raw("intake", "/import", b'{"facts": ' + DEEP, 400)),
    ("not JSON at all", raw("intake", "/cases", b"<case/>", 415, **{"Content-Type": "text/xml"})),
    ("an unknown process", json_("intake", "/cases", CASE | {"process_id": "no-such"}, 422)),
    ("an unknown version", json_("intake", "/cases", CASE | {"process_version": 99}, 422)),
    ("a number for a word", json_("intake", "/cases", CASE | {"subject": 7}, 422)),
    ("a list for a body", json_("intake", "/cases", [], 422)),
    ("a field nobody knows", json_("intake", "/cases", CASE | {"colour": "red"}, 422)),
    ("the future", json_("intake", "/cases", CASE | {"occurred_at": "2999-01-01T00:00:00Z"}, 422)),
    ("a time without its offset", json_("intake", "/cases", CASE | {"occurred_at": "2020-01-01T00:00:00"}, 422)),
    ("a time outside the calendar", json_("intake", "/cases", CASE | {"occurred_at": "0001-01-01T00:00:00+14:00"}, 422)),
    ("a NUL", json_("intake", "/cases", CASE | {"subject": "a\0b"}, 422)),
    ("a NUL in a name", json_("intake", "/cases", CASE | {"fields": {"a\0": "b"}}, 422)),
    ("half a surrogate pair", raw("intake", "/cases", b'{"channel": "phone", "process_id": "\\ud800"}', 422)),
    ("a NUL", json_("routing", NODE, {"agent": "a\0b"}, 422)),
    ("a NUL in a node", json_("routing", f"{UNKNOWN}/nodes/n%001/start", {}, 400)),
    ("a NUL", json_("sla", "/calendars", {"calendar": {"id": "a\0b"}}, 422)),
    ("a broken calendar", json_("sla", "/calendars", CALENDAR, 422)),
    ("a broken standard", json_("routing", "/processes", {"standard": {"id": "x"}}, 422)),
    ("an unpublished version", json_("routing", "/processes/inbound-call/versions/9/publish", {}, (404, 409))),
    ("a version beyond numbers", json_("routing", "/processes/inbound-call/versions/99999999999/publish", {}, 422)),
    ("an empty import", json_("intake", "/import", {"facts": []}, 422)),
    ("an import of too many", json_("intake", "/import", {"facts": [FACT] * 1001}, 422)),
    ("no key for a repetition", json_("intake", "/cases", CASE, 400, **{"Idempotency-Key": ""})),
    ("a key for a repetition too long", json_("intake", "/cases", CASE, 400, **{"Idempotency-Key": "k" * 256})),
    ("no API key", json_("intake", "/cases", CASE, 401, Authorization="")),
    ("a wrong API key", json_("intake", "/cases", CASE, 401, Authorization="Bearer loopdesk_wrong")),
    ("no API key", json_("intake", "/import", {"facts": []}, 401, Authorization="")),
    ("no API key", json_("routing", NODE, {}, 401, Authorization="")),
    ("no API key", json_("sla", "/calendars", CALENDAR, 401, Authorization="")),
    ("no API key", get("survey", "/surveys", 401, Authorization="")),
    ("no API key", get("analytics", "/figures", 401, Authorization="")),
    ("a key that may not write", json_("intake", "/cases", CASE, 403, Authorization="reader")),
    ("a key that may not import", json_("intake", "/import", {"facts": []}, 403, Authorization="reader")),
    ("a key that may not see a person", get("intake", UNKNOWN, 403, Authorization="reader")),
    ("a key that may not publish", json_("routing", "/processes", {"standard": {}}, 403, Authorization="reader")),
    ("a key that may not publish", json_("sla", "/calendars", CALENDAR, 403, Authorization="reader")),
    ("a key that may not see surveys", get("survey", "/surveys", 403, Authorization="reader")),
    ("a key that may not see figures", get("analytics", "/figures", 403, Authorization="reader")),
    ("an If-Match that is no tag", json_("intake", f"{UNKNOWN}/cancel", {"reason": "x"}, 400, **{"If-Match": "seven"})),
    ("an If-Match of a case not there", json_("intake", f"{UNKNOWN}/cancel", {"reason": "x"}, (404, 412), **{"If-Match": '"7"'})),
    ("an unknown case", get("intake", UNKNOWN, 404)),
    ("an unknown case", json_("intake", f"{UNKNOWN}/cancel", {"reason": "x"}, 404)),
    ("an unknown case", json_("routing", NODE, {}, 404)),
    ("an unknown case", get("sla", "/clocks/no-such-case", 404)),
    ("an unknown case", get("sla", "/clocks/no-such-case/response/explain", 404)),
    ("an unknown case", get("analytics", f"{UNKNOWN}/timeline", 404)),
    ("an unknown survey", get("survey", "/surveys/no-such-survey", 404)),
    ("a Position nobody gave out", json_("routing", NODE, {}, 400, Position="yesterday")),
    ("a cursor nobody gave out", get("intake", "/cases?cursor=!!", 400)),
    ("a cursor nobody gave out", get("routing", "/work?cursor=bm9uc2Vuc2U", 400)),
    ("a cursor nobody gave out", get("sla", "/breaches?cursor=W10", 400)),
    ("a cursor nobody gave out", get("survey", "/surveys?cursor=W251bGxd", 400)),
    ("a page too large", get("intake", "/cases?limit=100000", 422)),
    ("a NUL in a question", get("intake", "/cases?customer_ref=a%00b", 400)),
    ("a NUL in a question", get("routing", "/work?team=a%00b", 400)),
    ("a NUL in a question", get("sla", "/breaches?process=a%00b", 400)),
    ("a NUL in a question", get("sla", "/clocks/x/a%00b/explain", 400)),
    ("a NUL in a question", get("survey", "/surveys?case_id=a%00b", 400)),
    ("a NUL in a question", get("analytics", "/figures?team=a%00b", 400)),
    ("a NUL in a question", get("analytics", "/cases/a%00b/timeline", 400)),
    ("no date", get("analytics", "/figures?since=yesterday", 422)),
    ("an instant without its offset", get("analytics", "/figures?as_of=2020-01-01T00:00:00", 422)),
    ("a version beyond numbers", get("analytics", "/workload?version=99999999999", 422)),
    ("an unknown status", get("survey", "/surveys?status=lost", 422)),
    ("no such path", get("analytics", "/no/such/path", 404)),
    ("no such method", raw("analytics", "/figures", b"{}", 405)),
]


@pytest.fixture(scope="module")
def quiet(calm):
    """A stack without work left, so that every new fact follows from a request of this test."""
    calm.come_to_rest()
    return calm


def ask(running, service, method, path, content, headers):
    headers = {"Idempotency-Key": f"hostile {path} {hash(str(content)[:500])}", **headers}
    if headers.get("Authorization") == "reader":
        headers["Authorization"] = f"Bearer {running.reader}"
    body = {"content": content} if isinstance(content, bytes) else {} if content is None else {"json": content}
    if isinstance(content, bytes):
        headers = {"Content-Type": "application/json", **headers}
    return running.http.request(method, f"{running.stack.url(service)}{path}", headers=headers, **body)


@pytest.mark.parametrize(("why", "request_"), BAD, ids=[f"{one[0]}: {why}" for why, one in BAD])
def test_it_is_refused_with_a_word_and_without_a_trace(quiet, why, request_):
    *asked, status = request_
    before = quiet.said()
    answer = ask(quiet, *asked)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
    must_be_a_problem(answer)
    assert quiet.said() == before, why


def must_be_a_problem(answer: httpx.Response) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code and told["type"] and told["title"] and told["request_id"]
    assert len(told["detail"]) > 15 and "Traceback" not in answer.text
    assert answer.status_code not in (401,) or "WWW-Authenticate" in answer.headers


def test_a_bad_row_of_an_import_costs_only_itself(quiet):
    good = FACT | {"system": "rows", "data": REGISTERED}
    bad = {
        "a NUL": good | {"case": "a\0b"},
        "the future": good | {"case": "2", "time": "2999-01-01T00:00:00Z"},
        "an unknown process": good | {"case": "3", "data": REGISTERED | {"process_id": "no-such"}},
        "an unknown type": good | {"case": "4", "type": "case.eaten"},
        "a clock, which is computed": good | {"case": "5", "type": "clock.met", "data": {}},
        "no number": good | {"case": "6", "sequence": 0},
        "too deep": good | {"case": "7", "data": REGISTERED | {"fields": [[[[[[[[]]]]]]]]}},
    }
    before = quiet.said()
    answer = quiet.post("intake", "/import", {"facts": list(bad.values())})
    verdicts = answer.json()["verdicts"]
    assert [one["status"] for one in verdicts] == ["rejected"] * len(bad), dict(zip(bad, verdicts, strict=True))
    assert all(len(one["detail"]) > 10 for one in verdicts)
    assert quiet.said() == before
    assert quiet.post("intake", "/import", {"facts": [bad["a NUL"], good]}).json()["verdicts"][1] == {"status": "recorded"}
    assert quiet.post("intake", "/import", {"facts": [good]}).json()["verdicts"] == [{"status": "duplicate"}]


def test_a_key_used_again_gives_the_first_answer_or_a_no(quiet):
    key = {"Idempotency-Key": "twice"}
    first = quiet.post("intake", "/cases", CASE, key)
    before = quiet.query("select sum(next_seq)::bigint as n from intake_core.outbox_partition")
    again, other = quiet.post("intake", "/cases", CASE, key), quiet.post("intake", "/cases", CASE | {"subject": "x"}, key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert other.status_code == 422 and other.json()["type"] == "/problems/idempotency-key-reused"
    must_be_a_problem(other)
    assert quiet.query("select sum(next_seq)::bigint as n from intake_core.outbox_partition") == before


def test_what_changed_meanwhile_is_not_overwritten(quiet):
    case = quiet.post("intake", "/cases", CASE)
    path, tag = f"/cases/{case.json()['case_id']}", case.headers["ETag"]
    contact = {"direction": "inbound", "channel": "phone", "purpose": "info"}
    assert quiet.post("intake", f"{path}/contacts", contact, {"If-Match": tag}).status_code == 201
    late = quiet.post("intake", f"{path}/cancel", {"reason": "withdrawn"}, {"If-Match": tag})
    assert late.status_code == 412
    must_be_a_problem(late)
    assert quiet.get("intake", path).json()["cancelled_at"] is None
