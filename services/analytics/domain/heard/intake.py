"""What intake said: registration, contacts, cancellation, and the claims of another system."""

from libs.events.catalogue import intake
from libs.events.log.envelope import Fact
from services.analytics.domain.case import Case, Contact, Registration, Step
from services.analytics.domain.happened import Answer, Attached, Record, Supply
from services.analytics.domain.heard.handlers import Handlers


def _registered(case: Case, fact: Fact) -> None:
    if case.registration is None:
        data: intake.CaseRegistered = fact.data
        case.system = data.system or case.system
        case.registration = Registration(
            at=fact.time,
            origin=fact.origin,
            channel=data.channel,
            customer_ref=data.customer_ref,
            kind=data.kind,
            process_id=data.process_id,
            process_version=data.process_version,
            external_ref=data.external_ref,
            attributes=data.fields,
            missing=data.missing,
            follows=data.follows,
        )


def _supplied(case: Case, fact: Fact) -> None:
    case.supplies.append(Supply(fact.time, fact.data.fields, fact.data.missing))


def _attached(case: Case, fact: Fact) -> None:
    data: intake.RecordAttached = fact.data
    case.records.append(Record(fact.time, data.form, data.record, data.hash, data.missing, case.team, data.agent))


def _added(case: Case, fact: Fact) -> None:
    data: intake.AttachmentAdded = fact.data
    about = (data.node, data.occurrence if data.node else 0)
    case.attachments.append(Attached(fact.time, data.hash, data.size, data.media_type, *about, case.team, data.agent))


def _confirmed(case: Case, fact: Fact) -> None:
    data: intake.CustomerConfirmed = fact.data
    words = (data.subject, data.decision, data.evidence, data.comment, case.team, data.agent)
    case.confirmations.append(Answer(fact.time, *words))


def _contact(case: Case, fact: Fact) -> None:
    data: intake.ContactLogged = fact.data
    # A machine is nobody, whatever name it gives itself.
    agent = "" if data.automated else data.agent or case.agent
    words = (data.direction, data.channel, data.purpose, case.team, agent)
    told = (data.automated, data.resolves_case, intake.is_response(data), data.reached, data.meets_expectation)
    case.contacts.append(Contact(fact.time, *words, *told))


def _cancelled(case: Case, fact: Fact) -> None:
    # Routing decides whether it came in time: it then closes the case as withdrawn.
    case.wishes.append(Step(fact.time, case.team, case.agent, reason=fact.data.reason))


def _redated(case: Case, fact: Fact) -> None:
    case.redated.append(Step(fact.time, case.team, case.agent, reason=fact.data.reason))


def _recorded(case: Case, fact: Fact) -> None:
    case.system = case.system or fact.data.system


def _figures(case: Case, fact: Fact) -> None:
    _recorded(case, fact)
    case.figures.update(fact.data.figures)


HANDLERS: Handlers = {
    intake.CaseRegistered: _registered,
    intake.InfoSupplied: _supplied,
    intake.RecordAttached: _attached,
    intake.AttachmentAdded: _added,
    intake.CustomerConfirmed: _confirmed,
    intake.ContactLogged: _contact,
    intake.CaseCancelled: _cancelled,
    intake.DueChanged: _redated,
    intake.FactRecorded: _recorded,
    intake.FiguresStated: _figures,
}
