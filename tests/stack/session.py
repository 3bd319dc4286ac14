"""The first session of the README, step by step, as a program plays it with clients generated from the five descriptions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from libs.events.now import real_now

CASE = {
    "channel": "phone",
    "process_id": "inbound-call",
    "subject": "Where is my order?",
    "customer": {"id": "K-1", "name": "Li Wei"},
    "fields": {"customer_name": "Li Wei", "problem_description": "ordered on Monday", "订单号": "7/8"},
}
WALK = {
    "n1": ["contact"],
    "n2": ["case_record"],
    "n3": ["service_class=routine", "assignment"],
    "n4": ["handling_result"],
    "n5": ["result_notice"],
}


def holds(told: Any, kept: Mapping[str, Any]) -> bool:
    """Whatever was answered will do."""
    return True


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request. `{names}` in what is given are replaced by what was kept; a question is asked until it shows what it should.

    The newest Position is passed on to every operation that takes one, and every write has a key of its own.
    """

    says: str
    service: str
    operation: str
    body: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    """Name → where in the answer its value stands, as in `items/0/link`."""
    shows: Callable[[Any, Mapping[str, Any]], bool] = holds


def of_case(says: str, operation: str, body: Any = None, **given: Any) -> Step:
    return Step(says=says, service="routing", operation=operation, body=body, given={"case_id": "{case}"} | given)


def walk() -> list[Step]:
    """Return the work at each node; the completion of the last one resolves the case."""
    steps = []
    for node, outputs in WALK.items():
        steps.append(of_case(f"work begins at {node}", "start_node", {"agent": "mei"}, node=node))
        steps.append(of_case(f"{node} is done", "complete_node", {"agent": "mei", "outputs": outputs}, node=node))
    return steps


def types(told: Any) -> list[str]:
    return [one["type"] for one in told["items"]]


def statuses(told: Any) -> dict[str, str]:
    return {one["clock"]: one["status"] for one in told["items"]}


def long_ago() -> str:
    return (real_now() - timedelta(days=3)).isoformat()


SESSION = [
    Step(
        says="the figures before",
        service="analytics",
        operation="get_figures",
        given={"process": "inbound-call"},
        keeps={"resolved_before": "resolved"},
    ),
    Step(
        says="a customer calls",
        service="intake",
        operation="post_case",
        body=CASE,
        keeps={"case": "case_id"},
        shows=lambda told, kept: told["missing"] == [],
    ),
    Step(
        says="what the customer said is kept whole",
        service="intake",
        operation="get_case",
        given={"case_id": "{case}"},
        shows=lambda told, kept: told["fields"] == CASE["fields"],
    ),
    Step(
        says="what the team has to do",
        service="routing",
        operation="get_work",
        given={"team": "customer_service", "limit": 200},
        shows=lambda told, kept: any(one["case_id"] == kept["case"] for one in told["items"]),
    ),
    Step(
        says="the customer is told that somebody is on it",
        service="intake",
        operation="post_contact",
        body={"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "mei", "note": "we look for it"},
        given={"case_id": "{case}"},
    ),
    Step(
        says="which promises run",
        service="sla",
        operation="get_clocks",
        given={"case_id": "{case}"},
        shows=lambda told, kept: statuses(told)["response"] == "met" and statuses(told)["resolution"] == "running",
    ),
    *walk(),
    Step(
        says="the promise was kept",
        service="sla",
        operation="get_clocks",
        given={"case_id": "{case}"},
        shows=lambda told, kept: statuses(told)["resolution"] == "met",
    ),
    Step(
        says="why the clock shows what it shows",
        service="sla",
        operation="get_explanation",
        given={"case_id": "{case}", "clock": "resolution"},
    ),
    Step(
        says="the customer is asked",
        service="survey",
        operation="get_invitations",
        given={"case_id": "{case}"},
        keeps={"survey": "items/0/survey_id", "link": "items/0/link"},
        shows=lambda told, kept: len(told["items"]) == 1,
    ),
    Step(
        says="the customer answers",
        service="survey",
        operation="post_form",
        body={"overall": "4", "comment": "谢谢 & bye"},
        given={"signed": "{link}"},
    ),
    Step(
        says="what the customer wrote",
        service="survey",
        operation="get_survey",
        given={"survey_id": "{survey}"},
        shows=lambda told, kept: (told["overall"], told["comment"]) == (4, "谢谢 & bye"),
    ),
    Step(
        says="what everybody said about the case",
        service="analytics",
        operation="get_timeline",
        given={"case_id": "{case}"},
        shows=lambda told, kept: {"case.registered.v1", "case.resolved.v1", "survey.answered.v1"} <= {*types(told)},
    ),
    Step(
        says="a figure has changed",
        service="analytics",
        operation="get_figures",
        given={"process": "inbound-call"},
        shows=lambda told, kept: told["resolved"] == kept["resolved_before"] + 1,
    ),
    Step(
        says="a need that came in three days ago",
        service="intake",
        operation="post_case",
        body=CASE | {"occurred_at": long_ago()},
        keeps={"late": "case_id"},
    ),
    Step(
        says="its promises are broken",
        service="sla",
        operation="get_clocks",
        given={"case_id": "{late}"},
        shows=lambda told, kept: statuses(told)["response"] == "breached",
    ),
    Step(
        says="the case is withdrawn",
        service="intake",
        operation="post_cancel",
        body={"reason": "asked again"},
        given={"case_id": "{late}"},
    ),
]
