"""A dozen cases played now by the newest standards: with records, decisions, refusals, notices and the customer's answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from deploy.demo.desk import Desk
from deploy.stack import Stack
from libs.events.catalogue.standard import Standard

COMPLETE = {"customer_name": "A customer", "problem_description": "It stays dark. / 不亮"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What comes in and how far it gets: to the end of node `to`, or there to `until`, what is left behind last.

    `refused` says at which node somebody says no the first time, and to what. Then `after` what it is said.
    It is to be done within `agreed_days`, if that was agreed.
    `answer` is what the customer answers to the survey; None if nobody waits for it, and empty if her form stays open.
    """

    process: str
    fields: dict[str, str]
    to: str
    until: str = ""
    agreed_days: int = 0
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    answer: str | None = None
    channel: str = "phone"


APPROVAL, PLAN = ("ask plan_approval", "plan_approval"), ("notice", "solution")
"""After what somebody says no, and to what."""

CALL, COMPLAINT, FEEDBACK = "inbound-call", "complaint-quality", "feedback-handling"
PROBLEM, PROJECT = "problem-handling", "service-delivery"

NEEDS: tuple[Need, ...] = (
    Need(
        process=COMPLAINT,
        fields={**COMPLETE, "affected": "one", "product_model": "A-100"},
        to="n7",
        refused={"n4": APPROVAL, "n5": PLAN},
        answer="2",
    ),
    Need(
        process=COMPLAINT, fields={**COMPLETE, "affected": "batch", "product_model": "B-300"}, to="n4", until="ask plan_approval"
    ),
    Need(process=FEEDBACK, fields={"feedback_type": "suggestion", "feedback_text": "谢谢"}, to="f6", answer="", channel="email"),
    Need(process=CALL, fields={**COMPLETE, "urgency": "routine", "topic": "usage"}, to="n6", answer="5"),
    Need(process=CALL, fields={**COMPLETE, "urgency": "urgent", "topic": "technical"}, to="n6", answer="4"),
    Need(process=CALL, fields={**COMPLETE, "urgency": "complex", "topic": "technical"}, to="n4", until="start"),
    Need(process=CALL, fields={"urgency": "urgent", "impact": "major"}, to="n3"),
    Need(process=COMPLAINT, fields={**COMPLETE, "affected": "one", "product_model": "A-200"}, to="n5", until="notice"),
    Need(process=COMPLAINT, fields={"affected": "one"}, to="n1", until="start", channel="web_form"),
    Need(process=PROBLEM, fields={**COMPLETE, "impact": "minor", "found_at": "today"}, to="p5"),
    Need(process=PROBLEM, fields={**COMPLETE, "impact": "major", "found_at": "today"}, to="p4", until="start"),
    Need(
        process=PROJECT,
        fields={**COMPLETE, "customer_need": "Training / 培训"},
        to="n2",
        until="ask plan_approval",
        agreed_days=30,
    ),
)
"""The first one has everything happen to it; the form about the feedback stays open for you to try."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A case that was played: its id, and its customer's form if nobody has answered it yet."""

    case_id: str
    form: str


def play_live(stack: Stack, standards: Mapping[str, Standard], told: Callable[[float], None]) -> list[Lived]:
    """Play the cases from registration to the survey's answer and return them."""
    with httpx.Client(timeout=30.0) as http:
        desk = Desk(stack, http)
        case_ids = []
        for number, need in enumerate(NEEDS, 1):
            case_ids.append(desk.register(need.process, need.channel, need.fields, need.agreed_days))
            _walk(desk, case_ids[-1], need, standards[need.process])
            told(number / (len(NEEDS) + 1))
        # Surveys come some seconds later, so they are answered at the end.
        asked = zip(case_ids, NEEDS, strict=True)
        lived = [Lived(id, "" if need.answer is None else desk.survey(id, need.answer)) for id, need in asked]
        told(1.0)
    return lived


def _walk(desk: Desk, case_id: str, need: Need, standard: Standard) -> None:
    """Do the work node by node; where somebody says no, the case goes back and the work is done again from there."""
    places, refused = {node.id: place for place, node in enumerate(standard.nodes)}, dict(need.refused)
    place = 0
    while place <= places[need.to]:
        node = standard.nodes[place]
        if no := refused.pop(node.id, None):
            after, subject = no
            desk.work(case_id, standard, node, until=after)
            desk.refuse(case_id, node, subject)
            ways = {gate.id: gate.returns_to for gate in node.gates}
            if node.confirmation:
                ways[node.confirmation.subject] = node.confirmation.returns_to
            place = places[ways[subject] or node.id]
        else:
            desk.work(case_id, standard, node, until=need.until if node.id == need.to else "")
            place += 1
