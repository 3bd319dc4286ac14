"""The customer's own words: personal data, kept in survey's vault beside the event that says that there are some."""

from datetime import datetime

from libs.events.words.column import column, key
from libs.events.words.row import Row, TableRow, columns


@columns("comments")
class CommentRow(TableRow):
    """Personal data: what customers wrote. Nothing here is on the log; erasing a person deletes rows here."""

    case_id: str = key("The case.")
    survey_id: str = key("The invitation.")
    comment: str = column("The customer's words; empty when they took them back.")
    written_at: datetime = column("When they were written.")


def comment_row(case_id: str, survey_id: str, comment: str, *, at: datetime) -> Row:
    """Return the comment as the vault keeps it; a later one replaces it."""
    return CommentRow(case_id=case_id, survey_id=survey_id, comment=comment, written_at=at).row
