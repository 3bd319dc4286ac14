"""Routing's read model (disposable: change it, raise the version, replay) and the words that people gave with a step (kept)."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from libs.events.store.words import words_table

METADATA = MetaData()
VAULT = MetaData()
WORDS = words_table(VAULT)


def _text(name: str, comment: str) -> Column[str]:
    return Column(name, Text, nullable=False, comment=comment)


def _whole(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, comment=comment)


CASES = Table(
    "cases",
    METADATA,
    Column("case_id", Text, primary_key=True, comment="The case."),
    _text("process_id", "The process standard the case is pinned to."),
    _whole("process_version", "The pinned version."),
    _text("phase", "unknown, in_work, resolved, closed or cancelled."),
    _text("service_class", "routine, urgent, complex, …; empty while not classified."),
    _text("category", "What the case is about, in the standard's words."),
    _text("severity", "minor, major, …; empty where the standard has no such scale."),
    _text("grade", "normal, urgent, …; empty while not graded."),
    _text("team", "The team that answers for the case."),
    _text("agent", "The agent who answers for the case; empty while it waits in the team's queue."),
    _text("role", "The role it was assigned to."),
    _text("node", "Where the case stands; empty at no node."),
    Column("started", Boolean, nullable=False, comment="Whether work at the node has begun."),
    Column("nodes_done", JSONB, nullable=False, comment="The completed nodes of the present walk, in order."),
    Column("exceptions", JSONB, nullable=False, comment="The abnormal situations that are open."),
    _whole("escalations", "How often more authority or skill was called in."),
    _whole("reopened", "How often the case came back after it was resolved or closed."),
    _text("outcome", "resolved, rejected, unreachable or withdrawn; empty while in work."),
    Column("since_at", DateTime(timezone=True), comment="When routing first said something about the case."),
    Column("waiting_since_at", DateTime(timezone=True), comment="When the case arrived where it stands."),
    Column("resolved_at", DateTime(timezone=True), comment="When the need was met; empty again after a reopening."),
    Column("closed_at", DateTime(timezone=True), comment="When the case ended; empty again after a reopening."),
    Index("cases_waiting", "waiting_since_at", "case_id"),
    comment="One row per case: where it stands in its process, and who answers for it.",
)

PROCESSES = Table(
    "processes",
    METADATA,
    Column("process_id", Text, primary_key=True, comment="The process standard."),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="The version."),
    _text("state", "drafted or published."),
    _text("name_en", "Its English name."),
    _text("name_zh", "Its Chinese name."),
    _whole("nodes", "How many nodes it has."),
    _text("change", "What this version changes."),
    _text("reviewer", "Who reviewed it."),
    Column("warnings", JSONB, nullable=False, comment="What its reviewer should know."),
    Column("drafted_at", DateTime(timezone=True), comment="When its latest draft was written."),
    Column("published_at", DateTime(timezone=True), comment="When cases could first be registered under it."),
    comment="One row per version of a process standard.",
)
