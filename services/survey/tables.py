"""survey's tables: the surveys (a replay makes them again) and the comments (kept; personal data lives only there)."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()
VAULT = MetaData()

SURVEYS = Table(
    "surveys",
    METADATA,
    Column("case_id", Text, primary_key=True, comment="The case the customer is asked about."),
    Column("survey_id", Text, primary_key=True, comment="The invitation; one at most for each time the case ended."),
    Column("status", Text, nullable=False, comment="open, answered or expired; an answer given in time outlives expiry."),
    Column("channel", Text, nullable=False, comment="How the customer is asked: the case's channel. Empty when unknown."),
    Column("sent_at", DateTime(timezone=True), nullable=False, comment="When they were asked; else the first answer's time."),
    Column("expires_at", DateTime(timezone=True), comment="The first instant at which no answer is accepted any more."),
    Column("answered_at", DateTime(timezone=True), comment="When the latest answer came."),
    Column("first_answered_at", DateTime(timezone=True), comment="When the first answer came."),
    Column("answers", Integer, nullable=False, comment="How many times the customer answered; the latest answer counts."),
    Column("overall", Integer, comment="Overall satisfaction, 1 very dissatisfied to 5 very satisfied."),
    Column("scores", JSONB, nullable=False, comment="Further dimensions: name to score of 1 to 5."),
    Column("commented", Boolean, nullable=False, comment="Whether the latest answer has words; they are in the vault."),
    Column("agent", Text, nullable=False, comment="Who resolved the case, frozen when the customer was asked."),
    Column("team", Text, nullable=False, comment="Their team, frozen likewise."),
    Column("process_id", Text, nullable=False, comment="The process standard pinned to the case."),
    Column("process_version", Integer, nullable=False, comment="The pinned version; 0 while the case is not registered."),
    Column("origin", Text, nullable=False, comment="live, or import for another system's history."),
    Column(
        "end_reason", Text, nullable=False, comment="reopened, when that ended it unanswered; empty when time or nothing did."
    ),
    Index("surveys_sent", "sent_at", "case_id", "survey_id"),
    Index("surveys_id", "survey_id"),
    comment="One row per invitation to say how satisfied one was.",
)

COMMENTS = Table(
    "comments",
    VAULT,
    Column("case_id", Text, primary_key=True, comment="The case."),
    Column("survey_id", Text, primary_key=True, comment="The invitation."),
    Column("comment", Text, nullable=False, comment="The customer's words; empty when they took them back."),
    Column("written_at", DateTime(timezone=True), nullable=False, comment="When they were written."),
    comment="Personal data: what customers wrote. Nothing here is on the log; erasing a person deletes rows here.",
)
