"""One row per part of a case: assignment, node visit, clock, contact, survey, verdict."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.analytics.tables.columns import METADATA, at, case_id, column, count, flag, number, part, us, word

ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    case_id(),
    number("assignment"),
    at("assigned_at", "When it took effect"),
    at("until_at", "When the next assignment took effect"),
    word("team", "The team answering from then on"),
    word("agent", "The agent answering from then on"),
    word("role", "In which role"),
    word("rule", "The id of the rule that chose, empty when done by hand"),
    word("reason", "Why, as a reference to the words in a vault; older facts have the words"),
    flag("team_changed", "Another team than the last known"),
    flag("agent_changed", "Another agent than the last known"),
    flag("reassigned", "A hand-over to another team, or within a team to another agent"),
    comment="One row per assignment of a case to a team or agent.",
)

STRETCHES = Table(
    "stretches",
    METADATA,
    case_id(),
    number("stretch"),
    at("since_at", "From when it was so"),
    at("until_at", "When it was no longer so"),
    word("phase", "open, resolved, closed or cancelled"),
    word("team", "The team that held the case"),
    word("agent", "The agent who held the case"),
    word("category", "The category as it was then"),
    word("outcome", "How the case had ended"),
    word("process_id", "The case's process standard"),
    count("process_version", "The version pinned to the case"),
    word("grade", "The grade as it was then"),
    word("service_class", "The service class as it was then"),
    # A backlog looks for the stretches that an instant lies in and in which something was left to do.
    Index(
        "stretches_by_time",
        text("tstzrange(since_at, until_at)"),
        postgresql_using="gist",
        postgresql_where=text("phase in ('open', 'resolved')"),
    ),
    comment="What each case was from when to when, from its registration on: the past as it was then.",
)

NODE_VISITS = Table(
    "node_visits",
    METADATA,
    case_id(),
    number("visit"),
    word("node", "The node of the process standard"),
    word("team", "The team that held the case when the visit ended, or holds it"),
    word("agent", "The agent who did the work"),
    at("entered_at", "The case arrived at the node"),
    at("started_at", "Work began"),
    at("completed_at", "Work was done"),
    at("returned_at", "The case was sent back from here"),
    word("returned_to", "The earlier node it was sent back to"),
    flag("returned", "Whether the visit ended with a return"),
    us("wait_us", "From arrival to the start of work, elapsed"),
    us("work_elapsed_us", "From the start of work to its completion, elapsed: nights, days off and waits count"),
    flag("odd", "Whether work began before the arrival, or was done before it began"),
    comment="One row per stay of a case at a node.",
)

CLOCKS = Table(
    "clocks",
    METADATA,
    case_id(),
    part("clock", "The name of the promise in the process standard"),
    word("kind", "The kind of promise: response, resolution, node, ..."),
    word("node", "The node it belongs to"),
    word("allowance", "The limit as the standard states it: 30m, 24h, 8wh, 3wd"),
    count("process_version", "The version of the process standard the promise was made under"),
    word("status", "running, paused, waiting, met, breached or cancelled; breached stays, however the work ended"),
    word("paused_by", "The exception that holds it"),
    at("started_at", "When it began to run"),
    at("due_at", "When it breaks, or would have broken"),
    at("breached_at", "When it broke"),
    at("ended_at", "When it was met, finished late or lapsed"),
    us("used_us", "The promise's own time that was used, as sla counted it"),
    us("paused_us", "Elapsed time during which it waited"),
    column(Boolean(), "on_time", "Whether it was kept; null while that is open and when it lapsed", null=True),
    word("team", "The team that held the case when it was decided"),
    word("agent", "The agent who held the case when it was decided"),
    column(Text(), "waits_for", "The calendar without which it cannot be computed; empty when it can"),
    count("waits_version", "The version of that calendar that the process standard names; else 0"),
    column(Text(), "waits_because", "not_published, too_early, too_late or none_named; empty when it waits for no calendar"),
    count("counted_by", "The calendar version it is counted by, where that is not the one the standard names; else 0"),
    column(
        Text(), "lapse", "Why it ended with its work not done: closed, cancelled; before_start: done before it began; else empty"
    ),
    comment="One row per promise about time, withdrawn events left out.",
)

CONTACTS = Table(
    "contacts",
    METADATA,
    case_id(),
    number("contact"),
    at("contacted_at", "When"),
    word("direction", "inbound or outbound"),
    word("channel", "By which means"),
    word("purpose", "response, info, progress, result or followup"),
    word("team", "The team that held the case"),
    word("agent", "Who spoke"),
    flag("automated", "Nobody spoke; it does not count as an answer"),
    flag("resolves_case", "The contact resolved the need"),
    flag("response", "A person answered the customer: it stops the response clock"),
    comment="One row per contact with the customer.",
)

SURVEYS = Table(
    "surveys",
    METADATA,
    case_id(),
    part("survey_id", "The invitation"),
    word("channel", "How the customer was asked"),
    word("team", "The team the answer is about"),
    word("agent", "The agent the answer is about"),
    at("sent_at", "When the customer was asked"),
    at("expires_at", "Until when an answer is welcome"),
    at("expired_at", "When the invitation ended unanswered"),
    at("answered_at", "The latest answer"),
    column(Integer(), "overall", "Overall score of the latest answer, 1 to 5; null when unanswered", null=True),
    column(Boolean(), "satisfied", "Whether overall is 4 or 5; null when unanswered", null=True),
    column(JSONB(), "scores", "Scores by dimension, 1 to 5"),
    flag("commented", "Whether the customer wrote something"),
    word("end_reason", "reopened, when that ended the invitation unanswered"),
    comment="One row per invitation, with its latest answer.",
)

CASE_RULES = Table(
    "case_rules",
    METADATA,
    case_id(),
    part("rule", "The rule of first contact resolution"),
    flag("counted", "Whether the case is in the rule's numerator"),
    Column("resolved_at", DateTime(timezone=True), nullable=False, comment="The resolution that is judged, the first"),
    word("team", "The team of that resolution"),
    word("agent", "The agent of that resolution"),
    word("process_id", "The case's process standard"),
    count("process_version", "The version pinned to the case"),
    word("customer_ref", "The customer"),
    word("category", "The category on the seventh day after that resolution"),
    comment="One row per resolved case and rule of first contact resolution that a case answers alone.",
)
