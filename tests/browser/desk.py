"""A desk for people to look at: five real processes, the demo's month, somebody who may see all and somebody who may not."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml
from rich.console import Console

from deploy.demo.month import SYSTEM, Month, facts_of
from deploy.demo.play import play
from deploy.demo.shipped import FIRST, can_promise, standards
from libs.events.words.now import real_now
from libs.web.keys import new_key
from libs.web.pages.sessions import COOKIE
from services.intake.domain.link import token
from services.survey.domain import link as survey_link
from tests.services.routing.samples import page
from tests.stack.running import Running
from tests.stack.test_journey import walk

CASES, FORMS = 200, 4
TEAM = "night_watch"
RECORDED, FORM = "recorded-call", "slip"
"""A process whose first node leaves a form behind."""
SLIP = {
    "en": "Callback slip",
    "zh": "回电单",
    "schema": {
        "type": "object",
        "properties": {
            "number": {"type": "string", "title": "Number", "x-zh": "号码", "description": "With its country code."},
            "reason": {"type": "string", "enum": ["no answer", "promised"], "title": "Reason", "x-zh": "原因"},
            "on": {"type": "string", "format": "date", "title": "On", "x-zh": "日期"},
            "tries": {"type": "integer", "minimum": 0, "title": "Tries", "x-zh": "次数"},
            "is_urgent": {"type": "boolean", "title": "Is it urgent?", "x-zh": "是否紧急"},
            "lamps": {"type": "array", "items": {"type": "string"}, "title": "Lamps", "x-zh": "灯具"},
        },
        "required": ["number"],
    },
}
IMPERSONAL = [
    "cases:read",
    "cases:write",
    "clocks:read",
    "surveys:read",
    "surveys:link",
    "figures:read",
    "standards:write",
    "rosters:read",
    "reads:read",
]
"""Every scope that opens a page, but for those of personal data."""

CASE = {
    "channel": "phone",
    "process_id": "inbound-call",
    "subject": "No light",
    "fields": {"customer_name": "Zhou Min", "problem_description": "The lamp stays dark.", "urgency": "urgent"},
    "customer": {"id": "K-77", "name": "Zhou Min", "email": "zhou.min@example.org", "language": "zh"},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands for a parameter.

    A process, a case and where its customer follows it, a form that is still open, a reckoning, a team.
    """

    process_id: str
    case_id: str
    link: str
    survey_id: str
    tracking: str
    reckoning: str
    team: str = TEAM


class Desk(Running):
    """A stack with a month of cases. `key` may do everything, `clerk` may see nothing personal.

    `sample` is what is looked at; `asked` are cases that are done with, whose customers may fill in their forms.
    """

    sample: Sample
    asked: list[Sample]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clerk, entry = new_key("clerk", IMPERSONAL)
        keys = folder / "keys.yaml"
        keys.write_text(yaml.safe_dump([*yaml.safe_load(keys.read_text()), entry]))

    def start(self) -> None:
        super().start()
        # Survey waits ten seconds before it asks, because a case may be reopened; meanwhile the month is played.
        resolved = [self.resolved(CASE | {"customer": {"id": f"K-{number}"}}) for number in range(FORMS)]
        month = Month(seed=7, cases=CASES, until=real_now())
        facts = list(facts_of(month, standards(FIRST), can_promise))
        account = asyncio.run(play(self.stack, SYSTEM, facts, Console(quiet=True), self.key))
        assert account.verdicts["recorded"] == account.facts_made, account.reasons
        self.reckoning = self.reckoned()
        self.asked = [self.sampled("inbound-call", case_id, self.link(case_id)) for case_id in resolved]
        self.enrolled(TEAM)
        self.ruled()
        self.record()
        self.sample = self.sampled("inbound-call", self.started(CASE | {"process_id": RECORDED}), self.asked.pop().link)
        self.come_to_rest()

    def sampled(self, process_id: str, case_id: str, link: str) -> Sample:
        survey = survey_link.opened(link, secret=self.stack.home.secret("survey"))
        assert survey is not None
        return Sample(
            process_id, case_id, link, survey.survey_id, token(case_id, secret=self.stack.home.secret("tracking")), self.reckoning
        )

    def page(self, service: str, path: str, key: str) -> httpx.Response:
        """Return a page as the holder of a key gets it."""
        headers = {"Authorization": f"Bearer {key}", "Accept": "text/html"}
        return self.http.get(f"{self.stack.url(service)}{path}", headers=headers)

    def session(self, key: str) -> str:
        """Sign in, and return the cookie that the browser would keep; it is good at all five services."""
        headers = {"Sec-Fetch-Site": "same-origin", "Authorization": ""}
        answer = self.http.post(f"{self.stack.url('intake')}/sign-in", data={"key": key}, headers=headers)
        assert answer.status_code == 303, answer.text
        self.http.cookies.clear()
        return answer.cookies[COOKIE]

    def registered(self, body: dict = CASE) -> tuple[str, str]:
        """Register a case, and return its id and its Position."""
        answer = self.post("intake", "/cases", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["case_id"], answer.headers["Position"]

    def reckoned(self) -> str:
        """Reckon with a limit that breaks promises, and return the reckoning."""
        self.come_to_rest()
        answer = self.post("sla", "/reckonings", {"name": "Twenty seconds", "limits": {"cycle": "20s"}})
        assert answer.status_code == 202, answer.text
        id: str = answer.json()["reckoning_id"]
        self.eventually("sla", f"/reckonings/{id}", lambda shown: shown["state"] == "done")
        return id

    def ruled(self) -> None:
        """Publish a policy that says what it says of cases that nobody has."""
        rules = [
            {"id": "by-night", "when": {"team": TEAM}, "then": {"clock": "response", "limit": "30m"}},
            {"id": "handed-over", "when": {"team": TEAM}, "then": {"clock": "taken-over", "limit": "2h", "node": "n1"}},
        ]
        answer = self.post("sla", "/policies", {"policy": {"process": "inbound-call", "version": 1, "rules": rules}})
        assert answer.status_code == 201, answer.text

    def enrolled(self, team: str) -> None:
        """Publish the roster of a team whose work no standard names."""
        week = {day: ["00:00-06:00", "22:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        people = [
            {"id": "noor", "roles": ["cs_agent"], "skills": ["alarms"], "capacity": 4, "hours": week, "deputy": "ivo"},
            {"id": "ivo", "roles": ["cs_supervisor"], "capacity": 0, "absences": [{"from": "2026-01-01", "until": "2026-01-31"}]},
        ]
        roster = {"schema": "roster/v1", "team": team, "version": 1, "timezone": "Asia/Shanghai", "people": people}
        answer = self.post("routing", "/rosters", {"roster": roster | {"name": {"en": "Night watch", "zh": "夜班"}}})
        assert answer.status_code == 201, answer.text

    def record(self) -> None:
        """Publish a process in which a form is filled in."""
        name = {"en": "Call on record", "zh": "录单来电"}
        content = page("inbound-call") | {"id": RECORDED, "name": name, "forms": {FORM: SLIP}}
        content["nodes"][0]["outputs"].append(FORM)
        for path, body in (("/processes", {"standard": content}), (f"/processes/{RECORDED}/versions/1/publish", {})):
            answer = self.post("routing", path, body)
            assert answer.status_code in (200, 201), answer.text
        self.eventually_known(RECORDED)

    def started(self, body: dict = CASE) -> str:
        """Register a case and begin to work on it."""
        case_id, position = self.registered(body)
        begun = self.post("routing", f"/cases/{case_id}/nodes/n1/start", {"agent": "mei"}, {"Position": position})
        assert begun.status_code == 200, begun.text
        return case_id

    def resolved(self, body: dict = CASE) -> str:
        """Register a case and do all its work."""
        case_id, _ = self.registered(body)
        contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
        answered = self.post("intake", f"/cases/{case_id}/contacts", contact)
        walk(self, case_id, answered.headers["Position"])
        return case_id

    def link(self, case_id: str) -> str:
        """Return the token of a case's form."""
        invited = self.eventually("survey", f"/invitations?case_id={case_id}", lambda found: found["items"])
        return urlsplit(invited["items"][0]["link"]).path.rsplit("/", 1)[-1]
