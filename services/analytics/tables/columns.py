"""The tables of the read model: those of the rows that are classes, and the rollups beside them."""

from libs.events.store.reads import ReadRow
from libs.events.store.tables import tables_of
from libs.events.words.free import WordsRow
from services.analytics.tables.cases import CaseRow
from services.analytics.tables.happenings import (
    AttachmentRow,
    ClassificationRow,
    ConfirmationRow,
    DecisionRow,
    EscalationRow,
    ExceptionRow,
    HandoverRow,
    MilestoneRow,
    NoteRow,
    OutputRow,
    RecordRow,
    SkipRow,
    SupplyRow,
)
from services.analytics.tables.parts import (
    AssignmentRow,
    ClockRow,
    ContactRow,
    FigureValueRow,
    StretchRow,
    SurveyRow,
    VerdictRow,
    VisitRow,
)
from services.analytics.tables.processes import ProcessExceptionRow, ProcessFormRow, ProcessNodeRow, ProcessVersionRow
from services.analytics.tables.rollups import ROLLUPS
from services.analytics.tables.subjects import CorrectionRow, RiskRow

VIEWED = (
    *(CaseRow, AssignmentRow, StretchRow, VisitRow, ClockRow, ContactRow, SurveyRow, VerdictRow),
    *(
        ClassificationRow,
        MilestoneRow,
        HandoverRow,
        NoteRow,
        SkipRow,
        SupplyRow,
        RecordRow,
        AttachmentRow,
        ConfirmationRow,
        DecisionRow,
    ),
    *(EscalationRow, ExceptionRow, OutputRow, ProcessVersionRow, ProcessNodeRow, ProcessExceptionRow, ProcessFormRow),
    *(CorrectionRow, RiskRow),
)
"""Rows whose view shows them as they are."""

TABLES = {**tables_of(*VIEWED, FigureValueRow), **{one.name: one for one in ROLLUPS}}
VAULT = tables_of(WordsRow, ReadRow)
"""What a replay does not make again: words that people wrote, and who has read them."""
