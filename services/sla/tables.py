"""The read model of sla; disposable: change it and replay."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text, text

METADATA = MetaData()

DUE = "coalesce(due_at, '9999-12-31 23:59:59.999999+00')"
"""When a promise is due in the order of the list; one that waits, and is due nobody knows when, comes last."""

CLOCKS = Table(
    "clocks",
    METADATA,
    Column("case_id", Text, primary_key=True, comment="The case that was promised something."),
    Column("clock", Text, primary_key=True, comment="The promise's name in the process standard."),
    Column("kind", Text, nullable=False, comment="What is promised: response, resolution, node, cycle."),
    Column("node", Text, nullable=False, comment="The node it concerns; empty for the whole case."),
    Column("status", Text, nullable=False, comment="running, paused, waiting, met, breached, ended_late or cancelled."),
    Column("paused_by", Text, nullable=False, comment="The exception code that holds it now; empty when none does."),
    Column("time_limit", Text, nullable=False, comment="The limit as written: 30m, 24h, 8wh, 3wd."),
    Column("process_id", Text, nullable=False, comment="The process standard pinned to the case."),
    Column("process_version", Integer, nullable=False, comment="The version that promised it."),
    Column("service_class", Text, nullable=False, comment="The case's class; empty when not classified."),
    Column("grade", Text, nullable=False, comment="The case's grade; empty when not graded."),
    Column("severity", Text, nullable=False, comment="The case's severity; empty when not stated."),
    Column("imported", Boolean, nullable=False, comment="Whether the case came from another system's history."),
    Column("started_at", DateTime(timezone=True), nullable=False, comment="When the promise began."),
    Column("due_at", DateTime(timezone=True), comment="The last instant that keeps it, pauses included; null while it waits."),
    Column("breached_at", DateTime(timezone=True), comment="When it broke; null when it did not."),
    Column("ended_at", DateTime(timezone=True), comment="When its work was done or it lapsed, waiting or not; null before."),
    Column("used_us", BigInteger, comment="Microseconds of its own time used; null until met or ended late."),
    Column("paused_us", BigInteger, comment="Elapsed microseconds it waited; null until met or ended late."),
    Column("waits_for", Text, nullable=False, comment="The calendar without which it cannot be computed; empty when it can."),
    Column("waits_version", Integer, nullable=False, comment="The version of it that the process standard names; else 0."),
    Column("waits_because", Text, nullable=False, comment="not_published, too_early, too_late or none_named; else empty."),
    Column("counted_by", Integer, nullable=False, comment="The calendar version it is counted by, if not the one named; else 0."),
    Column("lapse", Text, nullable=False, comment="Why it ended unkept: closed, cancelled or before_start; else empty."),
    Index("clocks_by_calendar", "waits_for", postgresql_where=text("waits_because <> ''")),
    Index("clocks_by_status", "status", "due_at"),
    Index("clocks_by_breach", "breached_at"),
    Index("clocks_by_due", text(DUE), "case_id", "clock"),
    comment="One row per promise about time of a case, as sla said it; withdrawn events left out.",
)
