"""By when a case is due: another date is agreed with the customer, or becomes known."""

from dataclasses import replace
from datetime import datetime

from libs.events.catalogue.intake import DueChanged
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused
from services.intake.domain.case import IntakeCase, must_be_known, must_be_open
from services.intake.domain.instants import must_be_ahead, when


def change_due(
    case: IntakeCase, asked: DueChanged, *, at: datetime, actor: str, occurred_at: datetime | None = None
) -> list[Fact]:
    """Say by which dates an open case is due from now on; a date that it has already is not said again."""
    must_be_known(case)
    must_be_open(case)
    if asked.agreed_due_at is None and asked.legal_due_at is None:
        raise Refused("due-missing", "Send agreed_due_at, legal_due_at or both.", 422)
    since = when(occurred_at, at, case.open_since)
    must_be_ahead(since, agreed_due_at=asked.agreed_due_at, legal_due_at=asked.legal_due_at)
    said = replace(
        asked,
        agreed_due_at=None if asked.agreed_due_at == case.agreed_due_at else asked.agreed_due_at,
        legal_due_at=None if asked.legal_due_at == case.legal_due_at else asked.legal_due_at,
    )
    if said.agreed_due_at is None and said.legal_due_at is None:
        return []
    return [draft(said, case.case_id, since, actor=actor)]
