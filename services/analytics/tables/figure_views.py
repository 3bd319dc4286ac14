"""The views of all figures, made of their declarations: by day, by ISO week and by month."""

from services.analytics.domain.figure import DIMENSIONS, LISTED, Figure
from services.analytics.domain.figures import FIGURES

_COLUMNS = ", ".join(DIMENSIONS.values())
WEEK, MONTH = "to_char(f.day, 'IYYY-\"W\"IW')", "to_char(f.day, 'YYYY-MM')"
OVER = "((day + 1)::timestamp at time zone '{zone}')"
"""The first instant after a day in the desk's zone."""


def figure_views() -> str:
    """Return the statements that make the views. The caller that runs them fills in `{data}` and `{zone}`."""
    of_figures = "\n  union all ".join(_of(one) for one in FIGURES.values() if one.is_askable)
    days = f"""
create or replace view analytics.{LISTED} as
select f.figure, f.day, f.known_on, {_COLUMNS}, f.part, f.num, f.den, {WEEK} as week, {MONTH} as month, '{{zone}}'::text as zone
from ({of_figures}) f;
comment on view analytics.{LISTED} is 'Every figure that is counted by day, as GET /figures/NAME sums it up';
create or replace view analytics.figure_values as
select f.case_id, f.figure, f.n, f.day, {_COLUMNS}, f.part, f.value, {WEEK} as week, {MONTH} as month, '{{zone}}'::text as zone
from {{data}}.figure_values f;"""
    return days + _summed("week") + _summed("month")


def _of(one: Figure) -> str:
    """Return the part of the view that has this figure; a day that must be waited for shows once it is settled."""
    name = one.name.replace("'", "''")
    if one.count is None:
        den, where = one.denominator or "0", one.where or "true"
        known, part, source = "day", one.part or "''", f"analytics.{one.view}"
    else:
        den, known, part, source = f"{one.name}_den", "known_on", "part", f"{{data}}.{LISTED}"
        where = f"({one.name}_num, {one.name}_den) <> (0, 0)"
        if one.awaits and one.settles is not None:
            where += f" and {OVER} + interval '{one.settles.total_seconds():.0f} seconds' <= now()"
    num = f"{one.name}_num" if one.count else one.numerator
    return (
        f"select '{name}' as figure, day, {known} as known_on, {_COLUMNS}, {part} as part, {num}::bigint as num, "
        f"{den}::bigint as den from {source} where {where}"
    )


def _summed(by: str) -> str:
    """Return the view by week or month. GET /figures/NAME says which of its rows are still provisional."""
    view = f"analytics.{LISTED}_by_{by}"
    return f"""
create or replace view {view} as
select f.figure, f.{by}, {_COLUMNS}, f.part, sum(f.num)::numeric as num, sum(f.den)::numeric as den,
  round(sum(f.num)::numeric / nullif(sum(f.den), 0), 6) as value, f.zone
from analytics.{LISTED} f group by f.figure, f.{by}, {_COLUMNS}, f.part, f.zone;
comment on view {view} is 'Every figure that is counted by day, summed by {by}';"""


_WORDS = {
    "figure": "The figure, see GET /measures",
    "day": "Date, in the zone of the desk, on which it counts",
    "known_on": "Date of the fact that makes it so; as of a day, only what was known by then counts",
    "process_id": "The process standard",
    "process_version": "The version pinned to the cases",
    "grade": "The grade that the cases had then; empty when unknown",
    "service_class": "The service class that the cases had then; empty when unknown",
    "team": "The team it counts for; empty when unknown",
    "agent": "The agent it counts for; empty when unknown",
    "part": "The word of the dimension that the figure has of its own, such as a node or a channel; else empty",
    "num": "Numerator",
    "den": "Denominator; 0 where the figure is a plain count",
    "value": "num / den: a rate, or a mean in the unit of the figure",
    "week": "The ISO week, such as 2026-W09",
    "month": "The month, such as 2026-03",
    "zone": "The zone of the desk, in which a day is a date (LOOPDESK_ZONE)",
}
"""What the columns of these views are."""


def figure_comments() -> str:
    """Return the statements that comment the columns of these views."""
    own = {
        LISTED: ("day", "known_on", "week", "month"),
        f"{LISTED}_by_week": ("week", "value"),
        f"{LISTED}_by_month": ("month", "value"),
    }
    shared = ("figure", *DIMENSIONS.values(), "part", "num", "den", "zone")
    said = [(view, name) for view, names in own.items() for name in (*names, *shared)]
    said += [("figure_values", "month")]
    return "\n".join(f"comment on column analytics.{view}.{name} is '{_WORDS[name]}';" for view, name in said)
