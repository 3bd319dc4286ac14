"""The tables of the rows that are classes, and the kinds of columns of the rollups beside them."""

from typing import Any

from sqlalchemy import Column, Text
from sqlalchemy.types import TypeEngine

from libs.events.store.tables import tables_of
from services.analytics.tables.cases import CaseRow
from services.analytics.tables.happenings import ClassificationRow, EscalationRow, ExceptionRow, MilestoneRow, OutputRow
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
from services.analytics.tables.processes import ProcessExceptionRow, ProcessNodeRow

VIEWED = (
    *(CaseRow, AssignmentRow, StretchRow, VisitRow, ClockRow, ContactRow, SurveyRow, VerdictRow),
    *(ClassificationRow, MilestoneRow, EscalationRow, ExceptionRow, OutputRow),
    *(ProcessNodeRow, ProcessExceptionRow),
)
"""Rows whose view shows them as they are."""

METADATA = tables_of(*VIEWED, FigureValueRow)


def column(kind: TypeEngine[Any], name: str, comment: str, null: bool = False) -> Column[Any]:
    """Return a column that says what it is."""
    return Column(name, kind, comment=comment, nullable=null)


def part(name: str, comment: str) -> Column[Any]:
    """Return a word of the primary key."""
    return Column(name, Text(), primary_key=True, comment=comment)
