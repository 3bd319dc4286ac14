"""analytics' answers: rows → figures. Everything but the timeline reads the views that analysts read."""

from services.analytics.queries.asked_figure import BY_MAX, asked_of
from services.analytics.queries.figure_rows import FigureAnswer, figure
from services.analytics.queries.figures import CaseFigures, backlog, figures
from services.analytics.queries.filters import Asked, FigureFilter, Figures, Filter
from services.analytics.queries.known import refuse_unknown, refuse_unknown_part
from services.analytics.queries.measured import Measure, measures
from services.analytics.queries.rollups import (
    Rolled,
    fcr,
    node_durations,
    outcomes,
    satisfaction,
    timeliness,
    workload,
)
from services.analytics.queries.timeline import Moment, timeline

__all__ = [
    "BY_MAX",
    "Asked",
    "CaseFigures",
    "FigureAnswer",
    "FigureFilter",
    "Figures",
    "Filter",
    "Measure",
    "Moment",
    "Rolled",
    "asked_of",
    "backlog",
    "fcr",
    "figure",
    "figures",
    "measures",
    "node_durations",
    "outcomes",
    "refuse_unknown",
    "refuse_unknown_part",
    "satisfaction",
    "timeline",
    "timeliness",
    "workload",
]
