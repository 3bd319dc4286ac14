"""One row per correction and one per risk, as they are now."""

from datetime import datetime

from libs.events.words.column import column, instant, key, word
from libs.events.words.row import Index, TableRow, columns
from services.analytics.domain import corrections, risks
from services.analytics.domain.corrections import Correction
from services.analytics.domain.risks import Risk


@columns("corrections", indexes=(Index("corrections_opened", ("opened_at", "correction_id")),))
class CorrectionRow(TableRow):
    """One row per correction: what has to be mended in how the desk works, who answers for it, and whether that worked."""

    correction_id: str = key("The correction")
    state: corrections.State = column(
        "open (to be started), started, done (to be verified), verified (as effective, to be closed) or closed"
    )
    owner: str = column("Who answers for it")
    why: str = column("Why it was opened, as a reference to the words in the vault of analytics")
    figure: str = word("The figure that showed it, as GET /measures calls it")
    process_id: str = word("The process standard that it is about")
    agent: str = word("Who began the work on it last")
    plan: str = column("The plan of that work, as a reference to the words in the vault; empty before it was started")
    opened_at: datetime = column("When it was opened")
    open_since_at: datetime = column(
        "Since when it waits to be started, or waited last: since it was opened, or last turned out not to work"
    )
    first_started_at: datetime | None = instant("When the work on it first began")
    started_at: datetime | None = instant("When the work on it last began")
    done_at: datetime | None = instant("When the measures of that work were carried out")
    verified_at: datetime | None = instant("When somebody last looked whether it worked")
    effective: bool | None = column("Whether it worked, as was found then; null before")
    failed: int = column("How often it turned out not to work, and so was open again")
    closed_at: datetime | None = instant("When it was closed")


@columns("risks", indexes=(Index("risks_registered", ("registered_at", "risk_id")),))
class RiskRow(TableRow):
    """One row per risk: what may go wrong, how much it matters, and when somebody last looked at it."""

    risk_id: str = key("The risk")
    state: risks.State = column("open or closed")
    owner: str = column("Who watches it")
    kind: str = column("What kind of risk it is, a word of the desk's own")
    level: str = column("How much it matters, as judged last: high, medium or low")
    what: str = column("What may go wrong, as a reference to the words in the vault of analytics")
    registered_at: datetime = column("When it was registered")
    assessed_at: datetime = column("When its level was last judged; the registration is the first time")
    assessments: int = column("How often its level was judged")
    checked_at: datetime | None = instant("When somebody last looked at it")
    checked_by: str = word("Who that was")
    checks: int = column("How often somebody looked at it")
    closed_at: datetime | None = instant("When it was closed")


def correction_row(one: Correction, opened_at: datetime) -> CorrectionRow:
    """Return a correction as it is shown, also before its row is written."""
    return CorrectionRow(
        correction_id=one.correction_id,
        state=one.state,
        owner=one.owner,
        why=one.why,
        figure=one.figure,
        process_id=one.process_id,
        agent=one.agent,
        plan=one.plan,
        opened_at=opened_at,
        open_since_at=one.open_since or opened_at,
        first_started_at=one.first_started_at,
        started_at=one.started_at,
        done_at=one.done_at,
        verified_at=one.verified_at,
        effective=one.effective,
        failed=one.failed,
        closed_at=one.closed_at,
    )


def risk_row(one: Risk, registered_at: datetime) -> RiskRow:
    """Return a risk as it is shown, also before its row is written."""
    return RiskRow(
        risk_id=one.risk_id,
        state=one.state,
        owner=one.owner,
        kind=one.kind,
        level=one.level,
        what=one.what,
        registered_at=registered_at,
        assessed_at=one.assessed_at or registered_at,
        assessments=one.assessments,
        checked_at=one.checked_at,
        checked_by=one.checked_by,
        checks=one.checks,
        closed_at=one.closed_at,
    )
