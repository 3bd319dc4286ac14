"""survey's tables: the surveys (a replay makes them again) and the comments (kept; personal data lives only there)."""

from datetime import datetime

from libs.events.store.reads import ReadRow
from libs.events.store.tables import tables_of
from libs.events.words.column import column, json, key, number
from libs.events.words.row import Index, TableRow, columns
from services.survey.domain.comment import CommentRow


@columns(
    "surveys",
    indexes=(
        Index("surveys_sent", ("sent_at", "case_id", "survey_id")),
        Index("surveys_id", ("survey_id",)),
    ),
)
class SurveyRow(TableRow):
    """One row per invitation to say how satisfied one was."""

    case_id: str = key("The case the customer is asked about.")
    survey_id: str = key("The invitation; one at most for each time the case ended.")
    status: str = column("open, answered or expired; an answer given in time outlives expiry.")
    channel: str = column("How the customer is asked: the case's channel. Empty when unknown.")
    sent_at: datetime = column("When they were asked; else the first answer's time.")
    expires_at: datetime | None = column("The first instant at which no answer is accepted any more.")
    answered_at: datetime | None = column("When the latest answer came.")
    first_answered_at: datetime | None = column("When the first answer came.")
    answers: int = column("How many times the customer answered; the latest answer counts.")
    overall: int | None = column("Overall satisfaction, 1 very dissatisfied to 5 very satisfied.")
    scores: dict[str, int] = json("Further dimensions: name to score of 1 to 5.")
    commented: bool = column("Whether the latest answer has words; they are in the vault.")
    agent: str = column("Who resolved the case, frozen when the customer was asked.")
    team: str = column("Their team, frozen likewise.")
    process_id: str = column("The process standard pinned to the case.")
    process_version: int = column("The pinned version; 0 while the case is not registered.")
    origin: str = column("live, or import for another system's history.")
    end_reason: str = column("reopened, when that ended it unanswered; empty when time or nothing did.")


@columns("unasked", indexes=(Index("unasked_ask_at", ("ask_at",)),))
class UnaskedRow(TableRow):
    """One row for each time a case ended and its customer was not, or is not yet, asked how satisfied they were."""

    case_id: str = key("The case that ended.")
    n: int = number("ending")
    why: str = column("nobody: no customer known; not_asked by the standard; reopened before; scheduled: not sent yet.")
    ask_at: datetime = column("When the customer is or was to be asked; if never, when the case ended.")
    ended_at: datetime = column("When the case ended.")
    outcome: str = column("How it ended at last.")
    agent: str = column("Who ended it.")
    team: str = column("Their team.")
    process_id: str = column("The process standard pinned to the case.")
    process_version: int = column("The pinned version; 0 while the case is not registered.")


TABLES = tables_of(SurveyRow, UnaskedRow)
VAULT = tables_of(CommentRow, ReadRow)
