"""Every figure with its written definition, as GET /measures lists it."""

from dataclasses import asdict, dataclass
from typing import Any

from libs.events.catalogue.standard import Label
from services.analytics.domain.figure import Figure
from services.analytics.domain.figures import FIGURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with a title and a written definition; `view` is where analysts read it, numerator and denominator its columns.

    `where` narrows the view's rows to those that count. `kpi` is the number of the key figure that it is, empty when it is none.
    `direction`: whether `up` or `down` is better. `counts`: what one of its denominator is. `by`: what GET /figures/{name} can
    tell it apart by; empty where there is no such path. `final_after_hours`: how long after a day its figure may change; null as
    long as its cases live.
    """

    name: str
    view: str
    unit: str
    definition: Label
    numerator: str
    denominator: str
    kpi: str
    where: str
    version: int
    direction: str
    counts: str
    by: tuple[str, ...]
    final_after_hours: float | None
    title: Label


def measures() -> list[dict[str, Any]]:
    """Return every figure with its written definition."""
    return [asdict(_measure(one)) for one in FIGURES.values()]


def _measure(one: Figure) -> Measure:
    return Measure(
        name=one.name,
        view=one.view,
        unit=one.unit,
        definition=one.definition,
        numerator=one.numerator,
        denominator=one.denominator,
        kpi=one.kpi,
        where=one.where or (f"figure = '{one.name}'" if one.count else ""),
        version=one.version,
        direction=one.direction,
        counts=one.counts,
        by=("day", "week", "month", *one.dimensions) if one.is_askable else (),
        final_after_hours=None if one.settles is None else one.settles.total_seconds() / 3600,
        title=one.title,
    )
