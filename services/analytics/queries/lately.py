"""What became of promises and resolutions lately, by process: the figures that /metrics shows."""

from datetime import date

from libs.events.catalogue.routing import OUTCOMES
from services.analytics.queries.filters import Database

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
    rows = await db.fetch(
        "select process_id, sum(den)::bigint as resolved, sum(num)::bigint as first from analytics.first_contact_resolution "
        "where day >= $1 and rule = $2 group by 1",
        since,
        FCR_RULE,
    )
    return [(row["process_id"], what, row[what]) for row in rows for what in ("resolved", "first")]


async def outcomes(db: Database, since: date) -> list[tuple[str, str, int]]:
    """Count cases that ended from that day on, by process and outcome; words of other systems are `other`."""
    rows = await db.fetch(
        "select process_id, case when outcome = any($2) then outcome else 'other' end as outcome, sum(cases)::bigint as cases "
        "from analytics.outcomes where day >= $1 group by 1, 2",
        since,
        OUTCOMES,
    )
    return [(row["process_id"], row["outcome"], row["cases"]) for row in rows]
