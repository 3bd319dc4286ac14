"""intake's tables: the cases (a replay makes them again) and the vault (kept; personal data lives only here)."""

from datetime import datetime

from libs.events.store.reads import ReadRow
from libs.events.store.tables import tables_of
from libs.events.words.column import column, json, key
from libs.events.words.free import WordsRow
from libs.events.words.row import Index, TableRow, columns
from services.intake.domain.progress import Talk
from services.intake.domain.vault import AttachmentRow, NoteRow, RecordRow, SuppliedRow, VaultRow


@columns(
    "cases",
    indexes=(
        Index("cases_received", ("received_at", "case_id")),
        Index("cases_customer", ("customer_ref", "received_at")),
        Index("cases_following", ("follows",), where="follows <> ''"),
        Index("cases_reference", ("external_ref", "received_at")),
    ),
)
class CaseRow(TableRow):
    """One row per registered case."""

    case_id: str = key("The case's id, the key of its facts on the log.")
    external_ref: str = column("The case's name in the client's system; empty when none was given.")
    channel: str = column("How the need came in.")
    customer_ref: str = column("Opaque reference of the customer; 'anonymous' when nobody was named.")
    process_id: str = column("The process standard pinned to the case.")
    process_version: int = column("The pinned version of that standard.")
    kind: str = column("request, complaint, problem, project, or a word of the client.")
    missing: list[str] = json("Required fields that the case lacks, a list of names.")
    contacts: int = column("Contacts with the customer known so far.")
    received_at: datetime = column("When the need came in.")
    cancelled_at: datetime | None = column("When it ended as withdrawn; empty when it did not, or came back.")
    origin: str = column("live, or import for another system's history.")
    follows: str = column("The earlier case of the customer that it goes on with; empty when it follows none.")
    cancel_asked_at: datetime | None = column("When somebody asked that it be cancelled, since it was last taken up.")
    cancellation: str = column("What became of that wish: asked, granted, or in_vain if the case ended otherwise; empty without.")
    agreed_due_at: datetime | None = column("By when it is to be done, as agreed with the customer last; empty without.")
    legal_due_at: datetime | None = column("By when the law or a contract wants it done; empty without.")


@columns("progress")
class ProgressRow(TableRow):
    """One row per case of which something is known beyond its registration: what its customer may see of it."""

    case_id: str = key("The case.")
    phase: str = column("open, resolved, closed or cancelled.")
    outcome: str = column("How it was resolved or ended; empty before.")
    resolved_at: datetime | None = column("When the need was met, as far as it was; empty before.")
    ended_at: datetime | None = column("When it was closed or withdrawn; empty before.")
    reopened_at: datetime | None = column("When it was last taken up again; empty when it never was.")
    node: str = column("The step of its standard that it is at; empty between two steps and at its end.")
    node_entered_at: datetime | None = column("Since when it is there; empty when that is not known.")
    waits_for: str = column("customer or others, while it waits for somebody; empty when it does not.")
    due_at: datetime | None = column("Until when to keep the promise to the customer that is due first; empty when none runs.")
    due_kind: str = column("What that promise is about: response, resolution, cycle; empty when none runs.")
    talks: list[Talk] = json("The last conversations with the customer: when and how, not by whom.")
    grade: str = column("Its grade, by which forms ask for less; empty while it has none.")


@columns("serving")
class ServingRow(TableRow):
    """One row per case that was given to somebody: which teams and roles serve it."""

    case_id: str = key("The case.")
    teams: list[str] = json("The teams that it is or was with, as a whole or for a visit.")
    called: list[str] = json("The roles that were called in for it.")


TABLES = tables_of(CaseRow, ProgressRow, ServingRow)
VAULT = tables_of(VaultRow, WordsRow, NoteRow, SuppliedRow, RecordRow, AttachmentRow, ReadRow)
