"""Sums of the cases' contributions by day × process × version × team × agent."""

from typing import Any

from sqlalchemy import BigInteger, Column, Date, Integer, Table

from services.analytics.tables.columns import METADATA, column, part


def _rollup(name: str, comment: str, *columns: Column[Any]) -> Table:
    key = (
        Column("day", Date(), primary_key=True, comment="UTC date of the instant that counts"),
        part("process_id", "The process standard"),
        Column("process_version", Integer(), primary_key=True, comment="The version pinned to the cases"),
        part("team", "The team it counts for; empty when unknown"),
        part("agent", "The agent it counts for; empty when unknown"),
    )
    return Table(name, METADATA, *key, *columns, comment=comment, info={"additive": True})


def _sum(name: str, comment: str) -> Column[Any]:
    return column(BigInteger(), name, comment)


FIRST_CONTACT_RESOLUTION = _rollup(
    "first_contact_resolution",
    "First contact resolution by rule, on the day of the last resolution, for its team and agent.",
    part("rule", "The rule, see GET /measures"),
    _sum("num", "Cases resolved at first contact by this rule"),
    _sum("den", "Resolved cases, cancelled ones left out"),
)

SATISFACTION = _rollup(
    "satisfaction",
    "The latest answer of each case, on the day of that answer, for whom the invitation names; cancelled cases left out.",
    _sum("answers", "Cases with an answer"),
    _sum("satisfied", "Cases whose overall score is 4 or 5"),
    _sum("score_sum", "Sum of the overall scores"),
)

TIMELINESS = _rollup(
    "timeliness",
    "Promises kept and broken, on the day that was decided, for who held the case then; cancelled cases left out.",
    part("kind", "The kind of promise"),
    part("clock", "The name of the promise"),
    _sum("met", "Kept"),
    _sum("breached", "Broken, whether finished late, lapsed or still open"),
    _sum("ended_late", "Broken and finished late; part of breached"),
    _sum("used_us", "Sum of the time used by those that were finished, in microseconds"),
)

WORKLOAD = _rollup(
    "workload",
    "What was done, each on its own day, for who held the case then.",
    _sum("registered", "Cases registered, for the first team and agent assigned"),
    _sum("assigned", "Assignments"),
    _sum("resolved", "Resolutions, each one if a case has several"),
    _sum("closed", "Closings"),
    _sum("reopened", "Reopenings"),
    _sum("contacts", "Contacts with the customer"),
)

NODE_DURATIONS = _rollup(
    "node_durations",
    "Completed visits of nodes, on the day of completion, for who did the work.",
    part("node", "The node of the process standard"),
    _sum("visits", "Completed visits"),
    _sum("waits", "Visits whose wait_us is known"),
    _sum("touches", "Visits whose touch_us is known"),
    _sum("wait_us", "Sum of the time from arrival to start, in microseconds"),
    _sum("touch_us", "Sum of the time from start to completion, in microseconds"),
)
