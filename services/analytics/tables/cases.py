"""One row per case."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from libs.events.words.column import column, hours, instant, json, key, microseconds, shown, word
from libs.events.words.row import Index, TableRow, columns


@columns(
    "cases",
    indexes=(
        Index("cases_by_process", ("process_id", "received_at")),
        Index("cases_by_customer", ("customer_ref", "process_id", "received_at")),
        Index("cases_open", ("process_id", "node"), where="ended_at is null"),
    ),
)
class CaseRow(TableRow):
    """One row per case. Imported and live cases alike."""

    case_id: str = key("The case")
    process_id: str = word("The process standard the case was registered under")
    process_version: int = column("The version of the process standard that is pinned to the case")
    origin: str = word("live, or import for history of another system")
    system: str = word("The other system that imported history comes from")
    external_ref: str = word("The case's number in another system")
    channel: str = word("How the case came in")
    customer_ref: str = word("The customer, as a reference; personal data stays in intake's vault")
    kind: str = word("What it is: request, complaint, problem, project, ...")
    service_class: str = word("The service class given last")
    category: str = word("The category given last")
    severity: str = word("The severity given last")
    grade: str = word("The grade (impact) given last")
    phase: str = word("open, resolved, closed or cancelled")
    node: str = word("The node the case stands at")
    waiting_on: str = word("The exception that lasts, for example awaiting_customer")
    team: str = word("The team that answers for the case")
    agent: str = word("The agent who answers for the case")
    resolver_team: str = word("The team of the last resolution")
    resolver_agent: str = word("The agent of the last resolution")
    received_at: datetime = column("When the case was registered")
    first_response_at: datetime | None = instant(
        "The first answer of a person to the customer: an inbound contact a named agent took, or a response"
    )
    first_resolved_at: datetime | None = instant(
        "The first resolution by which the need was met; first contact resolution judges it"
    )
    resolved_at: datetime | None = instant("The last resolution, if the need was met by it (outcome resolved)")
    closed_at: datetime | None = instant("The last closing")
    cancelled_at: datetime | None = instant("The cancellation")
    ended_at: datetime | None = instant("The closing or cancellation after which the case was not reopened")
    final_at: datetime | None = instant(
        "The instant from which the case's figures are final, seven days after the last resolution"
    )
    resolution_us: int | None = microseconds("From registration to the last resolution")
    first_response_us: int | None = microseconds("From registration to the first answer of a person")
    close_us: int | None = microseconds("From registration to the last closing")
    customer_wait_us: int | None = microseconds("Time the case waited for its customer between registration and last resolution")
    net_resolution_us: int | None = microseconds("resolution_us less customer_wait_us")
    waits: int = column("Exceptions whose code begins with awaiting_")
    customer_waits: int = column("Exceptions awaiting_customer")
    reassignments: int = column("Hand-overs: as the source system stated them, else as observed")
    reassignments_observed: int = column("Hand-overs, of the case or of the work at a node, to another team or agent")
    reassignments_stated: int | None = column("The source system's own counter; null when it states none")
    team_changes: int = column("Assignments to another team than the last known")
    agent_changes: int = column("Assignments to another agent than the last known")
    agents: int = column("Distinct agents ever assigned")
    reopens: int = column("Times the case went back to work after resolution or closing")
    contacts: int = column("Contacts with the customer, both directions, automatic ones too")
    escalations: int = column("Escalations, functional and hierarchical")
    returns: int = column("Returns to an earlier node")
    source_figures: Mapping[str, int | bool | str] = json("Counters and verdicts the source system claims of its own case")
    open = shown(bool, "ended_at is null", "Whether anything is left to do: neither closed nor cancelled, or reopened since")
    provisional = shown(
        bool, "final_at > now()", "Whether the figures may still change: final_at lies ahead; null when never resolved"
    )
    resolution_hours = hours("resolution_us")
    net_resolution_hours = hours("net_resolution_us")
    first_response_hours = hours("first_response_us")
    close_hours = hours("close_us")
    customer_wait_hours = hours("customer_wait_us")
    outcome: str = word(
        "How the case ended: resolved, rejected, unreachable, duplicate, withdrawn (also when cancelled), or an imported word"
    )
    outcome_at: datetime | None = instant("When it ended so")
    odd: bool = column("Whether an end lies before its start, as history may tell it; what that took is null and in no figure")
    incoming_contacts: int = column(
        "Contacts that came from the customer: the registration, and every later inbound one with a person"
    )
    first_level_contacts: int = column(
        "Those of them that the first level can resolve: no functional escalation until the seventh day"
    )
    resolved_by_first: bool = column(
        "Whether the registration resolved the case: rule one_contact counts it, and it took 7 days at most"
    )
    attributes: Mapping[str, str] = json("The fields of the registration that the process standard lets be said in clear")
    missing: Sequence[str] = json("The required fields that were empty at the registration")
    path: str = column("The nodes that it went through, in their order, as the text of a JSON list")
    follows: str = word("The earlier case of the customer that it goes on with")
