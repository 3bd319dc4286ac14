"""The figures of a set of cases: those of a process that were received in the days asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

from libs.events.store.asked import Database
from services.analytics.queries.filters import Figures, Filter, rate_of, where_of


class Rate(TypedDict):
    """A rate with its numerator and denominator; of promises also how many of those decided have ended."""

    num: int
    den: int
    rate: float | None
    ended: NotRequired[int]
    rate_of_ended: NotRequired[float | None]


class Hours(TypedDict):
    """How long it took half of the cases, and nine of ten."""

    median: float | None
    p90: float | None


class CaseFigures(TypedDict):
    """The figures of a set of cases; GET /measures says what each means. `zone`: the one in which the days are."""

    zone: str
    cases: int
    cancelled: int
    resolved: int
    closed: int
    reassignments: int
    cases_reassigned: int
    reassignments_observed: int
    team_changes: int
    agent_changes: int
    reopens: int
    cases_reopened: int
    cases_waiting_for_customer: int
    cases_provisional: int
    first_contact_resolution: dict[str, Rate]
    resolution_hours: Hours
    net_resolution_hours: Hours
    first_response_hours: Hours
    close_hours: Hours
    on_time: dict[str, Rate]
    source_verdicts: dict[str, Rate]
    outcomes: dict[str, int]
    backlog: int | None
    not_closed: int | None


async def figures(db: Database, chosen: Filter, as_of: datetime | None = None) -> Figures:
    """Return the figures of the cases of a process that were received in the days asked for; cancelled ones apart."""
    where, values = where_of(chosen, "analytics.day_of(received_at)")
    of_cases = f"select * from analytics.cases where {where}"
    whole = await db.fetchrow(_HEADLINE.format(cases=of_cases), *values)
    assert whole is not None  # an aggregate without grouping always has its row
    return {
        **_counts(whole),
        "first_contact_resolution": _rates(await db.fetch(_RULES.format(cases=of_cases), *values)),
        "resolution_hours": _quantiles(whole["resolution"]),
        "net_resolution_hours": _quantiles(whole["net_resolution"]),
        "first_response_hours": _quantiles(whole["first_response"]),
        "close_hours": _quantiles(whole["close"]),
        "on_time": _rates(await db.fetch(_CLOCKS.format(cases=of_cases, name=_clock(chosen)), *values)),
        "source_verdicts": _rates(await db.fetch(_VERDICTS.format(cases=of_cases), *values)),
        "outcomes": {row["name"]: row["cases"] for row in await db.fetch(_OUTCOMES.format(cases=of_cases), *values)},
        **(await backlog(db, chosen, as_of) if as_of else {"backlog": None, "not_closed": None}),
    }


async def backlog(db: Database, chosen: Filter, as_of: datetime) -> Figures:
    """Return how many cases were unresolved at an instant, and how many not closed, by who held them then."""
    where, values = where_of(replace(chosen, since=None, until=None), first=2)
    found = await db.fetchrow(
        "select coalesce(sum(cases), 0)::bigint as backlog, coalesce(sum(not_closed), 0)::bigint as not_closed "
        f"from analytics.backlog($1) where {where}",
        as_of,
        *values,
    )
    assert found is not None  # an aggregate without grouping always has its row
    return dict(found)


_HEADLINE = """
with c as ({cases}), kept as (select * from c where cancelled_at is null)
select (select count(*) from c) as cases, (select count(*) from c where cancelled_at is not null) as cancelled,
  count(resolved_at) as resolved, count(closed_at) as closed,
  coalesce(sum(reassignments), 0)::bigint as reassignments,
  count(*) filter (where reassignments > 0) as cases_reassigned,
  coalesce(sum(reassignments_observed), 0)::bigint as reassignments_observed,
  coalesce(sum(team_changes), 0)::bigint as team_changes, coalesce(sum(agent_changes), 0)::bigint as agent_changes,
  coalesce(sum(reopens), 0)::bigint as reopens, count(*) filter (where reopens > 0) as cases_reopened,
  count(*) filter (where customer_waits > 0) as cases_waiting_for_customer,
  count(*) filter (where provisional) as cases_provisional,
  percentile_cont(array[0.5, 0.9]) within group (order by resolution_us::float8) as resolution,
  percentile_cont(array[0.5, 0.9]) within group (order by net_resolution_us::float8) as net_resolution,
  percentile_cont(array[0.5, 0.9]) within group (order by first_response_us::float8) as first_response,
  percentile_cont(array[0.5, 0.9]) within group (order by close_us::float8) as close
from kept"""


_RULES = """
select r.rule as name, count(*) filter (where r.counted) as num, count(*) as den
from analytics.case_rules r join ({cases}) c using (case_id) group by 1
union all
select f.rule, s.num, f.den from (
  select count(*) filter (where resolved_by_first) as num, sum(incoming_contacts)::bigint as gross,
    sum(first_level_contacts)::bigint as net
  from ({cases}) c) s, lateral (values ('field_gross', s.gross), ('field_net', s.net)) f (rule, den)
where f.den is not null order by 1"""


_CLOCKS = """
select {name} as name, count(*) filter (where k.status = 'met') as num,
  count(*) filter (where k.status in ('met', 'breached')) as den,
  count(*) filter (where k.status in ('met', 'breached') and k.used_us is not null) as ended
from analytics.clocks k join ({cases}) c using (case_id) where k.last group by 1 order by 1"""


def _clock(chosen: Filter) -> str:
    """Return what a clock is called: the same word names another promise in another process."""
    return "c.process_id || '/' || k.clock" if chosen.process is None else "k.clock"


_OUTCOMES = """
select outcome as name, count(*) as cases from ({cases}) c where outcome <> '' group by 1 order by 1"""


_VERDICTS = """
select f.key as name, count(*) filter (where f.value = 'true') as num, count(*) as den
from ({cases}) c, jsonb_each(c.source_figures) f
where jsonb_typeof(f.value) = 'boolean' and c.cancelled_at is null group by 1 order by 1"""


def _rates(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """Return name → numerator, denominator, rate, and where it is counted the rate of those that ended."""
    answer: Figures = {}
    for row in rows:
        one = {key: value for key, value in dict(row).items() if key != "name"}
        one["rate"] = rate_of(one["num"], one["den"])
        if "ended" in one:
            one["rate_of_ended"] = rate_of(one["num"], one["ended"])
        answer[row["name"]] = one
    return answer


def _counts(whole: Mapping[str, Any]) -> Figures:
    return {name: value for name, value in dict(whole).items() if isinstance(value, int)}


def _quantiles(micros: Sequence[float] | None) -> Figures:
    """Return median and 90th percentile in hours, interpolated over exact microseconds."""
    median, p90 = micros or (None, None)
    return {
        "median": None if median is None else round(median / 3.6e9, 6),
        "p90": None if p90 is None else round(p90 / 3.6e9, 6),
    }
