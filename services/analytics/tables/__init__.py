"""The read model: one row per case and per part of a case, per correction and risk, and rollups: sums of cases' contributions.

Disposable: change it and replay. `additive` marks the rollups.
"""

from services.analytics.tables.cases import CaseRow
from services.analytics.tables.columns import TABLES, VAULT, VIEWED
from services.analytics.tables.deprecated import IN_VIEWS_SQL, RULES, Deprecated, comments, declared
from services.analytics.tables.figure_views import figure_comments, figure_views
from services.analytics.tables.parts import AssignmentRow, ClockRow, ContactRow, StretchRow, SurveyRow, VerdictRow, VisitRow

DEPRECATED = (*declared(*VIEWED), *IN_VIEWS_SQL)

GOING = (*DEPRECATED, *RULES)
"""All that goes with the next release."""

__all__ = [
    "DEPRECATED",
    "GOING",
    "TABLES",
    "VAULT",
    "VIEWED",
    "AssignmentRow",
    "CaseRow",
    "ClockRow",
    "ContactRow",
    "Deprecated",
    "StretchRow",
    "SurveyRow",
    "VerdictRow",
    "VisitRow",
    "comments",
    "figure_comments",
    "figure_views",
]
