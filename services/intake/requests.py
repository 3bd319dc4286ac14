"""The bodies that HTTP clients send to intake: bounded, closed, checked before any rule."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from pydantic import BaseModel, Field, StringConstraints

from libs.events.catalogue.intake import ACCEPTED, DIRECTIONS, PURPOSES, REJECTED, SUBJECTS, ContactLogged
from libs.web.bodies import Body
from libs.web.faults import pattern
from libs.web.text import Flag, Instant, Name, Whole, described_by_names
from services.intake.domain.case import IntakeCase
from services.intake.domain.customer import Customer
from services.intake.domain.history import FactIn
from services.intake.domain.importable import DATA_BYTES_MAX
from services.intake.domain.need import Need
from services.intake.domain.systems import System

FIELDS_MAX = 64
IMPORT_FACTS_MAX = 1_000

Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=5000)]
_WORD = pattern("^[a-z][a-z0-9_]{0,39}$", "a word of 1 to 40 small letters, digits and underscores")
Channel = Annotated[str, StringConstraints(pattern=_WORD)]

_EMAIL = pattern(r"^([^\s@]+@[^\s@]+)?$", "an e-mail address")
_PHONE = pattern(r"^[0-9+ ()./-]*$", "a telephone number: digits, blanks and + ( ) . / -")
_LANGUAGE = pattern("^[A-Za-z0-9-]*$", "a language as in Accept-Language: letters, digits and hyphens")
_SOURCE = pattern("^([A-Za-z0-9][A-Za-z0-9._-]*)?$", "the name of a system: letters, digits, points, underscores and hyphens")
Source = Annotated[str, StringConstraints(max_length=80, pattern=_SOURCE)]


class CustomerBody(Body):
    """The customer as the channel knows them. Kept in the vault, never said in clear."""

    id: Short = Field("", description="Your own id of the customer; it tells customers apart before e-mail and phone do.")
    name: Short = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL)] = ""
    phone: Annotated[str, StringConstraints(max_length=40, pattern=_PHONE)] = ""
    language: Annotated[str, StringConstraints(max_length=35, pattern=_LANGUAGE)] = ""


class CaseBody(Body):
    """POST /cases: a customer need."""

    channel: Channel = Field(examples=["phone", "email", "web", "offline"])
    process_id: Name = Field(description="The process standard that will govern the case.", examples=["inbound-call"])
    process_version: Whole | None = Field(None, ge=1, le=2**31 - 1, description="The newest published version when left out.")
    kind: Channel = Field("request", examples=["request", "complaint", "problem", "project"])
    subject: Short = ""
    description: Long = ""
    fields: dict[Name, Long] = Field(
        default_factory=dict,
        max_length=FIELDS_MAX,
        description="The form. Only the standard's attributes are said in clear.",
        json_schema_extra=described_by_names,
    )
    customer: CustomerBody = Field(default_factory=CustomerBody)
    external_ref: Short = Field("", description="The case's name in your system; not for personal data.")
    unique: Flag = Field(
        False, description="Refuse a second case under this external_ref of this source; the answer's Location is the first."
    )
    source: Source = Field(
        "", description="The system that gave external_ref, where several clients speak for it; the client when left out."
    )
    follows: Short = Field("", description="The ended case of the same customer that this one goes on with.")
    agreed_due_at: Instant | None = Field(None, description="By when it is to be done, as agreed with the customer.")
    legal_due_at: Instant | None = Field(None, description="By when the law or a contract wants it done.")
    occurred_at: Instant | None = Field(None, description="When the need came in; now when left out.")

    def need(self) -> Need:
        """Return the body in the domain's words."""
        told = {one.name: getattr(self, one.name) for one in fields(Need) if one.name != "customer"}
        return Need(**told, customer=Customer(**dict(self.customer)))


class ContactBody(Body):
    """POST /cases/{id}/contacts: somebody spoke with the customer."""

    direction: Annotated[str, StringConstraints(pattern=f"^({'|'.join(DIRECTIONS)})$")]
    channel: Channel
    purpose: Annotated[str, StringConstraints(pattern=f"^({'|'.join(PURPOSES)})$")]
    agent: Short = ""
    automated: Flag = Field(False, description="True for a machine's answer; it does not count as a response.")
    resolves_case: Flag = False
    reached: Flag = Field(True, description="False for an attempt to reach the customer that did not; it is no response.")
    meets_expectation: Flag | None = Field(
        None,
        description="Whether the result meets the customer's expectation, as she says; left out where she does not say.",
    )
    thanks: Flag = Field(False, description="True where the customer only said thank you: she waits for no reply.")
    note: Long = Field("", description="What was said. Kept in the vault, never said in clear.")
    occurred_at: Instant | None = Field(None, description="When it happened; now when left out.")

    def contact(self) -> ContactLogged:
        """Return the contact's data for the event."""
        return ContactLogged(**self.model_dump(exclude={"note", "occurred_at"}))


class FieldsBody(Body):
    """POST /cases/{id}/fields: what the case lacked has come in, or is known better."""

    fields: dict[Name, Long] = Field(
        min_length=1,
        max_length=FIELDS_MAX,
        description="Only the standard's attributes are said in clear.",
        json_schema_extra=described_by_names,
    )
    occurred_at: Instant | None = Field(None, description="When it came in; now when left out.")


class DueBody(Body):
    """POST /cases/{id}/due: the case is due by other dates, or by a first one. What is left out stays."""

    agreed_due_at: Instant | None = Field(None, description="By when it is to be done, as agreed with the customer now.")
    legal_due_at: Instant | None = Field(None, description="By when the law or a contract wants it done.")
    reason: Name = Field(description="Why. Kept in the vault, never said in clear.")
    occurred_at: Instant | None = Field(None, description="When it was agreed or became so; now when left out.")


class RecordBody(Body):
    """POST /cases/{id}/records: a form was filled in. Kept in the vault, never said in clear."""

    form: Name = Field(description="One of the forms of the case's process standard.")
    data: dict[str, Any] = Field(description="Its fields. An empty one counts as missing.")
    agent: Short = ""


class ConfirmationBody(Body):
    """POST /cases/{id}/confirmations: the customer accepted or rejected something."""

    subject: Annotated[str, StringConstraints(pattern=f"^({'|'.join(SUBJECTS)})$")]
    decision: Annotated[str, StringConstraints(pattern=f"^({ACCEPTED}|{REJECTED})$")]
    evidence: Annotated[Name, Field(description="What shows it: the id of a record of the case, or words, kept in the vault.")]
    comment: Annotated[str, StringConstraints(max_length=500)] = Field("", description="Her words. Kept in the vault.")
    agent: Short = ""


class CancelBody(Body):
    """POST /cases/{id}/cancel: the customer withdrew, or the case was registered in error."""

    reason: Name = Field(description="Why. Kept in the vault, never said in clear.")
    occurred_at: Instant | None = Field(None, description="When it happened; now when left out.")


@dataclass(slots=True)
class Registered(IntakeCase):
    """The answer to POST /cases: the case, and where its customer follows it; empty where no links are made."""

    tracking: str = ""


@dataclass(slots=True)
class Attached(IntakeCase):
    """The answer to POST /cases/{id}/records: the case, the record's id, and which of its mandatory fields are missing."""

    record: str = ""
    lacks: tuple[str, ...] = ()


@dataclass(slots=True)
class FileAttached(IntakeCase):
    """The answer to POST /cases/{id}/attachments: the case, and the SHA-256 by which its file is read again."""

    attachment: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """A file of a case. After an erasure it has no name, and its SHA-256, by which it was read, is empty."""

    sha256: str
    name: str
    media_type: str
    size: int
    node: str
    occurrence: int
    at: datetime
    agent: str
    hash: str


class AttachmentList(BaseModel):
    """The files of a case, the newest first."""

    items: list[AttachmentLine]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A filled form of a case. `intact` says whether its words are those of `hash`; null where they were erased."""

    record: str
    form: str
    at: datetime
    agent: str
    missing: list[str]
    hash: str
    data: dict[str, Any]
    intact: bool | None


class Records(BaseModel):
    """The filled forms of a case, the newest first."""

    items: list[RecordLine]


class VerdictLine(BaseModel):
    """What became of one row of an import."""

    status: Literal["recorded", "duplicate", "conflict", "rejected"]
    code: str = ""
    detail: str = ""


class Verdicts(BaseModel):
    """The answer to POST /import: a verdict for each row, in the rows' order."""

    verdicts: list[VerdictLine]


class Erased(BaseModel):
    """The answer to an erasure: the person's cases, of which nothing personal is left here."""

    case_ids: list[str]


def import_body() -> dict[str, Any]:
    """Return the description of /import's body, which is read row by row and not by a model."""
    words = {name: msgspec.json.schema(kind) for name, kind in get_type_hints(FactIn, include_extras=True).items()}
    words["data"] = {"type": "object", "description": f"As docs/events.md says of the type; at most {DATA_BYTES_MAX} bytes."}
    words["shared_with"] = msgspec.json.schema(System)
    needed = [name for name in words if name not in ("data", "shared_with")]
    row = {"type": "object", "properties": words, "required": needed, "additionalProperties": False}
    facts = {"type": "array", "minItems": 1, "maxItems": IMPORT_FACTS_MAX, "items": row}
    schema = {"type": "object", "required": ["facts"], "properties": {"facts": facts}, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
