"""The customer's own words: personal data, kept in survey's vault beside the event that says that there are some."""

from datetime import datetime

from libs.events.words.row import Row


def comment_row(case_id: str, survey_id: str, comment: str, *, at: datetime) -> Row:
    """Return the comment as the vault keeps it; a later one replaces it."""
    return Row("comments", (case_id, survey_id), (comment, at))
