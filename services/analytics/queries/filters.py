"""What part of the figures is asked for, and the condition it makes."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import asyncpg

Database: TypeAlias = "asyncpg.Pool[Any] | asyncpg.Connection[Any]"
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which part of a rollup: None takes all. Days are dates in the desk's zone; `until` is the first left out."""

    process: str | None = None
    version: int | None = None
    team: str | None = None
    agent: str | None = None
    since: date | None = None
    until: date | None = None
    rule: str | None = None


def where_of(chosen: Filter, day: str | None, first: int = 1) -> tuple[str, list[Any]]:
    """Return the condition and its values, numbered from `first`; `day` is what `since` and `until` bound."""
    asked: dict[str, Any] = {
        "process_id =": chosen.process,
        "process_version =": chosen.version,
        "team =": chosen.team,
        "agent =": chosen.agent,
    }
    if day is not None:
        asked |= {f"{day} >=": chosen.since, f"{day} <": chosen.until}
    given = [(words, value) for words, value in asked.items() if value is not None]
    conditions = [f"{words} ${n}" for n, (words, _) in enumerate(given, first)]
    return " and ".join(conditions) or "true", [value for _, value in given]


def rate_of(num: int, den: int) -> float | None:
    """Return num / den to be shown, None where there is nothing to divide by."""
    return round(num / den, 6) if den else None
