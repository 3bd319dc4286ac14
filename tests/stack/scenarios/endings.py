"""The ends that are not met: refused, withdrawn and done elsewhere on a call, and feedback of somebody who left no name."""

from tests.stack.scenarios.lines import ANOTHER, Line, begins, completes, does, fills_in, withdraws, works
from tests.stack.scenarios.others import FIELDS
from tests.stack.scenarios.scenario import Scenario

CALL = {"node": "n1", "team": "customer_service"}
CLOSES = does("lin", "/close", then={"phase": "closed"})


def refuses(outcome: str, *, told: str, **said: str) -> tuple[Line, ...]:
    """Somebody says how the case ends, at first without what that needs."""
    return (
        does("lin", "/resolve", status=422, told=(told,), outcome=outcome),
        does("lin", "/resolve", outcome=outcome, **said, then={"phase": "resolved", "outcome": outcome}),
        CLOSES,
    )


REJECTED = Scenario(
    name="a call that asks for what nobody can give",
    process="inbound-call",
    comes={"fields": FIELDS},
    then=CALL,
    outcome="rejected",
    # The answer is due some seconds after the case is closed, and nobody gives it.
    hours_ago=(30 * 60 - 15) / 3600,
    broken=frozenset({"response", "node:n1"}),
    moot=frozenset({"resolution"}),
    lines=(begins("mei", "n1"), *refuses("rejected", told="reason-missing", reason="it is none of ours")),
)

WITHDRAWN = Scenario(
    name="a call that the customer withdraws after an hour without an answer",
    process="inbound-call",
    comes={"fields": FIELDS},
    then=CALL,
    outcome="withdrawn",
    hours_ago=1,
    broken=frozenset({"response", "node:n1"}),
    moot=frozenset({"resolution"}),
    lines=(begins("mei", "n1"), withdraws("it shines again", phase="cancelled", outcome="withdrawn")),
)

DUPLICATE = Scenario(
    name="a call that was made before",
    process="inbound-call",
    comes={"fields": FIELDS},
    then=CALL,
    outcome="duplicate",
    # In the other case she is answered, so nothing is due in this one.
    moot=frozenset({"response", "node:n1", "resolution"}),
    lines=(
        begins("mei", "n1"),
        *refuses("duplicate", told="repeated-case-missing", reason="she called yesterday", repeats=ANOTHER),
    ),
)

NAMELESS = Scenario(
    name="feedback without a customer",
    process="feedback-handling",
    comes={"channel": "web_form", "customer": {}, "fields": {"feedback_text": "too loud", "feedback_type": "suggestion"}},
    then={"category": "suggestion", "team": "customer_service"},
    outcome="unreachable",
    hours_ago=25,
    broken=frozenset({"response", "node:f1"}),
    moot=frozenset({"node:f5"}),
    lines=(
        *works("mei", "f1", before=(fills_in("mei", "feedback_record", feedback_text="too loud"),)),
        *works("mei", "f2"),
        *works("yan", "f3", before=(fills_in("yan", "feedback_analysis", root_cause="a fan", improvement_direction="slower"),)),
        *works("mei", "f4", before=(fills_in("mei", "response_plan", plan="a slow fan", owner="wei", due_at="2026-03-02"),)),
        begins("mei", "f5"),
        completes("mei", "f5", "confirmation_notice", told=("feedback-notice",)),
        *refuses("unreachable", told="reason-missing", reason="nobody left a name"),
    ),
)

SCENARIOS = (REJECTED, WITHDRAWN, DUPLICATE, NAMELESS)
