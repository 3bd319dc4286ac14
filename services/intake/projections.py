"""intake's fold of a case's facts, and the row that follows from it."""

from collections.abc import Iterable

import msgspec

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.row import Row
from services.intake.domain.case import IntakeCase, evolve


def case_rows(key: str, case: IntakeCase) -> Iterable[Row]:
    """Return the case's row; a case of which only a contact is known yet has none."""
    if case.registered_at is None:
        return
    yield Row(
        "cases",
        (key,),
        (
            case.external_ref,
            case.channel,
            case.customer_ref,
            case.process_id,
            case.process_version,
            case.kind,
            msgspec.json.encode(case.missing).decode(),
            case.contacts,
            case.registered_at,
            case.cancelled_at,
            case.origin,
        ),
    )


FOLD = Fold(
    topic=Topic.CASES,
    state=IntakeCase,
    initial=IntakeCase,
    evolve=evolve,
    # Another system's history is said on and forgotten: only what intake itself must decide about enters the state.
    keeps=frozenset({CaseRegistered, ContactLogged, CaseCancelled, CaseClosed, CaseReopened}),
    rows=case_rows,
)
