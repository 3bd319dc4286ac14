"""intake's fold of a case's facts, and the row that follows from it."""

from collections.abc import Iterable

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.row import Row
from services.intake.domain.case import IntakeCase, evolve
from services.intake.tables import CaseRow


def case_rows(key: str, case: IntakeCase) -> Iterable[Row]:
    """Return the case's row; a case of which only a contact is known yet has none."""
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


FOLD = Fold(
    topic=Topic.CASES,
    state=IntakeCase,
    initial=IntakeCase,
    evolve=evolve,
    # Another system's history is said on and forgotten: only what intake itself must decide about enters the state.
    keeps=frozenset({CaseRegistered, ContactLogged, CaseCancelled, CaseClosed, CaseReopened}),
    rows=case_rows,
)
