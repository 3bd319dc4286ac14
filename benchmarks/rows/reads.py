"""Questions over HTTP at 100 thousand cases, 99th percentile, beside the same SQL on the same views by asyncpg."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from benchmarks import ground, load
from benchmarks.asking import Ask, behind, beside_sql, served, wait_until_idle
from benchmarks.grown import LARGE_CASES, Desk, desk
from benchmarks.history import case_of
from benchmarks.measure import Goal, Row
from services.analytics import queries
from services.analytics.queries import Filter
from services.intake import queries as intake

LIMIT_SMALL = "HTTP itself: parsing a request and making an answer in Python takes longer than the database does"
LIMIT_PERSONAL = (
    "HTTP itself, and a line that says who reads what is personal: it is committed before the answer (docs/decisions/0040)"
)
LIMIT_MIDDLE = "HTTP itself, and Python: each row becomes a dictionary"
LIMIT_BUSY = "the turns of the loop: a request needs a handful, and waits at each for the reader to give way"
LIMIT_LARGE = (
    "the database takes two thirds; of the rest a third is a request that asks no database, and the others are the pool of "
    "connections, a dictionary for each row, JSON and the line in the log, all in Python"
)


def _one(db: Any) -> Awaitable[Any]:
    return intake.case(db, case_of(LARGE_CASES // 2))


def _rollup(ask: Callable[[Any, Filter], Awaitable[Any]], db: Any) -> Awaitable[Any]:
    return ask(db, Filter())


WHILE_READING = "p99 of satisfaction while its service catches up with the log"
QUESTIONS: tuple[tuple[str, str, str, Ask, str], ...] = (
    ("list of 50 cases", "intake", "/cases?limit=50", partial(intake.cases, fetch=51), LIMIT_SMALL),
    ("one case", "intake", f"/cases/{case_of(LARGE_CASES // 2)}", _one, LIMIT_PERSONAL),
    ("first contact resolution", "analytics", "/first-contact-resolution", partial(_rollup, queries.fcr), LIMIT_LARGE),
    ("satisfaction", "analytics", "/satisfaction", partial(_rollup, queries.satisfaction), LIMIT_MIDDLE),
    ("timeliness", "analytics", "/timeliness", partial(_rollup, queries.timeliness), LIMIT_MIDDLE),
    ("workload", "analytics", "/workload", partial(_rollup, queries.workload), LIMIT_MIDDLE),
    ("node durations", "analytics", "/node-durations", partial(_rollup, queries.node_durations), LIMIT_MIDDLE),
)
"""Question, service, path, the question to the database, and what limits it."""


def rows() -> list[Row]:
    """Return a row for each question, and one for the wait for an answer while its service catches up."""
    large, found = desk(LARGE_CASES), []
    for service in ("intake", "analytics"):
        with served(service, large.url, large.log_url) as (url, pid):
            wait_until_idle(service, large, pid)
            for what, owner, path, ask, limit in QUESTIONS:
                if owner == service:
                    work, goal = f"p99 of {what} at {LARGE_CASES:,} cases, one client", Goal(1.5, at_most=True)
                    found.append(beside_sql(work, [load.get(url + path)], url, ask, large.url, goal, limit))
    return [*found, _while_it_reads(large)]


def _while_it_reads(large: Desk) -> Row:
    """Ask an analytics that has the whole log to read first."""
    url = ground.database("behind")
    with served("analytics", url, large.log_url) as (at, _):
        ask = partial(_rollup, queries.satisfaction)
        found = beside_sql(WHILE_READING, [load.get(f"{at}/satisfaction")], at, ask, url, None, LIMIT_BUSY)
        assert behind(at), "analytics had read everything before it had been asked"
    return found
