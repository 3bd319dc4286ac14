"""A figure week by week: which weeks are shown, and the points of its lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from libs.pictures.series import Point, Series, Version
from services.analytics.domain.days import DAY, WEEK, mondays
from services.analytics.pages.saying import Row, Saying
from services.analytics.queries.beginnings import Beginning
from services.analytics.queries.filters import Asked, FigureFilter

WEEKS = 26
"""How many weeks a page shows, this one included, when nothing else is asked for."""


def recently(only: FigureFilter, today: date) -> FigureFilter:
    """Return what is asked for; without a first day, that of so many weeks."""
    last = only.until - timedelta(1) if only.until else today
    return only if only.since else replace(only, since=last - timedelta(last.weekday()) - (WEEKS - 1) * WEEK)


def horizon(only: FigureFilter, last: date) -> date:
    """Return the first day that is not shown."""
    return only.until or last + timedelta(1)


def changes(marks: Iterable[Beginning], processes: Mapping[str, str]) -> list[Version]:
    """Return where the version changed, with the name of the process."""
    return [Version(one.day, f"{processes.get(one.process_id, one.process_id)} v{one.version}") for one in marks]


def weeks(only: FigureFilter, last: date) -> list[date]:
    """Return the Mondays of all weeks that are shown."""
    first = only.since or last
    return mondays(first, max(first, horizon(only, last) - DAY))


def trimmed(found: list[date], rows: Sequence[Row]) -> list[date]:
    """Return the weeks from the first one on in which anything was counted."""
    first = min((monday_of(row["week"]) for row in rows), default=found[-1])
    return [monday for monday in found if monday >= first]


def lines(
    saying: Saying, rows: Sequence[Row], shown: Sequence[date], t: Mapping[str, str], href: Callable[[date], str]
) -> Iterator[Series]:
    """Yield the lines: of a mix one for each word, the largest first; of a length of time also median and 90th percentile."""
    figure = saying.figure
    if figure.share:
        word = Asked.shown(figure.share)
        sums: dict[str, int] = {}
        for row in rows:
            sums[row[word]] = sums.get(row[word], 0) + row["numerator"]
        for part in sorted(sums, key=lambda part: -sums[part]):
            of_part = [row for row in rows if row[word] == part]
            yield Series(part or t["not given"], [*points(saying, of_part, shown, "value", href)])
        return
    yield Series(t["mean"] if figure.quantiles else "", [*points(saying, rows, shown, "value", href)])
    if figure.quantiles:
        yield Series(t["median"], [*points(saying, rows, shown, "p50", href)])
        yield Series(t["p90"], [*points(saying, rows, shown, "p90", href)])


def points(saying: Saying, rows: Iterable[Row], shown: Sequence[date], what: str, href: Callable[[date], str]) -> Iterator[Point]:
    """Yield a point for every week; a week without a row is a gap."""
    known = {monday_of(row["week"]): row for row in rows}
    for monday in shown:
        row = known.get(monday)
        if row is None:
            yield Point(monday, None)
        else:
            low, high = saying.bounds(row) or (None, None)
            yield Point(monday, saying.drawn(row[what]), row["n"], low, high, row["provisional"], href(monday))


def monday_of(week: str) -> date:
    """Return the first day of an ISO week such as 2026-W09."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
