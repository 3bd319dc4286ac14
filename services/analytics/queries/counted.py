"""What a figure counts, one by one: the promises, verdicts or values behind a number, each with its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from libs.events.store.asked import Database, asked
from services.analytics.domain.days import begin_of
from services.analytics.domain.figure import Figure
from services.analytics.queries.filters import FigureFilter, where_of

COUNTED_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Which promises are meant: those of a kind that began in these days of the desk, on a weekday (0 is Monday), in an hour."""

    kind: str | None = None
    since: date | None = None
    until: date | None = None
    weekday: int | None = None
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One that counts. `num` is what it adds to the numerator, `what` the promise, the rule or the part that it is about."""

    case_id: str
    external_ref: str
    process_id: str
    day: date
    what: str
    num: int
    team: str
    agent: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind a number: how many count, what they add up to, and the newest of them."""

    n: int
    numerator: int
    rows: Sequence[Counted]


_PROMISES = """
select k.case_id, c.external_ref, c.process_id, c.process_version, k.team, k.agent, k.kind, k.clock, k.started_at,
  k.clock || case when k.occurrence > 1 then '/' || k.occurrence else '' end as what, k.on_time::int as num,
  analytics.day_of(greatest({at}, c.received_at)) as day
from analytics.clocks k join analytics.cases c using (case_id) where {which}"""

_OF_PROMISES = {
    "decided": _PROMISES.format(at="case when k.on_time then k.ended_at else k.breached_at end", which="k.on_time is not null"),
    "ended": _PROMISES.format(
        at="k.ended_at",
        which="(k.on_time or not k.on_time and k.lapse = '' and k.ended_at is not null and k.used_us is not null)",
    ),
}
"""Denominator of a figure of promises → the promises that it counts."""

_VERDICTS = """
select r.case_id, c.external_ref, r.process_id, r.process_version, r.team, r.agent, null::timestamptz as started_at, r.rule,
  r.rule as what, r.counted::int as num, analytics.day_of(greatest(r.resolved_at, c.received_at)) as day
from analytics.case_rules r join analytics.cases c using (case_id)"""

_VALUES = """
select v.case_id, c.external_ref, v.process_id, v.process_version, v.team, v.agent, null::timestamptz as started_at, v.figure,
  v.part as word, v.part as what, v.value as num, v.day
from analytics.figure_values v join analytics.cases c using (case_id)"""

_BEHIND = """
select *, count(*) over () as n, (sum(num) over ())::bigint as numerator from (
  select s.*, {part} as part, extract(isodow from s.started_at at time zone $1)::int - 1 as weekday,
    extract(hour from s.started_at at time zone $1)::int as hour
  from ({source}) s where {of_figure}
) s where {where} and {began} order by day desc, case_id, what limit {most}"""


def _source(one: Figure) -> str:
    assert one.is_listed, one.name
    if one.view == "timeliness":
        return _OF_PROMISES[one.denominator]
    return _VALUES if one.quantiles else _VERDICTS


async def counted(db: Database, one: Figure, only: FigureFilter, began: Began, zone: ZoneInfo) -> Behind:
    """Return what the figure counts, the newest first, and one more than are shown if there are more."""
    where, values = where_of(only, first=2)
    starts, given = asked(
        {
            "kind =": began.kind,
            "started_at >=": began.since and begin_of(began.since, zone),
            "started_at <": began.until and begin_of(began.until, zone),
            "weekday =": began.weekday,
            "hour =": began.hour,
        },
        first=2 + len(values),
    )
    sql = _BEHIND.format(
        source=_source(one),
        part="word" if one.quantiles else one.part or "''",
        of_figure=f"figure = '{one.name}'" if one.quantiles else one.where or "true",
        where=where,
        began=starts,
        most=COUNTED_MAX + 1,
    )
    rows: list[Any] = await db.fetch(sql, zone.key, *values, *given)
    found = [Counted(**{name: row[name] for name in Counted.__dataclass_fields__}) for row in rows]
    return Behind(rows[0]["n"], rows[0]["numerator"], found) if rows else Behind(0, 0, ())
