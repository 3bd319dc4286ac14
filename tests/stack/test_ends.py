"""A case ends in one place, and an end that comes too late is refused, over HTTP."""

from tests.stack.test_journey import CASE


def test_a_case_is_cancelled_while_it_is_open_and_each_time_it_is_said(calm):
    registered = calm.post("intake", "/cases", CASE)
    case_id, position = registered.json()["case_id"], registered.headers["Position"]

    def ask(service, verb, body, status):
        nonlocal position
        done = calm.post(service, f"/cases/{case_id}/{verb}", body, {"Position": position})
        assert done.status_code == status, done.text
        position = done.headers.get("Position", position)
        return done

    for _ in range(2):
        said = ask("intake", "cancel", {"reason": "found it"}, 200)
        assert said.json()["cancel_asked_at"] and said.headers["Position"]
        found = calm.eventually("intake", f"/cases/{case_id}", lambda found: found["cancelled_at"])
        assert found["cancellation"] == "granted"
        again = ask("intake", "cancel", {"reason": "found it"}, 409)
        assert again.json()["type"] == "/problems/case-cancelled"
        calm.eventually("routing", f"/cases/{case_id}", lambda found: found["phase"] == "cancelled")
        calm.eventually("analytics", f"/cases/{case_id}/timeline", lambda found: found["items"])
        reopened = ask("routing", "reopen", {"reason": "lost it again"}, 200)
        assert reopened.json()["said"]
    ask("routing", "close", {"outcome": "rejected", "reason": "no fault of ours"}, 200)
    assert ask("intake", "cancel", {"reason": "too late"}, 409).json()["type"] == "/problems/case-closed"
    calm.come_to_rest()
    [row] = calm.query("select phase, cancelled_at from analytics.cases where case_id = $1", case_id)
    assert (row["phase"], row["cancelled_at"]) == ("closed", None)
    assert calm.get("intake", f"/cases/{case_id}").json()["cancelled_at"] is None


def test_nothing_is_told_of_a_case_before_it_began(calm):
    case_id = calm.post("intake", "/cases", CASE | {"occurred_at": "2026-01-02T03:04:05Z"}).json()["case_id"]
    contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
    for path, body in (("contacts", contact), ("cancel", {"reason": "found it"})):
        early = calm.post("intake", f"/cases/{case_id}/{path}", body | {"occurred_at": "2026-01-02T03:04:04.999999Z"})
        assert (early.status_code, early.json()["type"]) == (422, "/problems/before-the-case")
        assert "2026-01-02T03:04:05" in early.json()["detail"]
        assert calm.post("intake", f"/cases/{case_id}/{path}", body | {"occurred_at": "2026-01-02T03:04:05Z"}).is_success
