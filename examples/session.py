"""The README's first session as a program: a case from its registration to a figure, and a promise that breaks.

`make up` in one terminal, `.venv/bin/python examples/session.py` in another. LOOPDESK_INTAKE_URL, LOOPDESK_ROUTING_URL, …
name other addresses, LOOPDESK_API_KEY a key where one is needed.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

PORTS = {"intake": 8001, "routing": 8002, "sla": 8003, "survey": 8004, "analytics": 8005}
WALK = {"n1": ["contact"], "n2": [], "n3": ["assignment"], "n4": ["handling_result"], "n5": ["result_notice"]}
"""The nodes of `inbound-call` up to the one that resolves the case, and the words that each puts out."""
SHOWN = {
    "n2": ("records", {"form": "case_record", "data": {"customer_name": "Li Wei", "problem_description": "ordered on Monday"}}),
    "n5": (
        "contacts",
        {
            "direction": "outbound",
            "channel": "phone",
            "purpose": "result",
            "meets_expectation": True,
            "note": "It comes today.",
        },
    ),
}
"""What intake has to know before a node is complete: a form that is filled in, and what the customer says of the result."""


class Desk:
    """The five services. What one of them has said is waited for by the next: its `Position` goes along."""

    def __init__(self) -> None:
        key = os.environ.get("LOOPDESK_API_KEY")
        self.http = httpx.Client(timeout=30.0, headers={"Authorization": f"Bearer {key}"} if key else {})
        self.position: dict[str, str] = {}

    def url(self, service: str) -> str:
        return os.environ.get(f"LOOPDESK_{service.upper()}_URL", f"http://127.0.0.1:{PORTS[service]}")

    def get(self, service: str, path: str, **parameters: str) -> Any:
        """Return what a service answers, once it knows all that was done before."""
        return self._ask("GET", service, path, params=parameters).json()

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        """Do something once: a request that is sent again with its key gets the first answer again."""
        answer = self._ask("POST", service, path, {"Idempotency-Key": str(uuid4())}, json=body)
        self.position = {"Position": answer.headers["Position"]}
        return answer.json()

    def _ask(self, method: str, service: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        while True:
            sent = {**self.position, **(headers or {})}
            answer = self.http.request(method, f"{self.url(service)}{path}", headers=sent, **options)
            if answer.status_code != 503:
                answer.raise_for_status()
                return answer
            time.sleep(float(answer.headers["Retry-After"]))

    def answer_survey(self, link: str, **answers: str) -> None:
        """Answer as the customer does: with the link alone, no key."""
        form = httpx.post(f"{self.url('survey')}{urlsplit(link).path}", data=answers, timeout=30.0)
        form.raise_for_status()
        self.position = {"Position": form.headers["Position"]}


def main() -> None:
    """Play the session and print what each step shows."""
    desk = Desk()
    before = answers(desk)
    survey(desk, solve(desk))
    print("customers who answered, before and after:", before, answers(desk))
    break_promise(desk)


def answers(desk: Desk) -> int:
    """Return how many customers of the process answered."""
    return sum(total["answers"] for total in desk.get("analytics", "/satisfaction", process="inbound-call")["totals"])


def solve(desk: Desk) -> str:
    """A customer calls, an agent answers, does the work node by node and solves the case."""
    case = desk.post(
        "intake",
        "/cases",
        {
            "channel": "phone",
            "process_id": "inbound-call",
            "subject": "Where is my order?",
            "customer": {"id": "K-1", "name": "Li Wei", "language": "zh"},
            "fields": {"problem_description": "ordered on Monday"},
        },
    )["case_id"]
    desk.post("intake", f"/cases/{case}/contacts", {"direction": "outbound", "channel": "phone", "purpose": "response"})
    for node, outputs in WALK.items():
        desk.post("routing", f"/cases/{case}/nodes/{node}/start", {"agent": "mei"})
        if node in SHOWN:
            kind, shown = SHOWN[node]
            desk.post("intake", f"/cases/{case}/{kind}", shown)
        done = desk.post("routing", f"/cases/{case}/nodes/{node}/complete", {"agent": "mei", "outputs": outputs})
    print("case", case, "is", done["case"]["phase"])
    print("clocks:", {clock["clock"]: clock["status"] for clock in desk.get("sla", f"/clocks/{case}")["items"]})
    return str(case)


def survey(desk: Desk, case: str) -> None:
    """Ten seconds after the case was solved the customer is asked, unless it was reopened meanwhile, and answers."""
    while not (asked := desk.get("survey", "/invitations", case_id=case)["items"]):
        time.sleep(0.5)
    desk.answer_survey(asked[0]["link"], overall="5", attitude="5", comment="谢谢 / thank you")
    said = [moment["type"] for moment in desk.get("analytics", f"/cases/{case}/timeline")["items"]]
    print("said of the case:", len(said), "facts, from", said[0], "to", said[-1])


def break_promise(desk: Desk) -> None:
    """A call of an hour ago is written down only now: nobody answered within the half hour that was promised."""
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {"channel": "phone", "process_id": "inbound-call", "occurred_at": an_hour_ago, "fields": {"urgency": "urgent"}}
    case = desk.post("intake", "/cases", body)["case_id"]
    while not (broken := [c for c in desk.get("sla", f"/clocks/{case}")["items"] if c["status"] == "breached"]):
        time.sleep(0.2)  # a promise is broken once everything up to the instant at which it fell due is known
    print("broken:", {clock["clock"]: clock["due_at"] for clock in broken})


if __name__ == "__main__":
    main()
