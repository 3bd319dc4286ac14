"""A correction is opened at analytics, and sla promises that work on it begins."""

OPENED = {"owner": "li", "why": "too many answers come late", "figure": "timeliness"}


def test_sla_promises_that_work_on_a_correction_begins(calm):
    opened = calm.post("analytics", "/corrections", OPENED)
    assert opened.status_code == 201, opened.text
    id, position = opened.json()["correction_id"], opened.headers["Position"]
    [start] = calm.get("sla", f"/clocks/{id}", headers={"Position": position}).json()["items"]
    assert (start["clock"], start["status"], start["process_id"]) == ("start", "running", "correction")

    assert calm.post("analytics", f"/corrections/{id}/start", {"plan": "a second shift"}).is_success
    calm.eventually("sla", f"/clocks/{id}", lambda found: found["items"][0]["status"] == "met")
    calm.come_to_rest()
    said = calm.query("select distinct topic from sla_core.outbox where key = $1", id)
    assert [row["topic"] for row in said] == ["quality"]
    assert calm.get("analytics", f"/cases/{id}/timeline").status_code == 404, "who hears cases hears nothing of it"
