"""What is foreseen of an open promise, from those that are done: put to a real PostgreSQL."""

import asyncpg
import pytest

from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.row import changed
from services.sla import questions
from services.sla.domain.figures import Figures
from services.sla.projections import promises
from services.sla.questions import ALIKE_MIN, foreseen
from services.sla.service import SERVICE
from tests.services.sla.samples import at, facts, shelf, state_of, target
from tests.services.sla.test_alarms import Log

MINUTE = 60_000_000
RUNS = Figures(used_us=10 * MINUTE, remaining_us=50 * MINUTE)
"""Ten of sixty minutes are used."""


def row(**words):
    log = Log(shelf(target("60m")))
    log.hear(*facts())
    [found] = promises("open", state_of(log.facts))
    return changed(found, grade="urgent", **words)


def done(minutes, grade="urgent", **words):
    """Return a promise that was done after so many minutes."""
    said = {"case_id": f"{grade}{minutes}{sorted(words)}", "status": "met", "ended_at": at(minutes), "used_us": minutes * MINUTE}
    return changed(row(), **{"grade": grade} | said | words)


class Running:
    def __init__(self, pool):
        self.pool = pool


@pytest.fixture
async def among(database_url):
    """Return a function that keeps these promises and foresees one."""
    version = await bootstrap(database_url, SERVICE)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:

        async def ask(*rows, of=None, told=RUNS):
            changes = Changes()
            changes.upserts += [one.row for one in (row(), *rows)]
            async with PostgresStore(pool, "sla", SERVICE.tables, version).transaction() as transaction:
                await transaction.change(changes)
            return await foreseen(Running(pool), of or row(), told)

        yield ask


def figures(found):
    return found.foreseen_from, found.median_more_us, found.p90_more_us, found.breaks_percent


NOTHING = (None, None, None, None)


async def test_the_median_and_the_ninth_of_ten_are_of_what_was_left_to_those_that_had_used_as_much(among):
    # 12, 15, ... 72 minutes: 21 that took longer than ten; five of them took longer than sixty.
    alike = [done(minutes) for minutes in range(12, 75, 3)]
    found = await among(*alike, *(done(minutes) for minutes in range(1, 11)))
    assert figures(found) == (21, (42 - 10) * MINUTE, (66 - 10) * MINUTE, round(100 * 4 / 21, 1))
    assert (found.used_us, found.remaining_us) == (RUNS.used_us, RUNS.remaining_us)


@pytest.mark.parametrize(("number", "found"), [(ALIKE_MIN - 1, None), (ALIKE_MIN, ALIKE_MIN)])
async def test_of_too_few_nothing_is_foreseen(among, number, found):
    assert (await among(*(done(20 + n) for n in range(number)))).foreseen_from == found


async def test_only_the_latest_that_are_done_are_looked_at(among, monkeypatch):
    monkeypatch.setattr(questions, "LATEST", 30)
    older, newer = [done(15 + n, "normal") for n in range(10)], [done(40 + n, "normal") for n in range(30)]
    found = await among(*older, *newer)
    assert (found.foreseen_from, found.median_more_us) == (30, (54.5 - 10) * MINUTE)


async def test_where_too_few_have_the_grade_all_grades_count(among):
    few, others = [done(20 + n) for n in range(5)], [done(100 + n, "normal") for n in range(20)]
    assert (await among(*few, *others)).foreseen_from == 25
    many = [done(40 + n) for n in range(20)]
    assert (await among(*many)).foreseen_from == 25, "with enough of the grade, others do not count"


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("another process",                        {"process_id": "q"}),
        ("another clock",                          {"clock": "cycle"}),
        ("it lapsed, and used nothing to the end", {"status": "cancelled", "used_us": None}),
        ("it took less than this one has used",    {"used_us": 9 * MINUTE}),
        ("and just as much",                       {"used_us": 10 * MINUTE}),
        ("its limit is in working time",           {"time_limit": "8wh"}),
    ],
)  # fmt: skip
async def test_what_is_not_alike_does_not_count(among, why, words):
    found = await among(*(done(20 + n) for n in range(19)), *(done(50 + n, **words) for n in range(30)))
    assert figures(found) == NOTHING, why


@pytest.mark.parametrize(
    ("why", "of", "told"),
    [
        ("it is over",              {"ended_at": at(20), "status": "met"}, RUNS),
        ("it waits for a calendar", {"status": "waiting"}, Figures()),
    ],
)  # fmt: skip
async def test_nothing_is_foreseen_where(among, why, of, told):
    assert await among(*(done(20 + n) for n in range(30)), of=row(**of), told=told) == told, why


async def test_a_promise_that_is_broken_already_is_foreseen_to_break(among):
    late = Figures(used_us=70 * MINUTE, remaining_us=-10 * MINUTE)
    found = await among(*(done(71 + n) for n in range(30)), of=row(status="breached", breached_at=at(60)), told=late)
    assert (found.breaks_percent, found.foreseen_from) == (100.0, 30)
