"""The rows of what happened to a case beside its work."""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from libs.events.catalogue.phases import WITHDRAWN
from libs.events.words.row import TableRow
from services.analytics.domain.case import Case, Step
from services.analytics.domain.durations import micros
from services.analytics.tables.happenings import (
    AttachmentRow,
    ClassificationRow,
    ConfirmationRow,
    DecisionRow,
    EscalationRow,
    ExceptionRow,
    HandoverRow,
    MilestoneRow,
    NoteRow,
    OutputRow,
    RecordRow,
    SkipRow,
    SupplyRow,
)


def happening_rows(key: str, case: Case) -> Iterable[TableRow]:
    """Return all of them."""
    return chain(
        _classification_rows(key, case),
        _milestone_rows(key, case),
        _handover_rows(key, case),
        _note_rows(key, case),
        _skip_rows(key, case),
        _supply_rows(key, case),
        _record_rows(key, case),
        _attachment_rows(key, case),
        _confirmation_rows(key, case),
        _decision_rows(key, case),
        _escalation_rows(key, case),
        _exception_rows(key, case),
        _output_rows(key, case),
    )


def _classification_rows(key: str, case: Case) -> Iterator[ClassificationRow]:
    for n, (one, after) in enumerate(pairwise((*case.classifications, None)), 1):
        assert one is not None  # only the last of the pairs' right sides is None
        yield ClassificationRow(
            case_id=key,
            n=n,
            since_at=one.at,
            until_at=after.at if after else None,
            said=one.by,
            service_class=one.service_class,
            category=one.category,
            severity=one.severity,
            grade=one.grade,
            rule=one.rule,
            reason=one.reason,
        )


def _milestone_rows(key: str, case: Case) -> Iterable[MilestoneRow]:
    cancelled = [one for one in case.closings if one.outcome == WITHDRAWN]
    closed = [one for one in case.closings if one.outcome != WITHDRAWN]
    return chain(
        _steps(key, "resolved", case.resolutions),
        _steps(key, "closed", closed),
        _steps(key, "cancelled", cancelled),
        _steps(key, "reopened", case.reopenings),
        _steps(key, "cancel_asked", case.wishes),
        _steps(key, "terms_restated", case.restated),
        _steps(key, "due_changed", case.redated),
    )


def _steps(key: str, milestone: str, steps: list[Step]) -> Iterator[MilestoneRow]:
    for n, one in enumerate(steps, 1):
        yield MilestoneRow(
            case_id=key,
            milestone=milestone,
            n=n,
            reached_at=one.at,
            outcome=one.outcome,
            reason=one.reason,
            repeats=one.repeats,
            team=one.team,
            agent=one.agent,
        )


def _handover_rows(key: str, case: Case) -> Iterator[HandoverRow]:
    for n, one in enumerate(case.handovers, 1):
        yield HandoverRow(
            case_id=key,
            n=n,
            visit=one.visit,
            node=one.node,
            handed_at=one.at,
            team=one.team,
            agent=one.agent,
            rule=one.rule,
            reason=one.reason,
            reassigned=one.reassigned,
        )


def _note_rows(key: str, case: Case) -> Iterator[NoteRow]:
    for n, one in enumerate(case.notes, 1):
        yield NoteRow(
            case_id=key,
            n=n,
            visit=one.visit,
            node=one.node,
            occurrence=one.occurrence,
            kind=one.kind,
            noted_at=one.at,
            note=one.note,
            team=one.team,
            agent=one.agent,
        )


def _decision_rows(key: str, case: Case) -> Iterator[DecisionRow]:
    for n, one in enumerate(case.decisions, 1):
        yield DecisionRow(
            case_id=key,
            n=n,
            gate=one.gate,
            node=one.node,
            occurrence=one.occurrence,
            approver=one.approver,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            team=one.team,
            decided_at=one.decided_at,
            decision=one.decision,
            decided_by=one.decided_by,
            grounds=one.reason,
            decided_in_us=micros(one.asked_at, one.decided_at),
        )


def _supply_rows(key: str, case: Case) -> Iterator[SupplyRow]:
    for n, one in enumerate(case.supplies, 1):
        yield SupplyRow(case_id=key, n=n, supplied_at=one.at, attributes=dict(one.attributes), missing=list(one.missing))


def _record_rows(key: str, case: Case) -> Iterator[RecordRow]:
    for n, one in enumerate(case.records, 1):
        yield RecordRow(
            case_id=key,
            n=n,
            form=one.form,
            record=one.record,
            hash=one.hash,
            missing=list(one.missing),
            attached_at=one.at,
            team=one.team,
            agent=one.agent,
        )


def _attachment_rows(key: str, case: Case) -> Iterator[AttachmentRow]:
    for n, one in enumerate(case.attachments, 1):
        told = one._asdict()
        yield AttachmentRow(case_id=key, n=n, attached_at=told.pop("at"), **told)


def _confirmation_rows(key: str, case: Case) -> Iterator[ConfirmationRow]:
    for n, one in enumerate(case.confirmations, 1):
        yield ConfirmationRow(
            case_id=key,
            n=n,
            subject=one.subject,
            decision=one.decision,
            evidence=one.evidence,
            comment=one.comment,
            confirmed_at=one.at,
            team=one.team,
            agent=one.agent,
        )


def _skip_rows(key: str, case: Case) -> Iterator[SkipRow]:
    for n, one in enumerate(case.skips, 1):
        yield SkipRow(
            case_id=key,
            n=n,
            node=one.node,
            occurrence=one.occurrence,
            visit=one.visit,
            skipped_at=one.at,
            reason=one.reason,
            team=one.team,
            agent=one.agent,
        )


def _escalation_rows(key: str, case: Case) -> Iterator[EscalationRow]:
    for n, one in enumerate(case.escalations, 1):
        yield EscalationRow(
            case_id=key,
            n=n,
            escalated_at=one.at,
            kind=one.kind,
            to_role=one.to_role,
            reason=one.reason,
            team=one.team,
            agent=one.agent,
            raised_by=one.by,
            acknowledged_at=one.acknowledged_at,
            acknowledged_by=one.acknowledged_by,
        )


def _exception_rows(key: str, case: Case) -> Iterator[ExceptionRow]:
    for n, one in enumerate(case.waits, 1):
        yield ExceptionRow(
            case_id=key,
            n=n,
            code=one.code,
            raised_at=one.since,
            cleared_at=one.ended or one.until,
            cleared_by="case_ended" if one.ended else "cleared" if one.until else "",
            team=one.team,
            agent=one.agent,
        )


def _output_rows(key: str, case: Case) -> Iterator[OutputRow]:
    for n, one in enumerate(case.outputs, 1):
        yield OutputRow(
            case_id=key,
            n=n,
            visit=one.visit,
            node=one.node,
            name=one.name,
            value=one.value,
            completed_at=one.at,
            team=one.team,
            agent=one.agent,
        )
