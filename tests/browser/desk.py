"""A desk for people to look at: five real processes, the demo's month, somebody who may see all and somebody who may not."""

import asyncio
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml
from rich.console import Console

from deploy.demo.month import SYSTEM, Month, facts_of
from deploy.demo.play import play
from deploy.demo.shipped import can_promise, standards
from libs.events.words.now import real_now
from libs.web.keys import new_key
from libs.web.pages.sessions import COOKIE
from tests.stack.running import Running
from tests.stack.test_journey import walk

CASES = 200
IMPERSONAL = ["cases:read", "cases:write", "clocks:read", "surveys:read", "surveys:link", "figures:read", "standards:write"]
"""Every scope that opens a page, but for those of personal data."""

CASE = {
    "channel": "phone",
    "process_id": "inbound-call",
    "subject": "No light",
    "fields": {"customer_name": "Zhou Min", "problem_description": "The lamp stays dark.", "urgency": "urgent"},
    "customer": {"id": "K-77", "name": "Zhou Min", "email": "zhou.min@example.org", "language": "zh"},
}


class Desk(Running):
    """A stack with a month of cases. `key` may do everything, `clerk` may see nothing personal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clerk, entry = new_key("clerk", IMPERSONAL)
        keys = folder / "keys.yaml"
        keys.write_text(yaml.safe_dump([*yaml.safe_load(keys.read_text()), entry]))

    def start(self) -> None:
        super().start()
        month = Month(seed=7, cases=CASES, until=real_now())
        facts = list(facts_of(month, standards(), can_promise))
        account = asyncio.run(play(self.stack, SYSTEM, facts, Console(quiet=True), self.key))
        assert account.verdicts["recorded"] == account.facts_made, account.reasons
        self.come_to_rest()

    def page(self, service: str, path: str, key: str) -> httpx.Response:
        """Return a page as the holder of a key gets it."""
        headers = {"Authorization": f"Bearer {key}", "Accept": "text/html"}
        return self.http.get(f"{self.stack.url(service)}{path}", headers=headers, follow_redirects=True)

    def session(self, key: str) -> str:
        """Sign in, and return the cookie that the browser would keep; it is good at all five services."""
        headers = {"Sec-Fetch-Site": "same-origin", "Authorization": ""}
        answer = self.http.post(f"{self.stack.url('intake')}/sign-in", data={"key": key}, headers=headers)
        assert answer.status_code == 303, answer.text
        cookie = answer.cookies[COOKIE]
        self.http.cookies.clear()
        return cookie

    def registered(self, body: dict = CASE) -> tuple[str, str]:
        """Register a case, and return its id and its Position."""
        answer = self.post("intake", "/cases", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["case_id"], answer.headers["Position"]

    def form(self, body: dict = CASE) -> str:
        """Let a case be done with, and return the path of its customer's form."""
        case_id, position = self.registered(body)
        contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
        answered = self.post("intake", f"/cases/{case_id}/contacts", contact, {"Position": position})
        walk(self, case_id, answered.headers["Position"])
        # Survey waits ten seconds before it asks, because the case may be reopened meanwhile.
        invited = self.eventually("survey", f"/invitations?case_id={case_id}", lambda found: found["items"])
        return urlsplit(invited["items"][0]["link"]).path

    @cached_property
    def case(self) -> str:
        """A case under way."""
        case_id, position = self.registered()
        self.eventually("routing", f"/cases/{case_id}", lambda found: found.get("node"), headers={"Position": position})
        return case_id

    @cached_property
    def link(self) -> str:
        """The token of a form that nobody has answered."""
        return self.form().rsplit("/", 1)[-1]
