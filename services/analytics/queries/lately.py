"""What became of promises and resolutions lately, by process: the figures that /metrics shows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from libs.events.catalogue.routing import OUTCOMES
from libs.events.store.asked import Database
from services.analytics.domain.figures import COUNTED

Ask = Callable[[Database, date], Awaitable[Sequence[Any]]]
"""The database, and the first day that counts → rows of label values and a number."""

FCR_RULE = "one_contact"
"""The one rule that /metrics shows; `GET /first-contact-resolution` has them side by side."""


async def promises(db: Database, since: date) -> list[tuple[str, str, str, int]]:
    """Count promises decided from that day on, by process and kind: kept and broken."""
    rows = await db.fetch(
        "select process_id, kind, sum(met)::bigint as kept, sum(breached)::bigint as broken from analytics.timeliness "
        "where day >= $1 group by 1, 2",
        since,
    )
    return [(row["process_id"], row["kind"], what, row[what]) for row in rows for what in ("kept", "broken")]


async def first_contacts(db: Database, since: date) -> list[tuple[str, str, int]]:
    """Count cases resolved from that day on, by process: all of them, and those resolved at first contact."""
    rows = await _rule(db, since, FCR_RULE)
    return [(process, what, row[of]) for process, row in rows for what, of in (("resolved", "den"), ("first", "num"))]


async def incoming_contacts(db: Database, since: date) -> list[tuple[str, str, int]]:
    """Count incoming contacts from that day on, by process: all, those for the first level, and those that resolved a case."""
    gross = [
        (p, what, row[of]) for p, row in await _rule(db, since, "field_gross") for what, of in (("all", "den"), ("first", "num"))
    ]
    return gross + [(process, "first_level", row["den"]) for process, row in await _rule(db, since, "field_net")]


async def _rule(db: Database, since: date, rule: str) -> list[tuple[str, Mapping[str, int]]]:
    """Return what a rule of first contact resolution sums up to from that day on, by process."""
    rows = await db.fetch(
        "select process_id, sum(den)::bigint as den, sum(num)::bigint as num from analytics.first_contact_resolution "
        "where day >= $1 and rule = $2 group by 1",
        since,
        rule,
    )
    return [(row["process_id"], row) for row in rows]


async def outcomes(db: Database, since: date) -> list[tuple[str, str, int]]:
    """Count cases that ended from that day on, by process and outcome; words of other systems are `other`."""
    rows = await db.fetch(
        "select process_id, case when outcome = any($2) then outcome else 'other' end as outcome, sum(cases)::bigint as cases "
        "from analytics.outcomes where day >= $1 group by 1, 2",
        since,
        OUTCOMES,
    )
    return [(row["process_id"], row["outcome"], row["cases"]) for row in rows]


async def counted_figures(db: Database, since: date) -> list[tuple[str, str, str, int]]:
    """Return numerator and denominator of every counted figure from that day on, by process."""
    rows = await db.fetch(
        "select figure, process_id, sum(num)::float8 as numerator, sum(den)::float8 as denominator from analytics.figures "
        "where day >= $1 and figure = any($2) group by 1, 2",
        since,
        [one.name for one in COUNTED],
    )
    return [(row["figure"], row["process_id"], what, row[what]) for row in rows for what in ("numerator", "denominator")]


async def answers(db: Database, since: date) -> list[tuple[str, str, int]]:
    """Count the answers from that day on, by process: all of them, and those that say satisfied."""
    rows = await db.fetch(
        "select process_id, sum(answers) as given, sum(satisfied) as satisfied from analytics.satisfaction "
        "where day >= $1 group by 1",
        since,
    )
    return [(row["process_id"], what, int(row[what])) for row in rows for what in ("given", "satisfied")]


COUNTED_LATELY: tuple[tuple[str, str, tuple[str, ...], Ask], ...] = (
    ("survey_answers_30d", "Customers' answers of the last 30 days: given, and satisfied", ("process", "what"), answers),
    ("promises_30d", "Promises decided in the last 30 days: kept, and broken", ("process", "kind", "what"), promises),
    (
        "first_contacts_30d",
        "Cases of the last 30 days: resolved, and resolved at first contact",
        ("process", "what"),
        first_contacts,
    ),
    (
        "incoming_contacts_30d",
        "Customers' contacts of the last 30 days: all, those that the first level can resolve, and those that resolved a case",
        ("process", "what"),
        incoming_contacts,
    ),
    (
        "figures_30d",
        "Counted figures of the last 30 days (GET /measures): numerator and denominator",
        ("figure", "process", "what"),
        counted_figures,
    ),
    (
        "outcomes_30d",
        "Cases that ended in the last 30 days, by how: resolved, rejected, unreachable, withdrawn, other",
        ("process", "outcome"),
        outcomes,
    ),
)
"""What /metrics shows of the last 30 days: the metric, its meaning, its labels, and what counts it."""
