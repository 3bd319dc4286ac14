"""The people at the desk, who work through the public HTTP of the five services, and have the roles of the shipped rosters."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.demo.evidence import filled_in
from deploy.demo.people import RESPONSIBLE, outputs_of, people
from deploy.stack import Stack
from libs.events.catalogue.standard import Node, Standard
from libs.events.words.now import new_id, real_now

ATTEMPTS_MAX = 10
SURVEY_SECONDS_MAX = 40.0
"""A standard's survey waits some seconds before it asks, because the case may be reopened."""

Step = tuple[str, str, Mapping[str, Any]]
"""The service that is asked, the path behind the case's, and the body."""


class LiveFailed(Exception):
    """A service refused a step that should have worked; the message quotes it."""


class Desk:
    """The desk. Every request has a key of its own, so that each run makes new cases, and passes on the Position before it."""

    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        self._stack, self._http, self._run, self._count = stack, http, new_id(real_now()), 0
        self._position: dict[str, str] = {}

    def register(self, process: str, channel: str, fields: Mapping[str, str], agreed_days: int) -> str:
        """Take a need in, to be done within so many days if they were agreed, and return its case."""
        customer = {"id": f"K-live-{self._count}", "name": "A customer / 客户"}
        body = {"channel": channel, "process_id": process, "fields": fields, "customer": customer}
        if agreed_days:
            body["agreed_due_at"] = (real_now() + timedelta(days=agreed_days)).isoformat()
        case_id = str(self._post("intake", "/cases", body)["case_id"])
        self._say(case_id, [("intake", "/contacts", _contact("response", people()["cs_agent"][0]))])
        return case_id

    def work(self, case_id: str, standard: Standard, node: Node, *, until: str = "") -> None:
        """Let who has the node's role do its work; `until` is the last thing that they do, and everything if it is empty."""
        who = people()[self._role(case_id, node)][0]
        for done, step in _steps(node, standard, who):
            self._say(case_id, [step])
            if done == until:
                return

    def refuse(self, case_id: str, node: Node, subject: str) -> None:
        """Say no: the approver to what is asked for, or the customer to what she is told."""
        gates = {gate.id: gate for gate in node.gates}
        if subject in gates:
            approver = people()[gates[subject].approver][0]
            no = {"decision": "rejected", "agent": approver, "reason": "It is too dear. / 费用过高"}
            self._say(case_id, [("routing", f"/nodes/{node.id}/gates/{subject}/decide", no)])
        else:
            no = {"subject": subject, "decision": "rejected", "evidence": "a call / 电话"}
            self._say(case_id, [("intake", "/confirmations", no)])

    def survey(self, case_id: str, answer: str) -> str:
        """Answer the customer's form, and return its address if it is left open."""
        link = self._link(case_id)
        if not answer:
            return link
        address = f"{self._stack.url('survey')}{urlsplit(link).path}"
        given = {"overall": answer, "attitude": answer, "comment": "谢谢 / thank you"}
        _succeeded(self._http.get(address))
        _succeeded(self._http.post(address, data=given))
        return ""

    def _role(self, case_id: str, node: Node) -> str:
        if node.role != "$assigned":
            return RESPONSIBLE if node.role.startswith("$") else node.role
        asked = self._http.get(f"{self._stack.url('routing')}/cases/{case_id}", headers=self._position)
        return str(_succeeded(asked).json()["role"])

    def _link(self, case_id: str) -> str:
        end = time.monotonic() + SURVEY_SECONDS_MAX
        while time.monotonic() < end:
            invited = _succeeded(self._http.get(f"{self._stack.url('survey')}/invitations", params={"case_id": case_id}))
            if items := invited.json()["items"]:
                return str(items[0]["link"])
            time.sleep(0.05)
        raise LiveFailed(f"survey asked nobody about case {case_id} within {SURVEY_SECONDS_MAX:.0f} s")

    def _say(self, case_id: str, steps: list[Step]) -> None:
        for service, path, body in steps:
            self._post(service, f"/cases/{case_id}{path}", body)

    def _post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        self._count += 1
        headers = {"Idempotency-Key": f"{self._run}-{self._count}", **self._position}
        for _ in range(ATTEMPTS_MAX):  # a slow machine takes longer to read than the service waits
            answer = self._http.post(f"{self._stack.url(service)}{path}", json=body, headers=headers)
            if answer.status_code != 503:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        self._position = {"Position": _succeeded(answer).headers["Position"]}
        return answer.json()


def _steps(node: Node, standard: Standard, who: str) -> Iterator[tuple[str, Step]]:
    """Yield what is done at a node, each by the name of what it leaves behind."""
    nodes = f"/nodes/{node.id}"
    yield "start", ("routing", f"{nodes}/start", {"agent": who})
    for form in (name for name in node.outputs if name in standard.forms):
        record = {"form": form, "data": filled_in(standard.forms[form].schema, real_now()), "agent": who}
        yield form, ("intake", "/records", record)
    for gate in node.gates:
        yield f"ask {gate.id}", ("routing", f"{nodes}/gates/{gate.id}/request", {"agent": who})
        yes = {"decision": "approved", "agent": people()[gate.approver][0]}
        yield gate.id, ("routing", f"{nodes}/gates/{gate.id}/decide", yes)
    if node.notice:
        said = {"meets_expectation": True} if node.asks_expectation else {}
        yield "notice", ("intake", "/contacts", _contact("result", who) | said)
    if node.confirmation:
        yes = {"subject": node.confirmation.subject, "decision": "accepted", "evidence": "a letter / 书面回执", "agent": who}
        yield "confirmation", ("intake", "/confirmations", yes)
    outputs = list(outputs_of(node, standard))
    yield "complete", ("routing", f"{nodes}/complete", {"agent": who, "outputs": outputs})


def _contact(purpose: str, agent: str) -> dict[str, Any]:
    return {"direction": "outbound", "channel": "phone", "purpose": purpose, "agent": agent}


def _succeeded(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise LiveFailed(
            f"{response.request.method} {response.request.url} answered {response.status_code} {response.text[:500]}"
        )
    return response
