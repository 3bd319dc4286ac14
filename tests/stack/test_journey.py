"""One case travels through five processes: registered, worked on, timed, asked about, counted; only HTTP in between."""

from urllib.parse import urlsplit

CASE = {
    "channel": "phone",
    "process_id": "inbound-call",
    "subject": "No light",
    "fields": {"customer_name": "Zhou Min", "problem_description": "The lamp stays dark.", "urgency": "urgent"},
    "customer": {"id": "K-77", "name": "Zhou Min", "email": "zhou.min@example.org", "language": "zh"},
}
WALK = {
    "n1": ["contact"],
    "n2": [],
    "n3": ["assignment"],
    "n4": ["handling_result"],
    "n5": ["result_notice"],
}
"""The words that each node owes."""
SHOWN = {
    "n2": ("records", {"form": "case_record", "data": {"customer_name": "Zhou Min", "problem_description": "It is dark."}}),
    "n5": ("contacts", {"direction": "outbound", "channel": "phone", "purpose": "result", "meets_expectation": True}),
}
"""What intake has to know before a node is complete."""
BY_WORDS = WALK | {"n2": ["case_record"]}
"""By the first version of the standard a word is enough."""
STAGES = [
    "case.registered.v1",
    "case.classified.v1",
    "case.assigned.v1",
    "node.entered.v1",
    "clock.started.v1",
    "contact.logged.v1",
    "clock.met.v1",
    "node.completed.v1",
    "case.resolved.v1",
    "survey.sent.v1",
    "survey.answered.v1",
]


def test_a_case_travels_from_intake_to_the_analysts(on_kafka):
    registered = on_kafka.post("intake", "/cases", CASE)
    assert registered.status_code == 201, registered.text
    case_id, position = registered.json()["case_id"], registered.headers["Position"]

    # Routing waits up to five seconds for the fact that the client saw at intake, then asks it to come again.
    seen = on_kafka.eventually(
        "routing", f"/cases/{case_id}", lambda found: found.get("node") == "n1", headers={"Position": position}
    )
    assert (seen["service_class"], seen["team"]) == ("urgent", "customer_service")

    answered = on_kafka.post(
        "intake", f"/cases/{case_id}/contacts", {"direction": "outbound", "channel": "phone", "purpose": "response"}
    )
    assert answered.status_code == 201, answered.text
    last = walk(on_kafka, case_id, answered.headers["Position"])

    clocks = on_kafka.eventually(
        "sla", f"/clocks/{case_id}", lambda found: statuses(found).get("resolution") == "met", headers={"Position": last}
    )
    assert statuses(clocks)["response"] == "met"

    answer_the_survey(on_kafka, case_id)
    told = on_kafka.eventually("analytics", f"/cases/{case_id}/timeline", lambda found: "survey.answered.v1" in types(found))
    assert is_in_order(STAGES, types(told)), types(told)
    assert {one["service"] for one in told["items"]} == {"intake", "routing", "sla", "survey"}
    assert "Zhou" not in str(told)


def walk(running, case_id, position, outputs=WALK):
    """Do the work node by node; each answer's position goes along with the next request."""
    for node in outputs:
        position = work(running, case_id, node, {"Position": position}, outputs)
    return position


def work(running, case_id, node, headers, outputs=WALK):
    """Begin a node, show what it owes, and complete it; return the Position of the last answer."""
    nodes = f"/cases/{case_id}/nodes/{node}"
    steps = [("routing", f"{nodes}/start", {"agent": "li"})]
    if node in SHOWN and outputs is WALK:
        where, body = SHOWN[node]
        steps.append(("intake", f"/cases/{case_id}/{where}", body))
    steps.append(("routing", f"{nodes}/complete", {"agent": "li", "outputs": outputs[node]}))
    for service, path, body in steps:
        done = running.post(service, path, body, headers)
        assert done.status_code in (200, 201), done.text
        headers = headers | {"Position": done.headers["Position"]}
    return headers["Position"]


def answer_the_survey(running, case_id):
    # Survey waits ten seconds before it asks: a case that is reopened meanwhile asks nobody.
    invited = running.eventually("survey", f"/invitations?case_id={case_id}", lambda found: found["items"])
    path = urlsplit(invited["items"][0]["link"]).path
    # The customer has no API key.
    form = running.http.get(f"{running.stack.url('survey')}{path}", headers={"Authorization": ""})
    assert form.status_code == 200 and "<form" in form.text
    given = {"overall": "4", "attitude": "5", "comment": "谢谢"}
    thanks = running.http.post(f"{running.stack.url('survey')}{path}", data=given, headers={"Authorization": ""})
    assert thanks.status_code == 200, thanks.text
    survey_id = invited["items"][0]["survey_id"]
    assert running.get("survey", f"/surveys/{survey_id}").json()["comment"] == "谢谢"


def statuses(found):
    return {one["clock"]: one["status"] for one in found["items"]}


def types(found):
    return [one["type"] for one in found["items"]]


def is_in_order(wanted, found):
    """Test whether the wanted appear in the found in this order; others may lie between."""
    rest = iter(found)
    return all(one in rest for one in wanted)
