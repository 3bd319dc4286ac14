"""A small desk's life of a month: every shipped standard, every way in which a case can go, told through HTTP and an import."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from deploy.demo.month import Month, facts_of
from deploy.demo.people import outputs_of
from deploy.demo.shipped import FIRST, can_promise, standards
from deploy.home import SHIPPED
from tests.backups.stack import PastStack

IMPORTED, SEED = 15, 10
WEEK = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
LATE, OFFICE = "desk-that-began-late", "late-office"
ODD = (
    ("case.registered", {"channel": "web", "customer_ref": "c", "process_id": "it-incident", "process_version": 1}),
    ("case.assigned", {"team": "t", "reason": "a reason"}),
    ("case.graded", {"grade": "urgent", "reason": "a reason"}),
    ("case.escalated", {"kind": "functional", "to_role": "r", "reason": "a reason"}),
    ("node.entered", {"node": "n2"}),
    ("node.returned", {"node": "n2", "to_node": "n1", "reason": "a reason"}),
    ("node.completed", {"node": "n1", "outputs": ["done", "name=somebody"]}),
    ("case.resolved", {}),
    ("case.reopened", {"reason": "a reason"}),
    ("case.closed", {"outcome": "withdrawn"}),
    ("survey.answered", {"survey_id": "odd", "overall": 2}),
    ("case.cancelled", {"reason": "a reason"}),
)
"""An imported case with a bit of everything, in an order no desk of ours would have."""


class Desk:
    """The people at the desk. A request about a case waits until the case's last fact was read."""

    def __init__(self, past: PastStack) -> None:
        self.past, self.running = past, past.running
        self.cases: dict[str, str] = {}
        self._position: dict[str, str] = {}

    def say(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.running.post(service, path, body, headers)
        assert answer.status_code < 300, (path, body, answer.status_code, answer.text)
        return answer

    def register(self, name: str, process: str, fields: dict[str, str] | None = None, *, ago: float = 0, who: str = "") -> str:
        """Take a need in that came some minutes ago."""
        body: dict[str, Any] = {"channel": "phone", "process_id": process, "process_version": 1, "subject": name}
        body["fields"] = fields or {}
        body |= {"occurred_at": (self.past.now - timedelta(minutes=ago)).isoformat()}
        if who:
            body["customer"] = {"id": who, "name": f"The customer {who}", "language": "zh"}
        answer = self.say("intake", "/cases", body)
        self.cases[name] = answer.json()["case_id"]
        self._position[name] = answer.headers["Position"]
        return self.cases[name]

    def contact(self, name: str, *, ago: float = 0, **told: Any) -> None:
        body = {"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "cs-1"} | told
        body |= {"occurred_at": (self.past.now - timedelta(minutes=ago)).isoformat()}
        self._position[name] = self.say("intake", f"/cases/{self.cases[name]}/contacts", body).headers["Position"]

    def step(self, name: str, path: str, **body: Any) -> None:
        answer = self.say("routing", f"/cases/{self.cases[name]}/{path}", body, Position=self._position[name])
        self._position[name] = answer.headers.get("Position", self._position[name])

    def walk(self, name: str, process: str, *, upto: str = "", since: str = "") -> None:
        """Do the work from one node to another; without `upto`, to the node that resolves."""
        nodes = standards(FIRST)[process].nodes
        begin = next((i for i, node in enumerate(nodes) if node.id == since), 0)
        for node in nodes[begin:]:
            self.step(name, f"nodes/{node.id}/start", agent="cs-1")
            self.step(name, f"nodes/{node.id}/complete", agent="cs-1", outputs=list(outputs_of(node, standards(FIRST)[process])))
            if node.id == upto or (not upto and node.resolves):
                return

    def answer_survey(self, name: str, **given: str) -> str:
        """Answer the newest survey about a case, and return its address."""
        link = self.link(name)
        self.running.come_to_rest()
        url = f"{self.running.stack.url('survey')}{link}"
        thanks = self.running.http.post(url, data=given, headers={"Authorization": ""})
        assert thanks.status_code == 200, thanks.text
        return link

    def link(self, name: str) -> str:
        path = f"/invitations?case_id={self.cases[name]}"
        invited = self.running.eventually("survey", path, lambda found: found["items"])
        return urlsplit(invited["items"][0]["link"]).path

    def send(self, facts: list[dict[str, Any]]) -> None:
        verdicts = self.say("intake", "/import", {"facts": facts}).json()["verdicts"]
        assert {one["status"] for one in verdicts} == {"recorded"}, verdicts


def first_day(desk: Desk) -> None:
    """Standards, a history from another system, and the first live cases."""
    late_desk(desk)
    history(desk)
    desk.register("answered", "inbound-call", {"urgency": "routine", "topic": "usage", "customer_name": "A"}, who="K-1")
    desk.contact("answered")
    desk.walk("answered", "inbound-call")
    desk.register("unanswered", "inbound-call", {"urgency": "urgent", "topic": "technical"}, who="K-2")
    desk.contact("unanswered")
    desk.walk("unanswered", "inbound-call")
    complaint(desk)
    desk.register("cancelled", "feedback-handling", {"feedback_type": "product"}, who="K-4")
    desk.say("intake", f"/cases/{desk.cases['cancelled']}/cancel", {"reason": "asked by mistake"})
    desk.register("broken", "problem-handling", {"impact": "major"}, who="K-5", ago=120)
    desk.register("project", "service-delivery", {"product": "training", "contract": "premium", "customer_name": "B"}, who="K-6")
    desk.register("withdrawn", "inbound-call", {"urgency": "complex"}, who="K-7", ago=120)
    desk.running.come_to_rest()
    desk.contact("withdrawn", ago=110)  # the response was in time, which nobody knew when its clock was breached
    desk.register("nobody", "inbound-call")
    desk.contact("nobody", automated=True)
    desk.register("forgotten", "complaint-quality", {"affected": "batch", "product_model": "A-100"}, who="K-8")
    desk.step("forgotten", "escalate", to_role="cs_supervisor", reason="Who calls is very angry.")
    for process in ("it-ticket", "it-incident", "city-request"):
        desk.register(process, process, who="K-9")
    desk.link("unanswered")  # it is asked today, and has not answered in a fortnight
    desk.answer_survey("answered", overall="5", attitude="4", comment="谢谢 / thank you")


def complaint(desk: Desk) -> None:
    """A complaint that is graded again, waits, comes back, is handed over and resolved."""
    desk.register("complaint", "complaint-quality", {"affected": "one", "product_model": "B-300"}, who="K-3")
    desk.contact("complaint", purpose="info", direction="inbound", note="The second one of this kind.")
    desk.step("complaint", "grade", grade="urgent", reason="A batch, after all.")
    desk.walk("complaint", "complaint-quality", upto="n3")
    desk.step("complaint", "nodes/n4/start", agent="qa-1")
    desk.step("complaint", "nodes/n4/return", to_node="n3", reason="The work order says too little.")
    desk.step("complaint", "exceptions/awaiting_customer/raise")
    desk.step("complaint", "exceptions/awaiting_customer/clear")
    desk.step("complaint", "assign", team="quality", agent="qa-2", reason="Knows this model.")
    desk.walk("complaint", "complaint-quality", since="n3")


def second_day(desk: Desk) -> None:
    """A fortnight later: surveys have expired, promises are broken, cases come back."""
    desk.step("complaint", "reopen", reason="It broke again.")
    desk.running.come_to_rest()
    desk.walk("complaint", "complaint-quality", since="n6", upto="n6")
    desk.walk("broken", "problem-handling")
    desk.walk("broken", "problem-handling", since="p5", upto="p5")
    desk.step("broken", "close")
    desk.step("nobody", "resolve", outcome="unreachable", reason="Wrong number.")
    for number, ago in enumerate((200, 100), 1):  # the same customer with the same need, twice
        desk.register(f"again {number}", "feedback-handling", {"feedback_type": "suggestion"}, who="K-10", ago=ago)
        desk.contact(f"again {number}", ago=ago - 5, resolves_case=True)
        desk.walk(f"again {number}", "feedback-handling")
    desk.walk("project", "service-delivery", upto="n2")
    desk.step("project", "exceptions/late_milestone/raise")
    desk.step("it-ticket", "resolve", outcome="rejected", reason="No fault of ours.")
    desk.register("another forgotten", "inbound-call", {"customer_name": "C"})
    desk.running.come_to_rest()
    http, url = desk.running.http, desk.running.stack.url
    customer = desk.running.get("intake", f"/cases/{desk.cases['forgotten']}").json()["customer_ref"]
    assert http.delete(f"{url('intake')}/customers/{customer}/personal").json()["case_ids"] == [desk.cases["forgotten"]]
    assert http.delete(f"{url('routing')}/cases/{desk.cases['forgotten']}/personal").json() == {"words": 1}
    for service in ("intake", "survey"):
        assert http.delete(f"{url(service)}/cases/{desk.cases['another forgotten']}/personal").status_code == 200


def last_day(desk: Desk) -> dict[str, Any]:
    """Leave running clocks and an open survey for the backup; return the request that a client may repeat."""
    desk.register("running", "inbound-call", {"urgency": "routine", "topic": "billing"}, who="K-1")
    desk.walk("running", "inbound-call", upto="n2")
    desk.register("asked", "inbound-call", {"urgency": "routine"}, who="K-11", ago=5)
    desk.contact("asked")
    desk.walk("asked", "inbound-call")
    again = {"channel": "web", "process_id": "inbound-call", "external_ref": "T-1", "customer": {"id": "K-12"}}
    known = {"Idempotency-Key": "asked before the upgrade"}
    answer = desk.running.post("intake", "/cases", again, known)
    desk.cases["said once"] = answer.json()["case_id"]
    return {"link": desk.link("asked"), "asked": {"body": again, "headers": known, "answer": answer.json()}}


def late_desk(desk: Desk) -> None:
    """A standard whose calendar begins later than its cases, a second version, and a draft nobody published."""
    ticket = yaml.safe_load((SHIPPED / "imports" / "standards" / "it-ticket.yaml").read_text("utf-8"))
    promises = ticket["promises"] | {"answer": {"limit": "2wd", "until": "first_response"}}
    standard = ticket | {"id": LATE, "calendar": {"id": OFFICE, "version": 1}, "promises": promises}
    year = desk.past.now.year
    calendar = {"id": OFFICE, "version": 1, "timezone": "UTC", "years": [year, year + 1], "windows": WEEK}
    position = desk.say("sla", "/calendars", {"calendar": calendar}).headers["Position"]
    for version in (1, 2):
        desk.say("routing", "/processes", {"standard": standard | {"version": version, "change": f"Version {version}."}})
        published = desk.say("routing", f"/processes/{LATE}/versions/{version}/publish", {}, Position=position)
        position = published.headers["Position"]
    desk.say("routing", "/processes", {"standard": standard | {"version": 3, "change": "Not published."}})
    old = {"channel": "web", "process_id": LATE, "occurred_at": f"{year - 2}-03-01T09:00:00+00:00"}
    for name in ("waits", "waited"):
        answer = desk.say("intake", "/cases", old, Position=position)
        desk.cases[name], desk._position[name] = answer.json()["case_id"], answer.headers["Position"]
    desk.say("intake", f"/cases/{desk.cases['waited']}/cancel", {"reason": "too old"})


def history(desk: Desk) -> None:
    """A month of another system, and one odd case."""
    month = Month(SEED, IMPORTED, desk.past.now.replace(microsecond=0) - timedelta(hours=1))
    made = list(chain.from_iterable(facts_of(month, standards(FIRST), can_promise)))
    desk.send([msgspec.to_builtins(fact) for fact in made])
    desk.send(list(odd(desk)))


def odd(desk: Desk) -> Iterator[dict[str, Any]]:
    for sequence, (kind, data) in enumerate(ODD, 1):
        at = desk.past.now - timedelta(days=3) + timedelta(hours=sequence)
        yield {"system": "odd", "case": "odd", "sequence": sequence, "type": kind, "time": at.isoformat(), "data": data}


def stated(desk: Desk) -> dict[str, Any]:
    """Return the other system's claim about the odd case."""
    fact = {"system": "odd", "case": "odd", "sequence": len(ODD) + 1, "type": "import.figures_stated"}
    return fact | {"time": desk.past.now.isoformat(), "data": {"system": "odd", "figures": {"made_sla": True}}}
