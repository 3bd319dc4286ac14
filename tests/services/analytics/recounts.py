"""Every counted figure again, the long way: from the rows of a case and the facts, without its declaration."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from libs.events.log.envelope import Fact

Rows = dict[str, list[dict[str, Any]]]
Added = tuple[date, date, int, int]
"""The day it counts on, the day on which that was known, numerator, denominator."""

HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)


def day(at: datetime, rows: Rows) -> date:
    """Return the day, in Greenwich, on which an instant counts."""
    return max(at, rows["cases"][0]["received_at"]).astimezone(UTC).date()


def was(rows: Rows, at: datetime) -> dict[str, Any]:
    """Return what the case was at an instant, or when it came."""
    mine = rows["stretches"]
    return next((row for row in reversed(mine) if row["since_at"] <= at), mine[0])


def on(at: datetime, rows: Rows, num: int, den: int = 1) -> Iterator[Added]:
    """Yield what counts at an instant, unless the case was cancelled then."""
    if was(rows, at)["phase"] != "cancelled":
        yield day(at, rows), day(at, rows), num, den


def first_answer(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    answers = [row["contacted_at"] for row in rows["contacts"] if row["response"]]
    took = (answers[0] - rows["cases"][0]["received_at"]) // MICROSECOND if answers else -1
    if took >= 0:
        yield from on(answers[0], rows, took)


RECOUNTS: dict[str, Callable[[Rows, list[Fact]], Iterator[Added]]] = {function.__name__: function for function in (first_answer,)}


def recounted(name: str, rows: Rows, facts: list[Fact]) -> Counter[Any]:
    """Return what a case adds to a figure, by day, day of knowledge, and which of the two sums."""
    sums: Counter[Any] = Counter()
    for at, known, num, den in RECOUNTS[name](rows, facts):
        sums[at, known, "num"] += num
        sums[at, known, "den"] += den
    return Counter({key: value for key, value in sums.items() if value})
