"""intake's tables: the cases (a replay makes them again) and the vault (kept; personal data lives only here)."""

from datetime import datetime

from libs.events.store.tables import tables_of
from libs.events.words.column import column, json, key
from libs.events.words.free import WordsRow
from libs.events.words.row import Index, TableRow, columns
from services.intake.domain.vault import NoteRow, VaultRow


@columns(
    "cases",
    indexes=(
        Index("cases_received", ("received_at", "case_id")),
        Index("cases_customer", ("customer_ref", "received_at")),
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
    missing: list[str] = json("Required fields that were empty at registration, a list of names.")
    contacts: int = column("Contacts with the customer known so far.")
    received_at: datetime = column("When the need came in.")
    cancelled_at: datetime | None = column("When the case was withdrawn; empty when it was not, or came back.")
    origin: str = column("live, or import for another system's history.")


TABLES = tables_of(CaseRow)
VAULT = tables_of(VaultRow, WordsRow, NoteRow)
