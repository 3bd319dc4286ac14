"""analytics' answers: rows → figures. Everything but the timeline reads the views that analysts read."""

from dataclasses import asdict
from typing import Any

from services.analytics.domain.first_contact import fcr_measures
from services.analytics.domain.measures import MEASURES, Measure
from services.analytics.queries.figures import CaseFigures, backlog, figures
from services.analytics.queries.filters import Figures, Filter
from services.analytics.queries.known import refuse_unknown
from services.analytics.queries.rollups import (
    Rolled,
    answers,
    fcr,
    node_durations,
    outcomes,
    satisfaction,
    timeliness,
    workload,
)
from services.analytics.queries.timeline import Moment, timeline

__all__ = [
    "CaseFigures",
    "Figures",
    "Filter",
    "Measure",
    "Moment",
    "Rolled",
    "answers",
    "backlog",
    "fcr",
    "figures",
    "measures",
    "node_durations",
    "outcomes",
    "refuse_unknown",
    "satisfaction",
    "timeline",
    "timeliness",
    "workload",
]


def measures() -> list[dict[str, Any]]:
    """Return every measure with its written definition."""
    return [asdict(measure) for measure in (*MEASURES, *fcr_measures())]
