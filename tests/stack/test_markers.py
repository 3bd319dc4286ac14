"""A mark in every text of every request: free text is in the vaults only, an erasure empties those, and no output shows it.

The requests follow from the descriptions at /openapi.json and the imported facts from the catalogue, so a new route, field or
event is tried as soon as it exists.
"""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from libs.events.words.event import free_fields, later_fields
from services.intake.domain.importable import IMPORTABLE
from tests.libs.events.words.test_free import IN_CLEAR
from tests.safety.asking import Operation, operations, sample
from tests.services.routing.samples import page
from tests.stack.test_journey import CASE, walk
from tests.stack.test_personal import CLEAR, FREE, HELD, flat, texts

GOLDEN = Path(__file__).parents[1] / "golden"
NOT_ABOUT_CASES = {"post_process", "post_calendar", "post_holidays", "post_roster", "post_publish", "post_retire", "post_import"}
NOT_ABOUT_CASES |= {"post_policy", "post_reckoning"}
"""Standards, calendars, policies and rosters are published: nobody writes about customers there, nor in what is asked of a
reckoning. Imports have rows of their own, below."""
BODIES: dict[str, Any] = {
    "post_case": {"channel": "phone", "process_id": "inbound-call", "process_version": 1},
    "post_contact": {"direction": "inbound", "channel": "phone", "purpose": "info"},
    "post_record": {"form": "slip", "data": {"words": "again"}},
    "post_confirmation": {"subject": "result", "decision": "accepted", "evidence": "a letter"},
    "post_due": {"agreed_due_at": "2099-01-01T00:00:00Z", "reason": "again"},
    "classify_case_id": {"service_class": "urgent"},
    "grade_case_id": {"grade": "urgent"},
    "assign_case_id": {"team": "customer_service", "agent": "mei"},
    "escalate_case_id": {"to_role": "cs_supervisor", "reason": "again"},
    "acknowledge_number": {"agent": "lee"},
    "resolve_case_id": {"outcome": "unreachable", "reason": "moved away"},
    "complete_node": {
        "outputs": [
            "contact",
            "feedback_record",
            "root_cause",
            "improvement_direction",
            "plan",
            "owner",
            "due_at",
            "confirmation_notice",
        ]
    },
    "handover_node": {"agent": "mei"},
    "skip_node": {"reason": "nothing to improve"},
    "request_gate": {},
    "decide_gate": {"decision": "approved", "agent": "lee"},
    "return_node": {"to_node": "n1", "reason": "again"},
}
"""Bodies that are accepted, of operations for which the smallest that is described is not.

Cases go by the first versions of the standards: their nodes owe words, and they end as unreachable without attempts.
"""
BEFORE = {
    "complete_node": ["start_node n1"],
    "return_node": ["start_node n1", "complete_node n1", "start_node n2"],
    "skip_node": [f"{verb}_node f{n}" for n in range(1, 6) for verb in ("start", "complete")],
    "request_gate": ["start_node n1"],
    "decide_gate": ["start_node n1", "request_gate n1"],
    "acknowledge_number": ["escalate_case_id"],
    "reopen_case_id": ["resolve_case_id"],
    "close_case_id": ["resolve_case_id"],
}
"""What must have been done for a step to be accepted."""
NODES = {"return_node": "n2", "skip_node": "f6"}
GATE = {"id": "go", "en": "Go", "zh": "放行", "approver": "cs_supervisor"}
OTHERS = {
    "grade_case_id": {"process_id": "complaint-quality"},
    "skip_node": {"process_id": "feedback-handling"},
    "post_record": {"process_id": "gated"},
    "request_gate": {"process_id": "gated"},
    "decide_gate": {"process_id": "gated"},
}
"""Inbound calls have no grades, no node that may be skipped, no decisions and no forms."""
SUBJECTS = {
    "corrections": {"owner": "mei", "why": "late"},
    "risks": {"owner": "mei", "kind": "staffing", "level": "high", "what": "few of us"},
}
"""Of each kind one that a verb can be asked of."""
SLIP = {"en": "Slip", "zh": "单", "schema": {"type": "object", "properties": {"words": {"type": "string"}}}}
MARK = re.compile(r"uasten([a-j]{6})flosser|66601990(\d{6})", re.IGNORECASE)
"""A mark has the look of a name and of a telephone number."""
IN_SQL = "uasten[a-j]{6}flosser|66601990[0-9]{6}|61737465(6e|4e)|3636363031393930"
"""The same for PostgreSQL, in texts and in bytes."""


class Marks:
    """Marks, and the places in which they were sent."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self._numbers = count(1)

    def texts(self, place: str, schema: dict[str, Any]) -> list[str]:
        """Return texts with a new mark: as people write, and if that would be refused also one that the schema allows."""
        digits = f"{next(self._numbers):06}"
        letters = "".join(chr(ord("a") + int(one)) for one in digits)
        self.places[letters] = self.places[digits] = place
        name, phone = f"quasten{letters}flosser", f"+49 30 66601990{digits}"
        free = f"Ottilie Q{name[1:]}, {phone}"
        allowed = (one for one in (free, f"{name}@example.com", f"Ottilie-{name}", name, phone) if suits(one, schema))
        return [*dict.fromkeys([free, next(allowed, free)])]

    def found(self, text: str) -> set[str]:
        """Return the places whose mark stands in a text, or in bytes that it shows as digits."""
        text += "".join(bytes.fromhex(one).decode("latin-1") for one in re.findall(r"\\x((?:[0-9a-f]{2})+)", text))
        return {self.places[one] for either in MARK.findall(text) for one in either if one in self.places}


def suits(text: str, schema: dict[str, Any]) -> bool:
    return re.search(schema.get("pattern", ""), text) is not None and len(text) <= schema.get("maxLength", len(text))


class Sender:
    """Sends every request once for each text that it takes, with a mark in that one; each command gets a case of its own."""

    def __init__(self, running: Any) -> None:
        self.running, self.marks = running, Marks()
        self.cases: list[str] = []
        self.answers: defaultdict[str, list[tuple[Any, str]]] = defaultdict(list)
        """Place → how it was answered."""
        self._keys = count(1)

    def publish_gated(self) -> None:
        """Publish a standard with a decision and a form at its first node."""
        content = page("inbound-call") | {"id": "gated"}
        content["nodes"][0]["gates"] = [GATE]
        content["nodes"][0]["outputs"].append("slip")
        content["forms"] = {"slip": SLIP}
        for path, body in (("/processes", {"standard": content}), ("/processes/gated/versions/1/publish", {})):
            assert self.running.post("routing", path, body).status_code in (200, 201)

    def send_all(self) -> None:
        self.publish_gated()
        seen = set()
        for one in operations():
            for told in one.parameters():
                # A header is read in one place for all of a service's operations.
                once = (one.service, "" if told["in"] == "header" else one.name, told["name"])
                if once not in seen:
                    seen.add(once)
                    self.send(one, f"{told['in']} {told['name']}", flat(one.service, told["schema"]))
            if one.told["operationId"] not in NOT_ABOUT_CASES and (body := one.body()) is not None:
                for place in sorted(set(texts(flat(one.service, body)))):
                    self.send(one, f"body {place}", inside(flat(one.service, body), place))

    def send(self, one: Operation, place: str, schema: dict[str, Any]) -> None:
        where, name = place.split()
        for text in self.marks.texts(f"{one.name} {place}", schema):
            values, body = self.ready(one)
            if where == "body":
                put(body, name, text)
            else:
                values[name] = text
            answer = self.ask(one, values, body)
            assert answer.status_code < 500, (one.name, place, answer.text)
            self.answers[f"{one.name} {place}"].append((answer.status_code, answer.text))

    def ready(self, one: Operation) -> tuple[dict[str, Any], Any]:
        """Return a request that is accepted, about a case that is ready for it."""
        name = one.told["operationId"]
        values = {told["name"]: sample(one.service, told["schema"]) for told in one.parameters() if told.get("required")}
        body = one.body() and BODIES.get(name, sample(one.service, one.body()))
        if one.method == "post" and "case_id" in values:
            told = self.running.post("intake", "/cases", BODIES["post_case"] | OTHERS.get(name, {}))
            values |= {
                "case_id": told.json()["case_id"],
                "Position": told.headers["Position"],
                "node": NODES.get(name, "n1"),
                "gate": GATE["id"],
                "number": "1",
            }
            self.cases.append(values["case_id"])
            for step in BEFORE.get(name, ()):
                values["Position"] = self.step(values, *step.split())
        if one.method == "post" and one.service == "analytics" and "id" in values:
            values["id"] = self.subject(one.path.split("/")[1])
        return values, copy.deepcopy(body)

    def subject(self, kind: str) -> str:
        """Return a new correction or risk."""
        answer = self.running.post("analytics", f"/{kind}", SUBJECTS[kind])
        assert answer.status_code == 201, answer.text
        return str(answer.json()[f"{kind.removesuffix('s')}_id"])

    def step(self, values: dict[str, Any], name: str, node: str = "") -> str:
        [one] = [one for one in operations() if one.name == f"routing.{name}"]
        answer = self.ask(one, values | {"node": node}, BODIES.get(name, {}))
        assert answer.status_code == 200, answer.text
        return answer.headers["Position"]

    def ask(self, one: Operation, values: dict[str, Any], body: Any) -> Any:
        taken = {told["name"]: told["in"] for told in one.parameters()}
        if values.get("Idempotency-Key") == "a":  # as short as can be, and used before
            values = values | {"Idempotency-Key": f"try {next(self._keys)} {id(self)}"}
        where: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for name in taken.keys() & values.keys():
            where[taken[name]][name] = str(values[name])
        path = one.path.format(**{name: quote(value, safe="") for name, value in where["path"].items()})
        content = {} if body is None else {"json": body}
        url = f"{self.running.stack.url(one.service)}{path}"
        return self.running.http.request(one.method, url, params=where["query"], headers=where["header"], **content)

    def import_all(self) -> None:
        places, rows = zip(*imported(self.marks), strict=True)
        answer = self.running.post("intake", "/import", {"facts": rows})
        assert answer.status_code == 200, answer.text
        for place, verdict in zip(places, answer.json()["verdicts"], strict=True):
            self.answers[place].append((verdict["status"], json.dumps(verdict)))

    def answer_a_survey(self) -> None:
        """Answer as a customer does; the form is no JSON, and its link is a secret."""
        case = self.running.post("intake", "/cases", CASE)
        self.cases.append(case_id := case.json()["case_id"])
        walk(self.running, case_id, case.headers["Position"])
        invited = self.running.eventually("survey", f"/invitations?case_id={case_id}", lambda found: found["items"], seconds=40)
        url = f"{self.running.stack.url('survey')}{urlsplit(invited['items'][0]['link']).path}"
        for place in ("overall", "comment"):
            [text] = self.marks.texts(f"survey.post_form form {place}", {})
            answer = self.running.http.post(url, data={"overall": "4", place: text}, headers={"Authorization": ""})
            self.answers[f"survey.post_form form {place}"].append((answer.status_code, ""))

    def erase_all(self) -> None:
        everyone = self.running.query("select distinct key from intake_core.outbox where topic = 'cases'")
        for case_id in [row["key"] for row in everyone]:
            for service in ("intake", "routing", "survey"):
                erased = self.running.http.delete(f"{self.running.stack.url(service)}/cases/{case_id}/personal")
                assert erased.status_code == 200, erased.text
        subjects = "select distinct split_part(type, '.', 1) as kind, key from analytics_core.outbox where topic = 'quality'"
        for row in self.running.query(subjects):
            path = f"/{row['kind']}s/{row['key']}/personal"
            erased = self.running.http.delete(f"{self.running.stack.url('analytics')}{path}")
            assert erased.status_code == 200, erased.text

    def kept(self) -> dict[str, set[str]]:
        """Return where each place's mark stands now: the tables."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        tables = self.running.query(
            "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
            "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        )
        for table in (row["name"] for row in tables):
            for row in self.running.query(f"select t::text as shown from {table} t where t::text ~* '{IN_SQL}'"):
                for place in self.marks.found(row["shown"]):
                    found[place].add(table)
        return found


def inside(schema: dict[str, Any], place: str) -> dict[str, Any]:
    """Return the schema of one text, given its place in a body; nothing of a map or a list, which hold any."""
    for name in place.split("."):
        schema = next(one for one in schema.get("anyOf", [schema]) if "properties" in one)["properties"][name]
    return schema if schema.get("type") == "string" else {}


def put(body: Any, place: str, text: str) -> None:
    """Put a text into a body; where a map or a list is taken, wherever texts can stand in it."""
    *way, last = place.split(".")
    for name in way:
        body = body.setdefault(name, {})
    body[last] = {
        "fields": {"words": text, text: "words"},
        "data": {"words": text},
        "outputs": ["contact", f"contact={text}", text],
    }.get(last, text)


def imported(marks: Marks) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield for every text of every fact that can be imported such a fact with a mark in it."""
    for name, kind in IMPORTABLE.items():
        data = json.loads((GOLDEN / f"{name}.v{kind.version}.json").read_text())["data"]
        data = {place: value for place, value in data.items() if place != "system"}
        data = {place: "" for place in free_fields(kind.cls) if place in later_fields(kind.cls)} | data
        if name == "case.registered":
            data |= {"process_id": "inbound-call", "process_version": 1}
        for place, value in data.items():
            if isinstance(value, str | list | dict):
                about = f"post_import {name} {place}"
                [text] = marks.texts(about, {})
                said = {str: text, list: [text, f"contact={text}"], dict: {"words": text, text: 5}}[type(value)]
                said = {text: "words", "words": text} if place == "fields" else {text: 5} if isinstance(value, dict) else said
                row = {"system": "marks", "case": f"{name} {place}", "sequence": 1, "type": name}
                yield about, row | {"time": "2025-07-01T08:00:00Z", "data": data | {place: said}}


def may_be_said(place: str) -> bool:
    """Test whether a text is one of the names, codes and words of a standard that events say in clear."""
    operation, where, name = place.split()
    if operation == "post_import":
        return name in IN_CLEAR[where] - {"customer_ref", "fields"} and name not in free_fields(IMPORTABLE[where].cls)
    return where == "body" and name in CLEAR


@pytest.fixture(scope="module")
def sent(calm):
    sender = Sender(calm)
    sender.send_all()
    sender.import_all()
    sender.answer_a_survey()
    calm.come_to_rest()
    return sender


@pytest.fixture(scope="module")
def kept(sent):
    return sent.kept()


def test_what_people_write_was_taken(sent, kept):
    """A refused mark cannot be found anywhere, and then the tests below could not fail."""
    free = {f"{name} body {place}" for name, places in FREE.items() if name != "intake.post_import" for place in places}
    free |= {f"post_import {kind.name} {name}" for kind in IMPORTABLE.values() for name in free_fields(kind.cls)}
    free |= {"post_import case.registered fields", "survey.post_form form comment"}
    assert {place: sent.answers[place] for place in free if not kept.get(place, set()) & HELD} == {}


def test_what_people_write_is_in_the_vaults_and_nowhere_else(kept):
    said = {place: tables - HELD for place, tables in kept.items() if tables - HELD and not may_be_said(place)}
    assert said == {}


def test_no_answer_repeats_what_people_write(sent):
    told = {place for place, answers in sent.answers.items() if sent.marks.found("".join(text for _, text in answers))}
    assert {place for place in told if " body " in place and not may_be_said(place)} == set()


def test_no_process_logs_or_counts_what_was_written(calm, sent):
    for service in calm.stack.ports:
        assert sent.marks.found(calm.stack.home.log(service).read_text("utf-8")) == set()
        shown = sent.marks.found(calm.http.get(f"{calm.stack.url(service)}/metrics").text)
        # A channel is a word, and words are what figures are counted by; a name or a number as people write it is none.
        assert shown <= {"intake.post_case body channel"}
        assert "66601990" not in calm.http.get(f"{calm.stack.url(service)}/metrics").text


def test_an_erasure_leaves_nothing_of_what_people_wrote(sent):
    sent.erase_all()
    assert {place: tables for place, tables in sent.kept().items() if not may_be_said(place) or tables & HELD} == {}
