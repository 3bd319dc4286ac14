"""A case's facts → its row."""

from collections.abc import Iterable

from libs.events.words.row import Row
from services.intake.domain.case import IntakeCase
from services.intake.tables import CaseRow


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
    ).row
