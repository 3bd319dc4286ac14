"""Seven steps of a complaint: everything that can happen to a normal one, an urgent one that came late, one without an answer."""

from datetime import timedelta
from typing import Any

from libs.events.words.now import real_now
from tests.stack.scenarios.lines import (
    Line,
    answers,
    asks,
    begins,
    calls,
    completes,
    decides,
    does,
    fills_in,
    supplies,
    tells,
    works,
)
from tests.stack.scenarios.scenario import Scenario

FIELDS = {"customer_name": "Zhou Min", "product_model": "A-100", "problem_description": "It stays dark."}
FOLLOWED_UP = {"satisfaction": 4, "verbatim": "I am content.", "called_at": "2026-03-02T09:00:00+08:00"}


def planned(**then: Any) -> tuple[Line, ...]:
    """A plan is written, approved and given to production."""
    return (
        begins("wei", "n4"),
        fills_in("wei", "solution_report", cause="a wire", responsible_department="production", remedy="replace"),
        asks("wei", "n4", "plan_approval"),
        decides("tao", "n4", "plan_approval", "approved"),
        completes("wei", "n4", "responsible_department=production", node="n5", **then),
    )


def presented(who: str) -> tuple[Line, ...]:
    """The plan is presented and accepted."""
    return works(
        who,
        "n5",
        before=(
            calls(who, "result"),
            answers("solution", "accepted", exceptions=[]),
            fills_in(who, "customer_confirmation", decision="accepted", confirmed_by="Zhou Min", evidence_ref="letter 1"),
        ),
        node="n6",
        visit_team="production",
    )


HANDLED = (
    begins("gang", "n6"),
    fills_in("gang", "handling_result", content="a new lamp", result="it shines"),
    completes("gang", "n6", told=("result-notice",)),
    tells("gang", meets=True, reached=False, status=422, told=("contact-contradicts",)),
    calls("gang", "result"),
    completes("gang", "n6", told=("result-notice",)),
    tells("gang", meets=False),  # this sends nothing back, as she accepted the plan
    completes("gang", "n6", phase="resolved", outcome="resolved", node="n7"),
    *works("mei", "n7", before=(calls("mei", "followup"), fills_in("mei", "followup_record", **FOLLOWED_UP)), phase="closed"),
)

NORMAL = Scenario(
    name="a normal complaint",
    process="complaint-quality",
    comes={"fields": {name: FIELDS[name] for name in FIELDS if name != "product_model"} | {"affected": "one"}},
    then={"node": "n1", "grade": "normal", "team": "customer_service", "exceptions": ["info_incomplete"]},
    outcome="resolved",
    surveyed=True,
    lines=(
        begins("gang", "n1", status=403, told=("not-entitled",)),
        begins("mei", "n3", status=409, told=("key-node-open",)),
        begins("mei", "n1"),
        completes("mei", "n1", told=("complaint_register",)),
        calls("mei", "info", exceptions=["info_incomplete", "awaiting_customer"]),
        calls("mei", "response"),
        supplies(product_model="A-100"),
        fills_in("mei", "complaint_register", customer_name="Zhou Min"),
        completes("mei", "n1", told=("complaint_register",)),
        fills_in("mei", "complaint_register", **FIELDS),
        completes("mei", "n1", node="n2"),
        begins("mei", "n2", status=403, told=("not-entitled",)),
        *works("lin", "n2", node="n3"),
        *works("mei", "n3", "work_order", node="n4", visit_team="quality"),
        begins("wei", "n4"),
        completes("wei", "n4", told=("solution_report", "responsible_department", "plan_approval")),
        fills_in("wei", "solution_report", cause="a wire", responsible_department="production", remedy="repair"),
        asks("wei", "n4", "plan_approval"),
        decides("wei", "n4", "plan_approval", "approved", status=403),
        decides("tao", "n4", "plan_approval", "rejected", "The wire is not the cause.", node="n4", visit=2, started=False),
        *planned(),
        begins("mei", "n5"),
        completes("mei", "n5", told=("customer_confirmation", "plan-notice", "solution")),
        calls("mei", "result"),
        answers("solution", "rejected", node="n4", visit=3, exceptions=["solution_rejected"]),
        *planned(),
        *presented("nan"),
        begins("wei", "n6", status=403, told=("not-entitled",)),
        *HANDLED,
    ),
)

URGENT = Scenario(
    name="an urgent complaint of three hours ago",
    process="complaint-quality",
    comes={"fields": FIELDS | {"affected": "batch"}},
    then={"grade": "urgent", "escalations": 2},
    outcome="resolved",
    hours_ago=3,
    broken=frozenset({"response", "node:n1"}),
    lines=(
        does("lin", "/escalations/1/acknowledge", agent="lin"),
        *works("mei", "n1", before=(calls("mei", "response"), fills_in("mei", "complaint_register", **FIELDS))),
        begins("lin", "n2"),
        does("lin", "/grade", status=422, told=("reason-missing",), grade="normal"),
        does("lin", "/grade", grade="normal", reason="only one lamp", then={"grade": "normal"}),
        does("lin", "/grade", grade="urgent", reason="a whole batch after all", then={"grade": "urgent"}),
        completes("lin", "n2"),
        *works("mei", "n3", "work_order"),
        *planned(),
        *presented("mei"),
        *HANDLED,
    ),
)


def ago(hours: float) -> str:
    return (real_now() - timedelta(hours=hours)).isoformat()


UNREACHABLE = Scenario(
    name="a complaint whose customer does not answer",
    process="complaint-quality",
    comes={"fields": FIELDS | {"affected": "one"}},
    then={"node": "n1"},
    outcome="unreachable",
    hours_ago=100,
    broken=frozenset({"response", "node:n1"}),
    moot=frozenset({"cycle"}),
    lines=(
        begins("mei", "n1"),
        *(calls("mei", "response", reached=False, at=ago(hours)) for hours in (75, 50)),
        does("lin", "/resolve", status=409, told=("attempts-missing",), outcome="unreachable", reason="nobody answers"),
        calls("mei", "response", reached=False, at=ago(25)),
        does("lin", "/resolve", outcome="unreachable", reason="nobody answers", then={"phase": "resolved"}),
        does("lin", "/close", then={"phase": "closed", "outcome": "unreachable"}),
    ),
)

SCENARIOS = (NORMAL, URGENT, UNREACHABLE)
