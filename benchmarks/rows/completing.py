"""The cost of completing a node that asks for three records and a decision, beside one that asks for three words."""

import itertools
import json
from collections.abc import Mapping
from statistics import median
from typing import Any

import httpx

from benchmarks import load, served
from benchmarks.measure import Goal, Row, Side, compare
from deploy.stack import Stack
from services.__main__ import PORTS

CASES = 60
"""So many cases stand ready in each round. Each is completed once; one client asks, one after the other."""
FORMS = ("cause", "plan", "result")
FORM = {
    "en": "Form",
    "zh": "表单",
    "schema": {
        "type": "object",
        "required": ["found"],
        "properties": {name: {"type": "string", "maxLength": 500} for name in ("found", "done", "left")},
    },
}
GATE = {"id": "release", "en": "Release", "zh": "放行", "approver": "lead"}
LIMIT = (
    "the same transaction: evidence is part of the state that routing keeps, so what is added is a longer state to read and "
    "three more names in what is said"
)
_numbers = itertools.count()


def rows() -> list[Row]:
    """Let both kinds of nodes take turns, and return the median wait for a completion and its ratio."""
    with served.stack("completing") as stack, httpx.Client(timeout=30.0) as http:
        for name in PORTS:
            if name not in ("intake", "routing"):
                stack.kill(name)
        desk = _Desk(stack, http)
        desk.publish("on-words", {})
        desk.publish("on-evidence", {"gates": [GATE]}, forms=dict.fromkeys(FORMS, FORM))
        words = Side("one that owes three words", lambda: desk.completed("on-words", outputs=FORMS), "ms")
        evidence = Side("ours", lambda: desk.completed("on-evidence", outputs=()), "ms")
        goal = Goal(3.0, at_most=True)
        return compare("complete a node that owes three records and a decision", evidence, [(words, goal)], limit=LIMIT, rounds=3)


class _Desk:
    """Calls intake and routing, each answer waited for by the next call."""

    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        self._stack, self._http, self._position = stack, http, ""

    def publish(self, id: str, owed: Mapping[str, Any], **more: Any) -> None:
        """Publish a standard with one node of work and one that ends it."""
        node = {"role": "agent", "approver": "lead", "limit": "8h"}
        work = {**node, "id": "work", "en": "Work", "zh": "办理", "outputs": [*FORMS], **owed}
        end = node | {"id": "end", "en": "End", "zh": "结束", "outputs": ["told"], "inputs": [*FORMS], "resolves": True}
        roles = {"agent": {"en": "Agent", "zh": "专员"}, "lead": {"en": "Lead", "zh": "主管"}}
        head = {"schema": "process-standard/v2", "id": id, "version": 1, "name": {"en": id, "zh": id}, "roles": roles}
        head |= {"change": "measured", "reviewer": "nobody", "escalate_to": "lead"}
        self._post("routing", "/processes", {"standard": head | {"nodes": [work, end]} | more})
        self._post("routing", f"/processes/{id}/versions/1/publish", {})

    def completed(self, process: str, outputs: tuple[str, ...]) -> float:
        """Return the median wait in milliseconds for the completion of each of the cases that were made ready for it."""
        body = json.dumps({"agent": "eva", "outputs": outputs}).encode()
        ready = [self._ready(process) for _ in range(CASES)]
        urls = [f"{self._stack.url('routing')}/cases/{case_id}/nodes/work/complete" for case_id in ready]
        heard = f"Position: {self._position}"
        requests = (load.post(url, body, f"Idempotency-Key: {next(_numbers)}", heard) for url in urls)
        return median(load.each(urls[0], requests, expected=b"200").waits) * 1e3

    def _ready(self, process: str) -> str:
        """Return a new case at which only the completion is missing."""
        case_id: str = self._post("intake", "/cases", {"channel": "web", "process_id": process})["case_id"]
        node = f"/cases/{case_id}/nodes/work"
        self._post("routing", f"{node}/start", {"agent": "eva"})
        if process == "on-evidence":
            for form in FORMS:
                self._post("intake", f"/cases/{case_id}/records", {"form": form, "data": {"found": "a loose screw"}})
            self._post("routing", f"{node}/gates/release/request", {"agent": "eva"})
            self._post("routing", f"{node}/gates/release/decide", {"decision": "approved", "agent": "lea"})
        return case_id

    def _post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Idempotency-Key": f"made-{next(_numbers)}"} | ({"Position": self._position} if self._position else {})
        answer = self._http.post(self._stack.url(service) + path, json=body, headers=headers)
        if not answer.is_success:
            raise load.Refused(answer.text)
        self._position = answer.headers["Position"]
        return answer.json()
