"""A case as intake knows it: whether it is registered, its number of contacts, whether it is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.intake import (
    NOBODY,
    AttachmentAdded,
    CaseCancelled,
    CaseRegistered,
    ContactLogged,
    DueChanged,
    InfoSupplied,
    RecordAttached,
    is_attempt,
    says_expectation,
)
from libs.events.catalogue.phases import WITHDRAWN
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.intake.domain.customer import customer_ref
from services.intake.domain.instants import must_be_ahead, when
from services.intake.domain.need import Need, in_clear, missing, must_fit, must_name, pin, pin_new


@dataclass(slots=True)
class IntakeCase:
    """The fold of intake's own events of one case, and of routing's events about its end.

    Only routing ends a case and takes it up again. Intake hears of it so that it can refuse at once to cancel an ended case, and
    tells how it ended as routing said. `cancel_asked_at` is when somebody first wished it, since the case was last taken up.
    `records` are the forms that were filled in, by their ids; `attachments` are the hashes of the files. By `agreed_due_at` and
    `legal_due_at` it is due now, whatever was said before.
    """

    case_id: str
    registered_at: datetime | None = None
    origin: str = "live"
    channel: str = ""
    customer_ref: str = ""
    kind: str = ""
    process_id: str = ""
    process_version: int = 0
    external_ref: str = ""
    follows: str = ""
    missing: list[str] = field(default_factory=list)
    contacts: int = 0
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None
    open_since: datetime | None = None
    records: dict[str, str] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)
    cancel_asked_at: datetime | None = None
    agreed_due_at: datetime | None = None
    legal_due_at: datetime | None = None

    @property
    def cancellation(self) -> str:
        """What became of the wish to cancel it: asked, granted, in_vain; empty while nobody has asked."""
        if self.cancel_asked_at is None:
            return ""
        return "asked" if self.ended_at is None else "granted" if self.cancelled_at is not None else "in_vain"


def evolve(case: IntakeCase, fact: Fact) -> IntakeCase:
    """Take an event in; the first registration and the first end count."""
    match fact.data:
        case CaseRegistered() if case.registered_at is None:
            _register(case, fact, fact.data)
        case ContactLogged():
            case.contacts += 1
        case RecordAttached(form=form, record=record):
            case.records[record] = form
        case AttachmentAdded(hash=proof) if proof not in case.attachments:
            case.attachments.append(proof)
        case InfoSupplied(missing=lacks):
            case.missing = list(lacks)
        case DueChanged():
            _date(case, fact.data)
        case CaseCancelled() if case.cancel_asked_at is None:
            case.cancel_asked_at = fact.time
        case CaseClosed(outcome=outcome) if case.ended_at is None:
            case.ended_at = fact.time
            case.cancelled_at = fact.time if outcome == WITHDRAWN else None
        case CaseReopened():
            case.cancelled_at = case.ended_at = case.cancel_asked_at = None
            case.open_since = fact.time
    return case


def _register(case: IntakeCase, fact: Fact, said: CaseRegistered) -> None:
    case.registered_at, case.origin = fact.time, fact.origin
    case.open_since = case.open_since or fact.time
    case.channel, case.customer_ref, case.kind = said.channel, said.customer_ref, said.kind
    case.process_id, case.process_version = said.process_id, said.process_version
    case.external_ref, case.missing, case.follows = said.external_ref, list(said.missing), said.follows
    _date(case, said)


def _date(case: IntakeCase, said: CaseRegistered | DueChanged) -> None:
    case.agreed_due_at = said.agreed_due_at or case.agreed_due_at
    case.legal_due_at = said.legal_due_at or case.legal_due_at


def case_id_of(client: str, idempotency_key: str, need: Need) -> str:
    """Return the id of the case a client registers: asking again asks for the same case.

    If its reference has to be unique, the id follows from the reference, so a second registration finds the first case.
    """
    if need.unique:
        source, ref = need.source or client, need.external_ref.strip()
        return str(derived_id("unique case", len(source), source, ref))
    return str(derived_id("case", client, idempotency_key))


def register(
    case: IntakeCase,
    need: Need,
    known: Known,
    *,
    at: datetime,
    actor: str,
    occurred_at: datetime | None = None,
    pepper: str = "",
    earlier: IntakeCase | None = None,
) -> list[Fact]:
    """Accept the need under its process standard; missing fields are named, and the case is accepted all the same.

    `earlier` is the case that it follows, as far as it is known.
    """
    if need.unique:
        _must_be_first(case, need)
    # A case that is told again, under a name that only one may have, is measured by the version that it has.
    if case.process_id == need.process_id and need.process_version is None:
        standard = pin(known, case.process_id, case.process_version)
    else:
        standard = pin_new(known, need.process_id, at, need.process_version)
    must_fit(need, standard)
    said = _said(need, standard, pepper)
    if need.follows:
        _must_follow(case, said, earlier)
    if case.registered_at is not None:
        return _unchanged(case, said)
    came_at = when(occurred_at, at)
    must_be_ahead(came_at, agreed_due_at=need.agreed_due_at, legal_due_at=need.legal_due_at)
    return [draft(said, case.case_id, came_at, actor=actor)]


def _said(need: Need, standard: Standard, pepper: str) -> CaseRegistered:
    return CaseRegistered(
        channel=need.channel,
        customer_ref=customer_ref(need.customer.identity, pepper=pepper),
        kind=need.kind,
        process_id=standard.process_id,
        process_version=standard.version,
        fields=in_clear(need.fields, standard),
        missing=missing(need, standard),
        external_ref=need.external_ref,
        follows=need.follows,
        agreed_due_at=need.agreed_due_at,
        legal_due_at=need.legal_due_at,
    )


def log_contact(
    case: IntakeCase, contact: ContactLogged, *, id: UUID, at: datetime, actor: str, occurred_at: datetime | None = None
) -> list[Fact]:
    """Log a conversation with the customer, or an attempt at one, also after the case was cancelled: it happened."""
    must_be_known(case)
    if not contact.reached and (contact.resolves_case or not is_attempt(contact)):
        detail = "A customer whom somebody tried to reach and did not was not spoken with. Say outbound, by a person, unresolved."
        raise Refused("contact-contradicts", detail, 422)
    if contact.thanks and contact.direction != "inbound":
        raise Refused("contact-contradicts", "The customer says thank you: say inbound, or leave thanks out.", 422)
    if contact.meets_expectation is not None and not says_expectation(contact):
        detail = "Who was not reached by a person did not say whether the result meets expectation. Leave meets_expectation out."
        raise Refused("contact-contradicts", detail, 422)
    return [draft(contact, case.case_id, when(occurred_at, at, case.registered_at), id=id, actor=actor)]


def supply(
    case: IntakeCase, fields: Mapping[str, str], known: Known, *, at: datetime, actor: str, occurred_at: datetime | None = None
) -> list[Fact]:
    """Take in what the case lacked, or what is known better now; what it still lacks is named."""
    must_be_known(case)
    must_be_open(case)
    standard = pin(known, case.process_id, case.process_version)
    must_name(fields, standard)
    lacks = tuple(name for name in case.missing if not fields.get(name, "").strip())
    said = InfoSupplied(fields=in_clear(fields, standard), missing=lacks)
    return [draft(said, case.case_id, when(occurred_at, at, case.open_since), actor=actor)]


def cancel(case: IntakeCase, reason: str, *, at: datetime, actor: str, occurred_at: datetime | None = None) -> list[Fact]:
    """Ask for the end of an open case; routing ends it. Earlier decisions about it stay."""
    must_be_known(case)
    must_be_open(case)
    if case.cancel_asked_at is not None:
        detail = f"Somebody asked for it at {case.cancel_asked_at.isoformat()}. Read the case shortly to see what became of it."
        raise Refused("cancellation-asked", detail)
    return [draft(CaseCancelled(reason=reason), case.case_id, when(occurred_at, at, case.open_since), actor=actor)]


def must_be_known(case: IntakeCase) -> None:
    """Refuse what is asked about a case that is not registered."""
    if case.registered_at is None:
        raise Refused("unknown-case", f"There is no case {case.case_id}. Register it first, or try again shortly.", 404)


def must_be_open(case: IntakeCase) -> None:
    """Refuse what is asked of an open case only."""
    if case.ended_at is not None:
        how = "cancelled" if case.cancelled_at is not None else "closed"
        detail = f"The case was {how} at {case.ended_at.isoformat()}. Reopen it first, or leave it as it is."
        raise Refused(f"case-{how}", detail, 409)


def _must_be_first(case: IntakeCase, need: Need) -> None:
    if not need.external_ref.strip():
        raise Refused("external-ref-missing", "unique is about external_ref. Send one, or leave unique out.", 422)
    if case.registered_at is not None:
        detail = f"{need.external_ref} is case {case.case_id} already. Log a contact there, or send another external_ref."
        raise Refused("external-ref-taken", detail, 409, location=f"/cases/{case.case_id}")


def _must_follow(case: IntakeCase, said: CaseRegistered, earlier: IntakeCase | None) -> None:
    """Refuse to follow a case that is not here, or that is another customer's."""
    is_another = earlier is not None and earlier.registered_at is not None and earlier.case_id != case.case_id
    if earlier is None or not is_another or not may_be_one(said.customer_ref, earlier.customer_ref):
        raise Refused("followed-case-unknown", f"This customer has no case {said.follows} that a new one could follow.", 422)


def may_be_one(customer: str, other: str) -> bool:
    """Test whether two customers may be the same; of somebody unknown nobody can tell."""
    return customer == other or customer in NOBODY or other in NOBODY


def _unchanged(case: IntakeCase, said: CaseRegistered) -> list[Fact]:
    before = (case.channel, case.customer_ref, case.kind, case.process_id, case.external_ref, case.follows)
    if before != (said.channel, said.customer_ref, said.kind, said.process_id, said.external_ref, said.follows):
        detail = "This case is registered already, with other content. Use a new Idempotency-Key for a new case."
        raise Refused("case-exists", detail, 409)
    return []
