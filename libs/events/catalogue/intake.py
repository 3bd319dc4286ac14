"""What intake says: cases as they come in, contacts with the customer, and history that another system wrote."""

from dataclasses import field
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from libs.events.words.event import FREE, LATER, Number, Word, event

Words = dict[str, Annotated[str, Field(max_length=500)]]

ANONYMOUS = "anonymous"
NOBODY = ("", ANONYMOUS)
"""Customer references behind which there is nobody; the first also means that the registration is not known yet."""

ON_THE_LINE = ("phone", "call", "chat", "video", "counter", "visit", "in_person", "walk_in")
"""Channels by which the customer is there while the case is registered; by any other she has written and waits."""


@event("case.registered")
class CaseRegistered:
    """A customer need was accepted; `system` is where an imported one comes from. Decided by services.intake.domain.case.

    `follows` is the earlier case of the customer that it goes on with, as that one could not be reopened. By `agreed_due_at`
    we agreed with the customer to be done, and by `legal_due_at` the law or a contract wants it.
    """

    channel: Word
    customer_ref: Word
    kind: Word = "request"
    process_id: Word
    process_version: Annotated[int, Field(ge=1)]
    fields: Words = field(default_factory=dict)
    missing: tuple[Word, ...] = ()
    external_ref: str = ""
    system: str = ""
    follows: Annotated[str, Field(max_length=200), LATER] = ""
    agreed_due_at: Annotated[datetime | None, LATER] = None
    legal_due_at: Annotated[datetime | None, LATER] = None


DIRECTIONS = ("inbound", "outbound")
PURPOSES = ("response", "info", "progress", "result", "followup")


@event("contact.logged")
class ContactLogged:
    """Somebody spoke with the customer, or tried to and was not `reached`. An automated answer does not count as a response.

    `meets_expectation` is her answer whether the result that she was told does; empty where she said nothing about it. With
    `thanks` she only said thank you, and waits for nothing.
    """

    direction: Annotated[str, Field(pattern=f"^({'|'.join(DIRECTIONS)})$")]
    channel: Word
    purpose: Annotated[str, Field(pattern=f"^({'|'.join(PURPOSES)})$")]
    agent: str = ""
    automated: bool = False
    resolves_case: bool = False
    reached: Annotated[bool, LATER] = True
    meets_expectation: Annotated[bool | None, LATER] = None
    thanks: Annotated[bool, LATER] = False


def is_response(contact: ContactLogged) -> bool:
    """Test whether a person answered the customer: an outbound response, or an inbound contact that a named agent took."""
    if contact.automated or not contact.reached:
        return False
    return bool(contact.agent) if contact.direction == "inbound" else contact.purpose == "response"


def reaches_out(contact: ContactLogged) -> bool:
    """Test whether a person turned to the customer, and reached her."""
    return contact.direction == "outbound" and not contact.automated and contact.reached


def speaks(contact: ContactLogged) -> bool:
    """Test whether a person spoke with the customer, on whichever side it began."""
    return is_response(contact) or reaches_out(contact)


def asks_for_reply(contact: ContactLogged) -> bool:
    """Test whether the customer wrote or called and waits for an answer: nobody took it, and it was more than thanks."""
    return contact.direction == "inbound" and not contact.automated and not contact.agent and not contact.thanks


def is_attempt(contact: ContactLogged) -> bool:
    """Test whether a person tried to reach the customer and did not."""
    return contact.direction == "outbound" and not contact.automated and not contact.reached


def tells_result(contact: ContactLogged) -> bool:
    """Test whether a person told the customer the result."""
    return reaches_out(contact) and contact.purpose == "result"


def says_expectation(contact: ContactLogged) -> bool:
    """Test whether the customer told a person if the result meets her expectation, be it yes or no."""
    return contact.meets_expectation is not None and contact.reached and not contact.automated


@event("case.info_supplied")
class InfoSupplied:
    """Information that a case lacked has come in: `fields` are those said in clear, `missing` is what it lacks now."""

    fields: Words = field(default_factory=dict)
    missing: tuple[Word, ...] = ()


@event("case.due_changed")
class DueChanged:
    """From this instant on the case is due by other dates, or by a first one; a date that is left out stays as it is.

    The older date stays on the log, and what broke by it stays broken. Decided by services.intake.domain.due.
    """

    agreed_due_at: datetime | None = None
    legal_due_at: datetime | None = None
    reason: Annotated[Word, FREE]


@event("record.attached")
class RecordAttached:
    """A form was filled in for the case; what it says is in intake's vault. `missing` are its mandatory fields that are empty.

    `record` is its id; `hash` proves what it said to who has it and intake's pepper. Decided by services.intake.domain.record.
    """

    form: Word
    record: Word
    hash: Word
    missing: tuple[Word, ...] = ()
    agent: str = ""


@event("attachment.added")
class AttachmentAdded:
    """A file was attached to the case; it and its name are intake's. Decided by services.intake.domain.attachment.

    `hash` proves its content to who has it and intake's pepper; `node` and `occurrence` are the visit that it is about, if any.
    """

    hash: Word
    size: Annotated[int, Field(ge=1)]
    media_type: Word
    agent: str = ""
    node: str = ""
    occurrence: Number = 1


SUBJECTS = ("scope", "solution", "result")
ACCEPTED, REJECTED = "accepted", "rejected"


@event("customer.confirmed")
class CustomerConfirmed:
    """The customer accepted or rejected what was agreed, planned or done, in a way that can be shown.

    `evidence` is the id of a record of the case, or refers to words. Decided by services.intake.domain.confirmation.
    """

    subject: Annotated[str, Field(pattern=f"^({'|'.join(SUBJECTS)})$")]
    decision: Annotated[str, Field(pattern=f"^({ACCEPTED}|{REJECTED})$")]
    evidence: Annotated[Word, FREE]
    comment: Annotated[str, Field(max_length=500), FREE] = ""
    agent: str = ""


@event("case.cancelled")
class CaseCancelled:
    """The customer withdrew, or the case was registered in error."""

    reason: Annotated[Word, FREE]


@event("import.fact_recorded")
class FactRecorded:
    """Another system's record of a fact that another service owns; that service says it as its own."""

    system: Word
    fact: Word
    data: dict[str, Any]


@event("import.figures_stated")
class FiguresStated:
    """Counters and verdicts that the source system claims of its own case; kept beside ours, never mixed in silently."""

    system: Word
    figures: dict[str, int | bool | str]
