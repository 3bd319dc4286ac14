"""The read model: one row per case and per part of a case, and rollups that are sums of the cases' contributions.

Disposable: change it and replay. `info["additive"]` marks the rollups. Every comment is kept in the database.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

METADATA = MetaData()


def _column(kind: TypeEngine[Any], name: str, comment: str, null: bool = False) -> Column[Any]:
    return Column(name, kind, comment=comment, nullable=null)


def _word(name: str, comment: str) -> Column[Any]:
    return _column(Text(), name, f"{comment}; empty when unknown")


def _at(name: str, comment: str) -> Column[Any]:
    return _column(DateTime(timezone=True), name, f"{comment}; null when it has not happened or is not known", null=True)


def _us(name: str, comment: str) -> Column[Any]:
    return _column(BigInteger(), name, f"{comment}, in microseconds; null when an end is missing", null=True)


def _count(name: str, comment: str) -> Column[Any]:
    return _column(Integer(), name, comment)


def _flag(name: str, comment: str) -> Column[Any]:
    return _column(Boolean(), name, comment)


def _case_id() -> Column[Any]:
    return Column("case_id", Text(), primary_key=True, comment="The case")


def _part(name: str, comment: str) -> Column[Any]:
    return Column(name, Text(), primary_key=True, comment=comment)


def _number(of: str) -> Column[Any]:
    return Column("n", Integer(), primary_key=True, comment=f"The {of}'s number within the case, from 1")


CASES = Table(
    "cases",
    METADATA,
    _case_id(),
    _word("process_id", "The process standard the case was registered under"),
    _count("process_version", "The version of the process standard that is pinned to the case"),
    _word("origin", "live, or import for history of another system"),
    _word("system", "The other system that imported history comes from"),
    _word("external_ref", "The case's number in another system"),
    _word("channel", "How the case came in"),
    _word("customer_ref", "The customer, as a reference; personal data stays in intake's vault"),
    _word("kind", "What it is: request, complaint, problem, project, ..."),
    _word("service_class", "The service class given last"),
    _word("category", "The category given last"),
    _word("severity", "The severity given last"),
    _word("grade", "The grade (impact) given last"),
    _word("phase", "open, resolved, closed or cancelled"),
    _word("node", "The node the case stands at"),
    _word("waiting_on", "The exception that lasts, for example awaiting_customer"),
    _word("team", "The team that answers for the case"),
    _word("agent", "The agent who answers for the case"),
    _word("resolver_team", "The team of the last resolution"),
    _word("resolver_agent", "The agent of the last resolution"),
    Column("received_at", DateTime(timezone=True), nullable=False, comment="When the case was registered"),
    _at("first_response_at", "The first human answer to the customer"),
    _at("first_resolved_at", "The first resolution"),
    _at("resolved_at", "The last resolution"),
    _at("closed_at", "The last closing"),
    _at("cancelled_at", "The cancellation"),
    _at("ended_at", "The closing or cancellation after which the case was not reopened"),
    _at("final_at", "The instant from which the case's figures are final, seven days after the last resolution"),
    _us("resolution_us", "From registration to the last resolution"),
    _us("first_response_us", "From registration to the first human answer"),
    _us("close_us", "From registration to the last closing"),
    _us("customer_wait_us", "Time the case waited for its customer between registration and last resolution"),
    _us("net_resolution_us", "resolution_us less customer_wait_us"),
    _count("waits", "Exceptions whose code begins with awaiting_"),
    _count("customer_waits", "Exceptions awaiting_customer"),
    _count("reassignments", "Hand-overs: as the source system stated them, else as observed"),
    _count("reassignments_observed", "Assignments to another team, or within a team to another agent"),
    _column(Integer(), "reassignments_stated", "The source system's own counter; null when it states none", null=True),
    _count("team_changes", "Assignments to another team than the last known"),
    _count("agent_changes", "Assignments to another agent than the last known"),
    _count("agents", "Distinct agents ever assigned"),
    _count("reopens", "Times the case went back to work after resolution or closing"),
    _count("contacts", "Contacts with the customer, both directions"),
    _count("escalations", "Escalations, functional and hierarchical"),
    _count("returns", "Returns to an earlier node"),
    _column(JSONB(), "source_figures", "Counters and verdicts the source system claims of its own case"),
    Index("cases_by_process", "process_id", "received_at"),
    Index("cases_by_customer", "customer_ref", "category", "received_at"),
    comment="One row per case. Imported and live cases alike.",
)

ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    _case_id(),
    _number("assignment"),
    _at("assigned_at", "When it took effect"),
    _at("until_at", "When the next assignment took effect"),
    _word("team", "The team answering from then on"),
    _word("agent", "The agent answering from then on"),
    _word("role", "In which role"),
    _word("rule", "The id of the rule that chose, empty when done by hand"),
    _word("reason", "Why, as it was said"),
    _flag("team_changed", "Another team than the last known"),
    _flag("agent_changed", "Another agent than the last known"),
    _flag("reassigned", "A hand-over to another team, or within a team to another agent"),
    comment="One row per assignment of a case to a team or agent.",
)

NODE_VISITS = Table(
    "node_visits",
    METADATA,
    _case_id(),
    _number("visit"),
    _word("node", "The node of the process standard"),
    _word("team", "The team that held the case when the visit ended, or holds it"),
    _word("agent", "The agent who did the work"),
    _at("entered_at", "The case arrived at the node"),
    _at("started_at", "Work began"),
    _at("completed_at", "Work was done"),
    _at("returned_at", "The case was sent back from here"),
    _word("returned_to", "The earlier node it was sent back to"),
    _flag("returned", "Whether the visit ended with a return"),
    _us("wait_us", "From arrival to the start of work"),
    _us("touch_us", "From the start of work to its completion"),
    comment="One row per stay of a case at a node.",
)

CLOCKS = Table(
    "clocks",
    METADATA,
    _case_id(),
    _part("clock", "The name of the promise in the process standard"),
    _word("kind", "The kind of promise: response, resolution, node, ..."),
    _word("node", "The node it belongs to"),
    _word("allowance", "The limit as the standard states it: 30m, 24h, 8wh, 3wd"),
    _count("process_version", "The version of the process standard the promise was made under"),
    _word("status", "running, paused, met, breached or cancelled; breached stays, however the work ended"),
    _word("paused_by", "The exception that holds it"),
    _at("started_at", "When it began to run"),
    _at("due_at", "When it breaks, or would have broken"),
    _at("breached_at", "When it broke"),
    _at("ended_at", "When it was met, finished late or lapsed"),
    _us("used_us", "The promise's own time that was used, as sla counted it"),
    _us("paused_us", "Elapsed time during which it waited"),
    _column(Boolean(), "on_time", "Whether it was kept; null while that is open and when it lapsed", null=True),
    _word("team", "The team that held the case when it was decided"),
    _word("agent", "The agent who held the case when it was decided"),
    comment="One row per promise about time, withdrawn events left out.",
)

CONTACTS = Table(
    "contacts",
    METADATA,
    _case_id(),
    _number("contact"),
    _at("contacted_at", "When"),
    _word("direction", "inbound or outbound"),
    _word("channel", "By which means"),
    _word("purpose", "response, info, progress, result or followup"),
    _word("team", "The team that held the case"),
    _word("agent", "Who spoke"),
    _flag("automated", "Nobody spoke; it does not count as an answer"),
    _flag("resolves_case", "The contact resolved the need"),
    comment="One row per contact with the customer.",
)

SURVEYS = Table(
    "surveys",
    METADATA,
    _case_id(),
    _part("survey_id", "The invitation"),
    _word("channel", "How the customer was asked"),
    _word("team", "The team the answer is about"),
    _word("agent", "The agent the answer is about"),
    _at("sent_at", "When the customer was asked"),
    _at("expires_at", "Until when an answer is welcome"),
    _at("expired_at", "When the invitation ended unanswered"),
    _at("answered_at", "The latest answer"),
    _column(Integer(), "overall", "Overall score of the latest answer, 1 to 5; null when unanswered", null=True),
    _column(Boolean(), "satisfied", "Whether overall is 4 or 5; null when unanswered", null=True),
    _column(JSONB(), "scores", "Scores by dimension, 1 to 5"),
    _flag("commented", "Whether the customer wrote something"),
    comment="One row per invitation, with its latest answer.",
)

CASE_RULES = Table(
    "case_rules",
    METADATA,
    _case_id(),
    _part("rule", "The rule of first contact resolution"),
    _flag("counted", "Whether the case is in the rule's numerator"),
    comment="One row per resolved case and rule of first contact resolution that a case answers alone.",
)


def _rollup(name: str, comment: str, *columns: Column[Any]) -> Table:
    key = (
        Column("day", Date(), primary_key=True, comment="UTC date of the instant that counts"),
        _part("process_id", "The process standard"),
        Column("process_version", Integer(), primary_key=True, comment="The version pinned to the cases"),
        _part("team", "The team it counts for; empty when unknown"),
        _part("agent", "The agent it counts for; empty when unknown"),
    )
    return Table(name, METADATA, *key, *columns, comment=comment, info={"additive": True})


def _sum(name: str, comment: str) -> Column[Any]:
    return _column(BigInteger(), name, comment)


FIRST_CONTACT_RESOLUTION = _rollup(
    "first_contact_resolution",
    "First contact resolution by rule, on the day of the last resolution, for its team and agent.",
    _part("rule", "The rule, see GET /measures"),
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
    _part("kind", "The kind of promise"),
    _part("clock", "The name of the promise"),
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
    _part("node", "The node of the process standard"),
    _sum("visits", "Completed visits"),
    _sum("waits", "Visits whose wait_us is known"),
    _sum("touches", "Visits whose touch_us is known"),
    _sum("wait_us", "Sum of the time from arrival to start, in microseconds"),
    _sum("touch_us", "Sum of the time from start to completion, in microseconds"),
)
