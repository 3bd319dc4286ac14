"""What strangers write, everywhere they can: as markup, from right to left, in pictures, without end. And the same in peace."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from deploy.home import SHIPPED
from tests.browser.desk import FORM, Desk, Sample
from tests.stack.test_journey import BY_WORDS, walk

SECRET = "Quastenflosser"
"""Stands in every personal text."""

ATTACK = (
    "<b id=hostile>'\"\u202eعربي🧨&lt;</title></textarea></style></script><script>window.hostile=1;alert(1)</script>"
    "<img id=hostile src=/hostile onerror=alert(1)>{{ 7*7 }}%s<!-- "
)
LABEL, NAME, REASON, LONG = 100, 200, 500, 5_000
"""The longest that the services take: in a standard, as a name, as a reason, as a description or note."""

Text = Callable[[int], str]
"""Returns a text of at most so many characters."""


def hostile(length: int) -> str:
    return f"{ATTACK}{'W' * length}"[:length]


def personal(length: int) -> str:
    return f"{SECRET}{hostile(length)}"[:length]


def calm(length: int) -> str:
    return "calm words"[:length]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Writes `text` wherever there is a choice, and `private` where the text is about people."""

    desk: Desk
    process_id: str
    text: Text
    private: Text

    def writes(self) -> Sample:
        """Publish a standard, and let cases of it be worked on and judged."""
        self._publish()
        asked, answered = self._work(1), self._work(2)
        case_id = self._begin(3)
        link = self.desk.link(asked)
        given = {"overall": "1", "comment": self.private(2_000)}
        thanks = self.desk.http.post(f"{self.desk.stack.url('survey')}/s/{self.desk.link(answered)}", data=given)
        assert thanks.status_code == 200, thanks.text
        self.desk.come_to_rest()
        return self.desk.sampled(self.process_id, case_id, link)

    def _publish(self) -> None:
        standard: Any = yaml.safe_load((SHIPPED / "standards" / "inbound-call-1.yaml").read_text("utf-8"))
        labelled = [standard["name"], *standard["nodes"], *standard["exceptions"], *standard["roles"].values()]
        for number, one in enumerate(labelled):
            one |= {lang: f"{number} {self.text(LABEL - 3)}" for lang in ("en", "zh")}
        for one in standard["exceptions"]:
            one["action"] = self.text(REASON)
        standard |= {"id": self.process_id, "change": self.text(REASON), "forms": {FORM: self._form()}}
        standard["nodes"][-1]["outputs"].append(FORM)
        self._post("routing", "/processes", {"standard": standard})
        self._post("routing", f"/processes/{self.process_id}/versions/1/publish", {})
        self.desk.eventually_known(self.process_id)

    def _form(self) -> dict[str, Any]:
        text = self.text
        said = {"type": "string", "title": text(LABEL), "x-zh": text(LABEL), "description": text(REASON)}
        chosen = {"type": "string", "enum": [text(LABEL), "other"]}
        schema = {"type": "object", "properties": {"said": said, "chosen": chosen}, "required": ["said"]}
        return {"en": text(LABEL), "zh": text(LABEL), "schema": schema}

    def _register(self, number: int) -> tuple[str, str]:
        """Register a case, note what was said, give it to somebody."""
        text, private = self.text, self.private
        fields = {"customer_name": private(LONG), "problem_description": private(LONG), private(NAME): private(NAME)}
        case = {
            "channel": "phone",
            "process_id": self.process_id,
            "subject": private(NAME),
            "description": private(LONG),
            "external_ref": f"{number} {text(NAME - 2)}",
            "fields": fields | {"urgency": "urgent", "topic": text(NAME)},
            "customer": {"id": f"{number} {private(NAME - 2)}", "name": private(NAME), "email": _mail(private(200))},
        }
        case_id, position = self.desk.registered(case)
        contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
        contact |= {"agent": text(NAME), "note": private(LONG)}
        position = self._post("intake", f"/cases/{case_id}/contacts", contact, position)
        record = {"form": FORM, "data": {"said": private(NAME), "chosen": text(LABEL)}, "agent": text(NAME)}
        position = self._post("intake", f"/cases/{case_id}/records", record, position)
        owner = {"team": text(NAME), "agent": text(NAME), "reason": private(REASON)}
        return case_id, self._post("routing", f"/cases/{case_id}/assign", owner, position)

    def _begin(self, number: int) -> str:
        """Let a case be begun, sent back and wait."""
        text, private = self.text, self.private
        case_id, position = self._register(number)
        outputs = ["contact", private(NAME), f"who={private(NAME - 4)}"]
        for path, body in (
            ("escalate", {"to_role": "cs_supervisor", "reason": private(REASON)}),
            ("nodes/n1/start", {"agent": text(NAME)}),
            ("nodes/n1/complete", {"agent": text(NAME), "outputs": outputs}),
            ("nodes/n2/start", {"agent": text(NAME)}),
            ("nodes/n2/return", {"to_node": "n1", "reason": private(REASON)}),
            ("exceptions/awaiting_customer/raise", {}),
        ):
            position = self._post("routing", f"/cases/{case_id}/{path}", body, position)
        return case_id

    def _work(self, number: int) -> str:
        """Let a case be done with."""
        case_id, position = self._register(number)
        walk(self.desk, case_id, position, BY_WORDS)
        return case_id

    def _post(self, service: str, path: str, body: dict[str, Any], position: str = "") -> str:
        answer = self.desk.post(service, path, body, {"Position": position} if position else None)
        assert answer.status_code < 300, answer.text
        return answer.headers["Position"]


def _mail(text: str) -> str:
    return "".join(text.split()).replace("@", "") + "@example.org"
