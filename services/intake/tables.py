"""intake's tables: the cases (a replay makes them again) and the vault (kept; personal data lives only here)."""

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from libs.events.store.words import words_table

METADATA = MetaData()
VAULT = MetaData()

CASES = Table(
    "cases",
    METADATA,
    Column("case_id", Text, primary_key=True, comment="The case's id, the key of its facts on the log."),
    Column(
        "external_ref",
        Text,
        nullable=False,
        comment="The case's name in the client's system; empty when none was given.",
    ),
    Column("channel", Text, nullable=False, comment="How the need came in."),
    Column(
        "customer_ref",
        Text,
        nullable=False,
        comment="Opaque reference of the customer; 'anonymous' when nobody was named.",
    ),
    Column("process_id", Text, nullable=False, comment="The process standard pinned to the case."),
    Column("process_version", Integer, nullable=False, comment="The pinned version of that standard."),
    Column("kind", Text, nullable=False, comment="request, complaint, problem, project, or a word of the client."),
    Column("missing", JSONB, nullable=False, comment="Required fields that were empty at registration, a list of names."),
    Column("contacts", Integer, nullable=False, comment="Contacts with the customer known so far."),
    Column("received_at", DateTime(timezone=True), nullable=False, comment="When the need came in."),
    Column("cancelled_at", DateTime(timezone=True), comment="When the case was withdrawn; empty when it was not, or came back."),
    Column("origin", Text, nullable=False, comment="live, or import for another system's history."),
    Index("cases_received", "received_at", "case_id"),
    Index("cases_customer", "customer_ref", "received_at"),
    Index("cases_reference", "external_ref", "received_at"),
    comment="One row per registered case.",
)

CASE_VAULT = Table(
    "vault",
    VAULT,
    Column("case_id", Text, primary_key=True, comment="The case."),
    Column("subject", Text, nullable=False, comment="The need in one line, in the customer's words."),
    Column("description", Text, nullable=False, comment="The need in the customer's words."),
    Column("fields", JSONB, nullable=False, comment="Form fields that the standard does not allow to be said in clear."),
    Column("customer", JSONB, nullable=False, comment="id, name, email, phone, language; only what is known."),
    comment="Personal data of a case. Nothing here is on the log; erasing a person deletes rows here and nothing else.",
)

WORDS = words_table(VAULT)

CONTACT_NOTES = Table(
    "contact_notes",
    VAULT,
    Column("case_id", Text, primary_key=True, comment="The case."),
    Column("contact_id", Uuid, primary_key=True, comment="The id of the contact.logged event."),
    Column("note", Text, nullable=False, comment="What was said."),
    comment="What was said at a contact; personal data like the vault.",
)
