"""The first session of the README, step by step, as a program plays it with clients generated from the five descriptions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from libs.events.words.now import real_now
from tests.stack.test_journey import SHOWN, WALK, statuses, types

CASE = {
    "channel": "phone",
    "process_id": "inbound-call",
    "subject": "Where is my order?",
    "customer": {"id": "K-1", "name": "Li Wei"},
    "fields": {"customer_name": "Li Wei", "problem_description": "ordered on Monday", "订单号": "7/8"},
}
ANSWER = {"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "mei", "note": "we look for it"}
DONE = WALK | {"n3": ["service_class=routine", "assignment"]}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request. `{names}` in it are replaced by kept values; a question is asked until its answer shows the right thing.

    The newest Position is passed on to every operation that takes one, and every write has a key of its own.
    `keeps`: name → where in the answer its value stands, as in `items/0/link`.
    """

    says: str
    service: str
    operation: str
    body: Any
    given: Mapping[str, Any]
    keeps: Mapping[str, str]
    shows: Callable[[Any, Mapping[str, Any]], bool]


def holds(told: Any, kept: Mapping[str, Any]) -> bool:
    """Any answer will do."""
    return True


def step(
    says: str,
    operation: str,
    body: Any = None,
    *,
    keeps: Mapping[str, str] | None = None,
    shows: Callable[[Any, Mapping[str, Any]], bool] = holds,
    **given: Any,
) -> Step:
    service, _, name = operation.partition(".")
    return Step(says=says, service=service, operation=name, body=body, given=given, keeps=keeps or {}, shows=shows)


def work(node: str, outputs: list[str]) -> Iterator[Step]:
    """Yield the work at one node; the completion of the last one resolves the case."""
    yield step(f"work begins at {node}", "routing.start_node", {"agent": "mei"}, case_id="{case}", node=node)
    if node in SHOWN:
        where, body = SHOWN[node]
        yield step(f"what {node} owes is shown", f"intake.post_{where.removesuffix('s')}", body, case_id="{case}")
    done = {"agent": "mei", "outputs": outputs}
    yield step(f"{node} is done", "routing.complete_node", done, case_id="{case}", node=node)


def long_ago() -> str:
    return (real_now() - timedelta(days=3)).isoformat()


SESSION = [
    step("the figures before", "analytics.get_figures", process="inbound-call", keeps={"resolved_before": "resolved"}),
    step(
        "a customer calls",
        "intake.post_case",
        CASE,
        keeps={"case": "case_id"},
        shows=lambda told, kept: told["missing"] == [],
    ),
    step(
        "what the customer said is kept whole",
        "intake.get_case",
        case_id="{case}",
        shows=lambda told, kept: told["fields"] == CASE["fields"],
    ),
    step(
        "what the team has to do",
        "routing.get_work",
        team="customer_service",
        limit=200,
        shows=lambda told, kept: any(one["case_id"] == kept["case"] for one in told["items"]),
    ),
    step("the customer is told that somebody is on it", "intake.post_contact", ANSWER, case_id="{case}"),
    step(
        "which promises run",
        "sla.get_clocks",
        case_id="{case}",
        shows=lambda told, kept: statuses(told)["response"] == "met" and statuses(told)["resolution"] == "running",
    ),
    *(one for node, outputs in DONE.items() for one in work(node, outputs)),
    step(
        "the promise was kept",
        "sla.get_clocks",
        case_id="{case}",
        shows=lambda told, kept: statuses(told)["resolution"] == "met",
    ),
    step("why the clock shows what it shows", "sla.get_explanation", case_id="{case}", clock="resolution"),
    step(
        "the customer is asked",
        "survey.get_invitations",
        case_id="{case}",
        keeps={"survey": "items/0/survey_id", "link": "items/0/link"},
        shows=lambda told, kept: len(told["items"]) == 1,
    ),
    step("the customer answers", "survey.post_form", {"overall": "4", "comment": "谢谢 & bye"}, signed="{link}"),
    step(
        "what the customer wrote",
        "survey.get_survey",
        survey_id="{survey}",
        shows=lambda told, kept: (told["overall"], told["comment"]) == (4, "谢谢 & bye"),
    ),
    step(
        "what everybody said about the case",
        "analytics.get_timeline",
        case_id="{case}",
        shows=lambda told, kept: {"case.registered.v1", "case.resolved.v1", "survey.answered.v1"} <= {*types(told)},
    ),
    step(
        "a figure has changed",
        "analytics.get_figures",
        process="inbound-call",
        shows=lambda told, kept: told["resolved"] == kept["resolved_before"] + 1,
    ),
    step(
        "a need that came in three days ago",
        "intake.post_case",
        CASE | {"occurred_at": long_ago()},
        keeps={"late": "case_id"},
    ),
    step(
        "its promises are broken",
        "sla.get_clocks",
        case_id="{late}",
        shows=lambda told, kept: statuses(told)["response"] == "breached",
    ),
    step("the case is withdrawn", "intake.post_cancel", {"reason": "asked again"}, case_id="{late}"),
]
