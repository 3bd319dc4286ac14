"""A case's facts → its row, the row of what its customer may see, and that of who serves it."""

from collections.abc import Iterable

from libs.events.catalogue.serving import Serving
from libs.events.words.row import Row
from services.intake.domain.case import IntakeCase
from services.intake.domain.progress import Progress
from services.intake.tables import CaseRow, ProgressRow, ServingRow


def case_rows(key: str, case: IntakeCase) -> Iterable[Row]:
    """Return the case's row; a case that is not registered yet has none."""
    if case.registered_at is None:
        return
    yield CaseRow(
        case_id=key,
        external_ref=case.external_ref,
        channel=case.channel,
        customer_ref=case.customer_ref,
        process_id=case.process_id,
        process_version=case.process_version,
        kind=case.kind,
        missing=list(case.missing),
        contacts=case.contacts,
        received_at=case.registered_at,
        cancelled_at=case.cancelled_at,
        origin=case.origin,
        follows=case.follows,
        cancel_asked_at=case.cancel_asked_at,
        cancellation=case.cancellation,
        agreed_due_at=case.agreed_due_at,
        legal_due_at=case.legal_due_at,
    ).row


def progress_rows(key: str, case: Progress) -> Iterable[Row]:
    """Return the row of how the case stands for its customer."""
    return (progress_row(key, case).row,)


def serving_rows(key: str, case: Serving) -> Iterable[Row]:
    """Return the row of who serves the case."""
    return (ServingRow(case_id=key, teams=case.teams, called=case.called).row,)


def progress_row(key: str, case: Progress) -> ProgressRow:
    """Return how the case stands for its customer."""
    due = case.due
    return ProgressRow(
        case_id=key,
        phase=case.phase,
        outcome=case.outcome,
        resolved_at=case.resolved_at,
        ended_at=case.ended_at,
        reopened_at=case.reopened_at,
        node=case.node,
        node_entered_at=case.node_entered_at if case.node else None,
        waits_for=case.waits_for,
        due_at=due.at if due else None,
        due_kind=due.kind if due else "",
        talks=case.talks,
        grade=case.grade,
    )
