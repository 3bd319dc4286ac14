"""Calls of the three classes and a major one, a project, a feedback and a problem, from how they come to their closing."""

from typing import Any

from tests.stack.scenarios.complaints import FOLLOWED_UP
from tests.stack.scenarios.lines import Line, answers, asks, begins, calls, completes, decides, does, fills_in, tells, works
from tests.stack.scenarios.scenario import Scenario

FIELDS = {"customer_name": "Zhou Min", "problem_description": "It stays dark."}


def call(name: str, who: str, then: dict[str, Any], handled: tuple[Line, ...] = (), **said: str) -> Scenario:
    """A call, which `who` handles."""
    return Scenario(
        name=name,
        process="inbound-call",
        comes={"fields": FIELDS | said},
        then=then,
        outcome="resolved",
        lines=(
            calls("mei", "response"),
            *works("mei", "n1", "contact"),
            begins("bo", "n2"),
            completes("bo", "n2", told=("case_record",)),
            fills_in("bo", "case_record", **FIELDS),
            completes("bo", "n2", node="n3"),
            *works("mei", "n3", "assignment", node="n4", visit_team=then["team"]),
            *works(who, "n4", "handling_result", before=handled, node="n5"),
            begins("mei", "n5"),
            completes("mei", "n5", "result_notice", told=("result-notice",)),
            tells("mei", meets=True),
            completes("mei", "n5", "result_notice", phase="resolved"),
            *works("mei", "n6", before=(fills_in("mei", "followup_record", **FOLLOWED_UP),), phase="closed"),
        ),
    )


WAITED = (
    does("kai", "/exceptions/awaiting_customer/raise", then={"exceptions": ["awaiting_customer"]}),
    does("kai", "/exceptions/awaiting_customer/clear", then={"exceptions": []}),
)

CALLS = (
    call("a routine call", "bo", {"service_class": "routine", "team": "customer_service"}, urgency="routine"),
    call(
        "an urgent call about technology",
        "kai",
        {"service_class": "urgent", "severity": "minor", "team": "tech_support"},
        urgency="urgent",
        topic="technical",
    ),
    call("a complex call", "kai", {"service_class": "complex", "team": "tech_support"}, WAITED, urgency="complex"),
    call("a major problem on the phone", "qing", {"severity": "major", "team": "management"}, impact="major"),
)

PLAN = {"content": "a course", "standard": "two days", "responsibilities": "we teach"}
MILESTONES = [{"what": "first day", "due_on": "2026-03-02"}]


def designed(*answered: Line, **then: Any) -> tuple[Line, ...]:
    """A plan is designed, approved and shown to the customer, who answers."""
    return (
        begins("rui", "n2"),
        fills_in("rui", "service_plan", **PLAN, milestones=MILESTONES),
        asks("rui", "n2", "plan_approval"),
        decides("qing", "n2", "plan_approval", "approved"),
        calls("rui", "result"),
        *answered,
    )


EXECUTED = works("rui", "n3", "work_result", before=(answers("scope", "accepted"),), node="n4")
DELIVERED = (
    begins("rui", "n4"),
    fills_in("rui", "deliverable_list", items=["a course"]),
    fills_in("rui", "acceptance_form", accepted_by="Zhou Min", evidence_ref="letter 3"),
    tells("rui", meets=True),
)

PROJECT = Scenario(
    name="a project",
    process="service-delivery",
    comes={"kind": "project", "fields": {"customer_name": "Zhou Min", "customer_need": "a course"}},
    then={"node": "n1", "team": "customer_service"},
    outcome="resolved",
    lines=(
        calls("mei", "response"),
        *works("mei", "n1", before=(fills_in("mei", "need_record", customer_name="Zhou Min", customer_need="a course"),)),
        begins("rui", "n2"),
        fills_in("rui", "service_plan", **PLAN),
        completes("rui", "n2", told=("plan-notice", "plan_approval", "service_plan", "solution")),
        asks("rui", "n2", "plan_approval"),
        decides("qing", "n2", "plan_approval", "rejected", "No milestones.", node="n2", visit=2),
        *designed(answers("solution", "rejected", node="n2", visit=3)),
        *designed(answers("solution", "accepted"), completes("rui", "n2", node="n3")),
        begins("rui", "n3"),
        completes("rui", "n3", "work_result", told=("scope",)),
        answers("scope", "accepted"),
        completes("rui", "n3", "work_result", node="n4"),
        *DELIVERED,
        answers("result", "rejected", node="n3", visit=2, exceptions=["result_rejected"]),
        *EXECUTED,
        *DELIVERED,
        answers("result", "accepted", exceptions=[]),
        completes("rui", "n4", phase="resolved"),
        *works(
            "mei",
            "n5",
            before=(
                fills_in("mei", "result_confirmation", content="a course", result="they know it"),
                fills_in("mei", "followup_record", **FOLLOWED_UP),
            ),
            phase="closed",
        ),
    ),
)

FEEDBACK = Scenario(
    name="feedback about a product",
    process="feedback-handling",
    comes={"channel": "email", "fields": {"feedback_text": "too dark", "feedback_type": "product"}},
    then={"category": "product", "team": "quality", "role": "quality_engineer", "visit_team": "customer_service"},
    outcome="resolved",
    lines=(
        calls("mei", "response"),
        *works("mei", "f1", before=(fills_in("mei", "feedback_record", feedback_text="too dark"),)),
        *works("mei", "f2", visit_team="process_office"),
        *works("yan", "f3", before=(fills_in("yan", "feedback_analysis", root_cause="a cover", improvement_direction="glass"),)),
        begins("wei", "f4"),
        fills_in("wei", "response_plan", plan="a clear cover"),
        completes("wei", "f4", told=("response_plan",)),
        fills_in("wei", "response_plan", plan="a clear cover", owner="wei", due_at="2026-03-02"),
        completes("wei", "f4", node="f5"),
        *works("mei", "f5", "confirmation_notice", before=(tells("mei", meets=True),), phase="resolved"),
        *works("yan", "f6", before=(fills_in("yan", "improvement_item", improvement="clear covers"),), phase="closed"),
    ),
)

PROBLEM = Scenario(
    name="a minor problem",
    process="problem-handling",
    comes={"kind": "problem", "fields": {"problem_description": "It flickers.", "found_at": "today", "impact": "minor"}},
    then={"severity": "minor", "team": "customer_service", "role": "cs_team"},
    outcome="resolved",
    lines=(
        calls("mei", "response"),
        *works(
            "mei",
            "p1",
            before=(fills_in("mei", "problem_record", found_at="2026-03-02T09:00:00+08:00", problem_description="It flickers."),),
        ),
        *works("lin", "p2", "priority"),
        begins("mei", "p3", status=403, told=("not-entitled",)),
        *works("bo", "p3", "response_plan"),
        *works(
            "bo",
            "p4",
            before=(fills_in("bo", "resolution_record", result="it shines"),),
            phase="resolved",
            visit_team="process_office",
        ),
        begins("yan", "p5"),
        completes("yan", "p5", told=("improvement_measures", "knowledge_entry", "root_cause_analysis")),
        fills_in("yan", "root_cause_analysis", method="five_whys", cause_class="design", causes=["a loose wire"]),
        fills_in("yan", "improvement_measures", measures="a better clamp", owner="wei", due_on="2026-03-02"),
        fills_in("yan", "knowledge_entry", question="Does it flicker?", answer="Look at the clamp."),
        completes("yan", "p5", phase="closed"),
    ),
)

SCENARIOS = (*CALLS, PROJECT, FEEDBACK, PROBLEM)
