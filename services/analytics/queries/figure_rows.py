"""One figure as it was asked for: the sums of its days, and the exact quantiles of its values."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from libs.events.catalogue.standard import Label
from libs.events.store.asked import Database
from libs.events.store.asked import asked as condition
from libs.web.filters import conditions
from services.analytics.domain.days import DAY, day_of, end_of
from services.analytics.domain.figure import LISTED
from services.analytics.queries.filters import Asked, Figures, named, rate_of

FigureBy = TypedDict(
    "FigureBy",
    {
        "day": date | None,
        "week": str | None,
        "month": str | None,
        "process": str | None,
        "version": int | None,
        "grade": str | None,
        "class": str | None,
        "team": str | None,
        "agent": str | None,
        "part": str | None,
    },
)


class FigureTotal(TypedDict):
    """What a figure adds up to. Of a mean, the numerator is the sum of its values, which `p50` and `p90` are of as well."""

    n: int
    numerator: int
    denominator: int | None
    value: float | None
    p50: int | None
    p90: int | None
    provisional: bool
    final_at: datetime | None
    definition_version: int
    zone: str
    data_as_of: datetime


class FigureRow(FigureBy, FigureTotal):
    """A part of a figure; what it is not told apart by is null. `part` is the word of the figure's own dimension.

    `expected` is the share that the handbooks expect, `drifts` whether this one is far from it; null where they expect none.
    """

    expected: float | None
    drifts: bool | None


_BY, _SUMS = tuple(FigureBy.__annotations__), tuple(FigureTotal.__annotations__)
_MIX = ("expected", "drifts")


class FigureAnswer(TypedDict):
    """A figure as it is answered. `part` is the dimension that it has of its own."""

    figure: str
    kpi: str
    unit: str
    direction: str
    title: Label
    definition: Label
    definition_version: int
    part: str
    zone: str
    as_of: date
    data_as_of: datetime
    rows: list[FigureRow]
    total: FigureTotal


@dataclass(frozen=True, slots=True)
class Horizon:
    """Until when facts count. `day` is the last day of which they do, `at` the instant at which an answer speaks."""

    zone: ZoneInfo
    data_as_of: datetime
    day: date
    at: datetime

    @classmethod
    def of(cls, asked: Asked, data_as_of: datetime, zone: ZoneInfo) -> "Horizon":
        """Return the horizon of a question: the end of the day that it names, or what is known until now."""
        today = day_of(data_as_of, zone)
        day = min(asked.as_of or today, today)
        return cls(zone, data_as_of, day, min(end_of(day, zone), data_as_of))

    def last_day(self, asked: Asked) -> date:
        """Return the last day that has a figure. As of a past day it is one whose figure was final then, unless all is known."""
        settles = asked.figure.settles
        if settles is None or not (asked.figure.awaits or (settles and asked.as_of)):
            return self.day
        return day_of(self.at - settles, self.zone) - DAY


async def figure(db: Database, asked: Asked, data_as_of: datetime, zone: ZoneInfo) -> Figures:
    """Return the figure: rows by what was asked for, and the total."""
    horizon = Horizon.of(asked, data_as_of, zone)
    where, values = _condition(asked, horizon)
    rows = [_row(asked, found) for found in await db.fetch(_sums(asked, where), *values)]
    if asked.figure.quantiles:
        found = await db.fetch(_quantiles(asked, where.replace("known_on <=", "day <=")), *values)
        known = {_place(asked, one): one for one in found}
        for row in rows:
            row |= {name: _whole(known[row["place"]][name]) for name in _SHARES if row["place"] in known}
    if asked.figure.share:
        _share(asked, rows)
    said = {"definition_version": asked.figure.version, "zone": zone.key, "data_as_of": data_as_of}
    rows = [row | _finality(asked, horizon, row) | said for row in rows]
    one = asked.figure
    return {
        **{"figure": one.name, "kpi": one.kpi, "unit": one.unit, "direction": one.direction},
        **{"title": one.title, "definition": one.definition},
        **said,
        **{"part": one.part, "as_of": horizon.day},
        "rows": [{name: row[name] for name in (*_BY, *_SUMS, *_MIX)} for row in rows if not row["is_total"]],
        "total": next({name: row[name] for name in _SUMS} for row in rows if row["is_total"]),
    }


def _condition(asked: Asked, horizon: Horizon) -> tuple[str, list[Any]]:
    known = {"known_on <=": horizon.day, "(day + 0) <=": horizon.last_day(asked)}
    only = {words.format(day="day"): value for words, value in conditions(asked.only).items()}
    where, values = condition({**known, **only})
    return f"{named(asked.figure.name)} and {where}", values


def _sums(asked: Asked, where: str) -> str:
    """Return the question for the sums, by what was asked for, and the total behind them."""
    what = "coalesce(sum(num), 0)::numeric as num, coalesce(sum(den), 0)::numeric as den"
    return _grouped(asked, what, LISTED, where)


def _quantiles(asked: Asked, where: str) -> str:
    halves = [f"percentile_cont({share}) within group (order by value::float8) as {name}" for name, share in _SHARES.items()]
    return _grouped(asked, ", ".join(halves), "figure_values", where)


_SHARES = {"p50": 0.5, "p90": 0.9}


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _grouped(asked: Asked, what: str, view: str, where: str) -> str:
    # The rows are chosen in a query of their own, because under grouping sets PostgreSQL would read the whole view first.
    rows = f"(select * from analytics.{view} where {where}) f"
    if not asked.columns:
        return f"select true as is_total, {what} from {rows}"
    told = ", ".join(asked.columns)
    total = f"grouping({asked.columns[0]}) = 1 as is_total"
    return f"select {told}, {total}, {what} from {rows} group by grouping sets (({told}), ()) order by is_total, {told}"


def _row(asked: Asked, found: Mapping[str, Any]) -> Figures:
    num, den = int(found["num"]), int(found["den"])
    is_divided = bool(asked.figure.denominator)
    return {
        **dict.fromkeys(_BY),
        **{asked.shown(name): found[asked.column(name)] for name in asked.by},
        "n": den if is_divided else num,
        "numerator": num,
        "denominator": den if is_divided else None,
        "value": rate_of(num, den) if is_divided else float(num),
        "p50": None,
        "p90": None,
        **dict.fromkeys(_MIX),
        "is_total": found["is_total"],
        "place": _place(asked, found),
    }


def _place(asked: Asked, found: Mapping[str, Any]) -> tuple[Any, ...]:
    return (found["is_total"], *(found[column] for column in asked.columns))


def _share(asked: Asked, rows: list[Figures]) -> None:
    """Make each row a share of the rows that differ from it only in the dimension that the shares are of."""
    of = asked.shown(asked.figure.share)
    told = [name for name in map(asked.shown, asked.by) if name != of]
    whole: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        whole[row["is_total"], *(row[name] for name in told)] += row["numerator"]
    for row in rows:
        row["n"] = row["numerator"]
        row["denominator"] = whole[row["is_total"], *(row[name] for name in told)]
        row["value"] = rate_of(row["numerator"], row["denominator"])
        if not row["is_total"] and row["value"] is not None:
            row["expected"] = asked.figure.expected.get(row[of])
            row["drifts"] = asked.figure.drifts(row[of], row["value"], row["denominator"])


def _finality(asked: Asked, horizon: Horizon, row: Figures) -> Figures:
    """Return whether a row may still change, and when it no longer does; null as long as its cases live."""
    last = _last_day(asked, horizon, row)
    final_at = asked.figure.final_at(end_of(last, horizon.zone))
    return {"provisional": final_at is None or final_at > horizon.at, "final_at": final_at}


def _last_day(asked: Asked, horizon: Horizon, row: Figures) -> date:
    """Return the last day that a row sums up."""
    end = horizon.day if asked.only.until is None else asked.only.until - DAY
    if row["is_total"] or not asked.time:
        return end
    found = row[asked.time]
    match asked.time:
        case "day":
            last: date = found
        case "week":
            last = datetime.strptime(f"{found}-7", "%G-W%V-%u").date()  # noqa: DTZ007  a date has no zone
        case _:
            year, month = map(int, found.split("-"))
            last = date(year + month // 12, month % 12 + 1, 1) - DAY
    return last if asked.only.until is None else min(last, end)
