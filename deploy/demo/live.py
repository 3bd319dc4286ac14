"""A few cases played now, only through the public HTTP of the five services, as programs and people do."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.demo.people import outputs_of
from deploy.stack import Stack
from libs.events.catalogue.standard import Standard
from libs.events.words.now import new_id, real_now

ATTEMPTS_MAX = 10
SURVEY_SECONDS_MAX = 40.0
"""A standard's survey waits some seconds before it asks, because the case may be reopened."""

NEEDS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("inbound-call", {"urgency": "routine", "topic": "usage"}, "5"),
    ("inbound-call", {"urgency": "urgent", "topic": "technical"}, "4"),
    ("inbound-call", {"urgency": "complex", "topic": "technical"}, "5"),
    ("complaint-quality", {"affected": "one", "product_model": "A-100"}, "2"),
    ("feedback-handling", {"feedback_type": "suggestion"}, ""),
)
"""Process, the customer's words, and their answer to the survey. The last one's form stays open for you to try."""


class LiveFailed(Exception):
    """A service refused a step that should have worked; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A case that was played: its id, and its customer's form if nobody has answered it yet."""

    case_id: str
    form: str


def play_live(stack: Stack, standards: Mapping[str, Standard], told: Callable[[float], None]) -> list[Lived]:
    """Play the cases from registration to the survey's answer and return them."""
    with httpx.Client(timeout=30.0) as http:
        desk = _Desk(stack, http)
        case_ids = []
        for number, (process, fields, _) in enumerate(NEEDS, 1):
            case_id, position = desk.register(process, fields)
            desk.walk(case_id, standards[process], position)
            case_ids.append(case_id)
            told(number / (len(NEEDS) + 1))
        # Surveys come some seconds later, so they are answered at the end.
        lived = [Lived(id, desk.survey(id, answer)) for id, (_, _, answer) in zip(case_ids, NEEDS, strict=True)]
        told(1.0)
    return lived


class _Desk:
    """The people at the desk. Every request has a key of its own, so that each run makes new cases."""

    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        self._stack, self._http, self._run, self._count = stack, http, new_id(real_now()), 0

    def register(self, process: str, fields: Mapping[str, str]) -> tuple[str, str]:
        customer = {"id": f"K-live-{self._count}", "name": "A customer / 客户"}
        form = {
            **fields,
            "customer_name": "A customer",
            "problem_description": "It stays dark. / 不亮",
            "feedback_text": "Thanks",
        }
        body = {"channel": "phone", "process_id": process, "fields": form, "customer": customer}
        registered = self._post("intake", "/cases", body)
        case_id = registered.json()["case_id"]
        contact = {"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "cs-1"}
        answered = self._post("intake", f"/cases/{case_id}/contacts", contact)
        return case_id, answered.headers["Position"]

    def walk(self, case_id: str, standard: Standard, position: str) -> None:
        """Do the work node by node up to the one that resolves; each request carries the Position of the answer
        before."""
        for node in standard.nodes:
            outputs = list(outputs_of(node, standard))
            for verb, body in (("start", {"agent": "cs-1"}), ("complete", {"agent": "cs-1", "outputs": outputs})):
                done = self._post("routing", f"/cases/{case_id}/nodes/{node.id}/{verb}", body, {"Position": position})
                position = done.headers["Position"]
            if node.resolves:
                return

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

    def _link(self, case_id: str) -> str:
        end = time.monotonic() + SURVEY_SECONDS_MAX
        while time.monotonic() < end:
            invited = _succeeded(self._http.get(f"{self._stack.url('survey')}/invitations", params={"case_id": case_id}))
            if items := invited.json()["items"]:
                return str(items[0]["link"])
            time.sleep(0.05)
        raise LiveFailed(f"survey asked nobody about case {case_id} within {SURVEY_SECONDS_MAX:.0f} s")

    def _post(self, service: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> httpx.Response:
        self._count += 1
        headers = {"Idempotency-Key": f"{self._run}-{self._count}", **(headers or {})}
        for _ in range(ATTEMPTS_MAX):  # a slow machine takes longer to read than the service waits
            answer = self._http.post(f"{self._stack.url(service)}{path}", json=body, headers=headers)
            if answer.status_code != 503:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        return _succeeded(answer)


def _succeeded(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise LiveFailed(
            f"{response.request.method} {response.request.url} answered {response.status_code} {response.text[:500]}"
        )
    return response
