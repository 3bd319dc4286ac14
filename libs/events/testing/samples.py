"""One realistic example of every event: a complaint, a correction and a risk; for tests, golden files and documents alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from libs.events.catalogue import analytics, intake, routing, sla, survey
from libs.events.catalogue.references import PROCESS, REFERENCES
from libs.events.log.envelope import Fact, draft
from libs.events.testing.sample_standard import CALENDAR, HOLIDAYS, POLICY, ROSTER, STANDARD
from libs.events.words.event import TYPES, Topic
from libs.events.words.now import derived_id

CASE = "01980c5e-7a00-7c3e-8d41-5b6f0a1c2d3e"
REGISTERED_AT = datetime(2025, 7, 15, 1, 30, tzinfo=UTC)
LEARNED_AFTER = timedelta(seconds=2, milliseconds=250)
DUE_AT = datetime(2025, 7, 15, 3, 30, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SURVEY = "01981e00-2b00-7000-8000-00000000a5e1"
CORRECTION = "01981f3b-8400-5000-8000-0000000000c0"
RISK = "01981f3b-8400-5000-8000-0000000000f0"

STANDARDS: tuple[Any, ...] = (
    sla.CalendarPublished(calendar=CALENDAR),
    sla.HolidaysPublished(holidays=HOLIDAYS),
    routing.ProcessDrafted(
        standard=STANDARD,
        page={"id": STANDARD.process_id, "version": 1, "purpose": {"en": "Answer in time.", "zh": "及时响应。"}},
        warnings=("n6 has no time limit of its own",),
    ),
    routing.ProcessPublished(standard=STANDARD),
    routing.ProcessRetired(version=STANDARD.version, reason="version 2 has shorter limits"),
)

STORY: tuple[Any, ...] = (
    intake.CaseRegistered(
        channel="phone",
        customer_ref="cust-7f3a",
        kind="complaint",
        process_id=STANDARD.process_id,
        process_version=STANDARD.version,
        fields={"product_model": "KX-200", "impact": "batch"},
        missing=("problem_description",),
        external_ref="CRM-2025-004711",
        system="crm",
        follows="case-1",
        agreed_due_at=REGISTERED_AT + timedelta(days=3),
        legal_due_at=REGISTERED_AT + timedelta(days=30),
    ),
    routing.CaseClassified(
        service_class="urgent",
        category="product-quality",
        severity="major",
        rule="batch-is-urgent",
        process_id=STANDARD.process_id,
        process_version=STANDARD.version,
        initial_handling=("n4",),
    ),
    routing.CaseGraded(grade="urgent", reason="a whole batch is affected", rule="batch-is-urgent"),
    routing.CaseAssigned(team="quality", agent="agent-17", role="quality_engineer", reason="on duty for KX", rule="to-quality"),
    sla.ClockStarted(
        clock="response",
        kind="response",
        limit="2h",
        due_at=DUE_AT,
        process_version=1,
        node="n4",
        calendar=CALENDAR.id,
        calendar_version=CALENDAR.version + 1,
        policy_version=POLICY.version,
        rule="batch",
        warns_at=(DUE_AT - timedelta(minutes=24),),
    ),
    routing.NodeEntered(node="n4"),
    routing.NodeAssigned(node="n4", team="quality", agent="agent-17", reason="knows the product", rule="role"),
    routing.NodeStarted(node="n4", agent="agent-17"),
    routing.NodeProgressed(node="n4", kind="problem", note="the lot is sold out", agent="agent-17"),
    routing.ExceptionRaised(code="awaiting_customer"),
    intake.InfoSupplied(fields={"product_model": "X-200"}, missing=("lot_number",)),
    sla.ClockPaused(clock="response", reason="awaiting_customer", reminds_at=(DUE_AT,), calendar=CALENDAR.id),
    sla.ClockReminded(clock="response", reason="awaiting_customer", number=1),
    intake.ContactLogged(
        direction="outbound",
        channel="phone",
        purpose="response",
        agent="agent-17",
        automated=False,
        resolves_case=False,
    ),
    routing.ExceptionCleared(code="awaiting_customer"),
    sla.ClockResumed(clock="response", due_at=DUE_AT + timedelta(minutes=20), warns_at=(DUE_AT,)),
    sla.ClockWarned(clock="response", mark="80%", to="agent", due_at=DUE_AT + timedelta(minutes=20)),
    sla.ClockBreached(clock="response", due_at=DUE_AT + timedelta(minutes=20)),
    routing.CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason="response clock breached", agent="agent-17"),
    routing.EscalationAcknowledged(escalation=1, agent="agent-3"),
    sla.ClockEnded(clock="response", due_at=DUE_AT, used_us=7_500_000_000, paused_us=1_200_000_000),
    sla.ClockWithdrawn(
        clock="response",
        withdrawn_id=derived_id("clock.breached.v1", CASE, "response"),
        what="clock.breached",
    ),
    sla.ClockMet(clock="response", due_at=DUE_AT, used_us=5_400_000_000, paused_us=1_200_000_000),
    routing.GateRequested(node="n4", gate="plan_approval", approver="quality_manager", agent="agent-17"),
    routing.GateDecided(node="n4", gate="plan_approval", decision="rejected", agent="agent-3", reason="it says no cause"),
    routing.NodeReturned(node="n4", to_node="n2", reason="graded without the lot number"),
    routing.NodeSkipped(node="n5", reason="the customer has confirmed at once"),
    routing.NodeCompleted(node="n6", agent="agent-17", outputs=("handling_result",)),
    routing.CaseResolved(outcome="replaced", agent="agent-17", team="quality", reason="no spare part", repeats="case-2"),
    sla.ClockCancelled(clock="n4", reason="case.cancelled"),
    survey.SurveySent(
        survey_id=SURVEY,
        channel="email",
        agent="agent-17",
        team="quality",
        expires_at=REGISTERED_AT + timedelta(days=16),
    ),
    survey.SurveyAnswered(survey_id=SURVEY, overall=4, scores={"attitude": 5, "timeliness": 3}, commented=True),
    survey.SurveyExpired(survey_id=SURVEY, reason="reopened"),
    routing.CaseReopened(reason="the replacement fails in the same way"),
    routing.CaseClosed(outcome="replaced", reason="no spare part", repeats="case-2"),
    intake.CaseCancelled(reason="registered twice"),
    intake.FactRecorded(system="helpdesk-italy", fact="node.completed", data={"node": "n4", "agent": "Value 2"}),
    intake.FiguresStated(system="uci498", figures={"reassignment_count": 3, "made_sla": True, "priority": "3 - Moderate"}),
    survey.SurveyScheduled(survey_id=SURVEY, send_at=REGISTERED_AT + timedelta(days=2)),
    sla.ClockWaiting(
        clock="cycle",
        kind="cycle",
        limit="20wd",
        process_version=1,
        calendar=CALENDAR.id,
        calendar_version=CALENDAR.version,
        reason="too_late",
        node="n8",
        done=True,
        policy_version=POLICY.version,
        rule="major",
    ),
    routing.RosterPublished(roster=ROSTER),
    intake.RecordAttached(
        form="solution_report",
        record="01980c61-1c00-5000-8000-0000000000f1",
        hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        missing=("remedy",),
        agent="agent-17",
    ),
    intake.CustomerConfirmed(
        subject="solution",
        decision="rejected",
        evidence="01980c61-1c00-5000-8000-0000000000f1",
        comment="she wants it repaired",
        agent="agent-17",
    ),
    intake.AttachmentAdded(
        hash="6fd977db9b2afe87a9ceee48432881299a6aaf83d935fbbe83007660287f9c2e",
        size=48_211,
        media_type="application/pdf",
        agent="agent-17",
        node="n4",
        occurrence=2,
    ),
    sla.PolicyPublished(policy=POLICY),
    sla.TermsRestated(policy_version=POLICY.version),
    intake.DueChanged(
        agreed_due_at=REGISTERED_AT + timedelta(days=5),
        legal_due_at=REGISTERED_AT + timedelta(days=60),
        reason="the spare part comes on Friday",
    ),
    analytics.CorrectionOpened(
        owner="agent-3", why="too many answers came late in June", figure="response_timeliness", process_id=STANDARD.process_id
    ),
    analytics.CorrectionStarted(plan="one more of us answers on Mondays", agent="agent-17"),
    analytics.CorrectionDone(),
    analytics.CorrectionVerified(effective=True),
    analytics.CorrectionClosed(),
    analytics.RiskRegistered(owner="agent-3", kind="staffing", level="high", what="nobody but agent-17 knows KX"),
    analytics.RiskAssessed(level="medium"),
    analytics.RiskChecked(agent="agent-17"),
    analytics.RiskClosed(),
)


def samples() -> list[Fact]:
    """Return one fact of every type in the catalogue, standards first, then the story of one case, a correction and a risk."""
    return [sample(type(data)) for data in (*STANDARDS, *STORY)]


def sample(cls: type[Any]) -> Fact:
    """Return the example of an event class, its envelope complete."""
    data, minutes = _EXAMPLES[cls]
    imported = isinstance(data, intake.FactRecorded | intake.FiguresStated)
    fact = draft(
        data,
        _key(data),
        REGISTERED_AT + timedelta(minutes=minutes),
        sequence=minutes if imported else 0,
        origin="import" if imported else "live",
        actor="agent:agent-17" if TYPES[cls].owner in ("intake", "routing") else "",
    )
    return structs.replace(fact, correlation=CASE, causation=str(derived_id("cause", cls.__name__)), trace=TRACE)


_EXAMPLES = {type(data): (data, minutes) for minutes, data in enumerate((*STANDARDS, *STORY))}


def _key(data: Any) -> str:
    kind = TYPES[type(data)]
    if kind.owner == "analytics":
        return CORRECTION if kind.name.startswith("correction.") else RISK
    if kind.topic is not Topic.STANDARDS:
        return CASE
    of = REFERENCES.get(type(data), PROCESS)
    return STANDARD.process_id if of is PROCESS else str(of.id(of.value(data)))
