"""A correction's row, and a risk's: none before it was opened or registered, whatever else was said of it."""

from collections.abc import Iterator

from libs.events.words.row import Row
from services.analytics.domain.corrections import Correction
from services.analytics.domain.risks import Risk
from services.analytics.tables.subjects import correction_row, risk_row


def correction_rows(key: str, correction: Correction) -> Iterator[Row]:
    """Yield the row of a correction."""
    if correction.opened_at is not None:
        yield correction_row(correction, correction.opened_at).row


def risk_rows(key: str, risk: Risk) -> Iterator[Row]:
    """Yield the row of a risk."""
    if risk.registered_at is not None:
        yield risk_row(risk, risk.registered_at).row
