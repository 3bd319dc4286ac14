"""One row per case."""

from sqlalchemy import Column, DateTime, Index, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from services.analytics.tables.columns import METADATA, at, case_id, column, count, flag, us, word

CASES = Table(
    "cases",
    METADATA,
    case_id(),
    word("process_id", "The process standard the case was registered under"),
    count("process_version", "The version of the process standard that is pinned to the case"),
    word("origin", "live, or import for history of another system"),
    word("system", "The other system that imported history comes from"),
    word("external_ref", "The case's number in another system"),
    word("channel", "How the case came in"),
    word("customer_ref", "The customer, as a reference; personal data stays in intake's vault"),
    word("kind", "What it is: request, complaint, problem, project, ..."),
    word("service_class", "The service class given last"),
    word("category", "The category given last"),
    word("severity", "The severity given last"),
    word("grade", "The grade (impact) given last"),
    word("phase", "open, resolved, closed or cancelled"),
    word("node", "The node the case stands at"),
    word("waiting_on", "The exception that lasts, for example awaiting_customer"),
    word("team", "The team that answers for the case"),
    word("agent", "The agent who answers for the case"),
    word("resolver_team", "The team of the last resolution"),
    word("resolver_agent", "The agent of the last resolution"),
    Column("received_at", DateTime(timezone=True), nullable=False, comment="When the case was registered"),
    at("first_response_at", "The first answer of a person to the customer: an inbound contact a named agent took, or a response"),
    at("first_resolved_at", "The first resolution by which the need was met; first contact resolution judges it"),
    at("resolved_at", "The last resolution, if the need was met by it (outcome resolved)"),
    at("closed_at", "The last closing"),
    at("cancelled_at", "The cancellation"),
    at("ended_at", "The closing or cancellation after which the case was not reopened"),
    at("final_at", "The instant from which the case's figures are final, seven days after the last resolution"),
    us("resolution_us", "From registration to the last resolution"),
    us("first_response_us", "From registration to the first answer of a person"),
    us("close_us", "From registration to the last closing"),
    us("customer_wait_us", "Time the case waited for its customer between registration and last resolution"),
    us("net_resolution_us", "resolution_us less customer_wait_us"),
    count("waits", "Exceptions whose code begins with awaiting_"),
    count("customer_waits", "Exceptions awaiting_customer"),
    count("reassignments", "Hand-overs: as the source system stated them, else as observed"),
    count("reassignments_observed", "Assignments to another team, or within a team to another agent"),
    column(Integer(), "reassignments_stated", "The source system's own counter; null when it states none", null=True),
    count("team_changes", "Assignments to another team than the last known"),
    count("agent_changes", "Assignments to another agent than the last known"),
    count("agents", "Distinct agents ever assigned"),
    count("reopens", "Times the case went back to work after resolution or closing"),
    count("contacts", "Contacts with the customer, both directions, automatic ones too"),
    count("escalations", "Escalations, functional and hierarchical"),
    count("returns", "Returns to an earlier node"),
    column(JSONB(), "source_figures", "Counters and verdicts the source system claims of its own case"),
    word(
        "outcome",
        "How the case ended: resolved, rejected, unreachable, withdrawn (also when cancelled), or a word of another system's",
    ),
    at("outcome_at", "When it ended so"),
    flag("odd", "Whether an end lies before its start, as history may tell it; what that took is null and in no figure"),
    count(
        "incoming_contacts", "Contacts that came from the customer: the registration, and every later inbound one with a person"
    ),
    count(
        "first_level_contacts", "Those of them that the first level can resolve: no functional escalation until the seventh day"
    ),
    flag(
        "resolved_by_first", "Whether the registration resolved the case: rule one_contact counts it, and it took 7 days at most"
    ),
    Index("cases_by_process", "process_id", "received_at"),
    Index("cases_by_customer", "customer_ref", "process_id", "received_at"),
    comment="One row per case. Imported and live cases alike.",
)
