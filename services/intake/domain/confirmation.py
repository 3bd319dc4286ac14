"""The customer's yes or no, with what shows it: a record of the case, or words that go to the vault."""

from datetime import datetime
from uuid import UUID

from libs.events.catalogue.intake import CustomerConfirmed
from libs.events.log.envelope import Fact, draft
from libs.events.words.free import Spoken
from services.intake.domain.case import IntakeCase, must_be_known
from services.intake.domain.instants import when


def confirm(
    case: IntakeCase,
    *,
    subject: str,
    decision: str,
    evidence: str,
    comment: str = "",
    agent: str = "",
    spoken: Spoken,
    id: UUID,
    at: datetime,
    actor: str,
) -> list[Fact]:
    """Write down what the customer accepts or rejects, whatever becomes of it: routing decides what follows."""
    must_be_known(case)
    said = CustomerConfirmed(
        subject=subject,
        decision=decision,
        evidence=evidence if evidence in case.records else spoken.text(evidence),
        comment=spoken.text(comment),
        agent=agent,
    )
    return [draft(said, case.case_id, when(None, at, case.registered_at), id=id, actor=actor)]
