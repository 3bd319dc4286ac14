"""sla's lists, put to a real PostgreSQL."""

from datetime import timedelta

import asyncpg
import pytest

from libs.events.catalogue.routing import CaseAssigned
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import LAST
from services.sla import queries
from services.sla.alarms import settle
from services.sla.books import CASES
from services.sla.service import SERVICE
from tests.services.sla.samples import RESPONSE, at, facts, shelf, state_of, target

BROKEN = target("60m", warn={"80%": "agent", "5m": "supervisor"})
RUNS = target("2h", "resolved", clock="review", kind="node", warn={"50%": "owner"})
WAITS = target("3wd", "resolved", clock="whole", kind="resolution")  # no calendar is published
ALL = [("c1", "response"), ("c2", "response"), ("c1", "review"), ("c1", "whole")]


def rows_of(case, targets, *events):
    told = facts(*events)
    told += settle("case-1", state_of(told), shelf(*targets, calendars=()), at(70))
    return list(CASES.rows(case, state_of(told)))


@pytest.fixture
async def pool(database_url):
    version = await bootstrap(database_url, SERVICE)
    changes = Changes()
    changes.upserts += rows_of("c1", [BROKEN, RUNS, WAITS]) + rows_of(
        "c2", [BROKEN], (CaseAssigned(team="north"), 1), (RESPONSE, 50)
    )
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "sla", SERVICE.tables, version).transaction() as transaction:
            await transaction.change(changes)
        yield pool


def named(lines):
    return [(one.case_id, one.clock) for one in lines]


async def test_promises_come_in_the_order_they_are_due_and_what_waits_comes_last(pool):
    found = await queries.due(pool)
    assert named(found) == ALL
    assert [one.status for one in found] == ["breached", "met", "running", "waiting"]
    assert [one.due_at for one in found] == [at(60), at(60), at(120), None]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
async def test_pages_of_promises_meet_without_gap_or_repetition(pool, size):
    seen, after = [], None
    while page := await queries.due(pool, after=after, fetch=size):
        seen += named(page)
        after = (page[-1].due_at or LAST, page[-1].case_id, page[-1].clock, page[-1].occurrence)
    assert seen == ALL


@pytest.mark.parametrize(
    ("why", "asked", "found"),
    [
        ("due before", {"due_before": at(120)}, ALL[:2]),
        ("the instant itself is not before", {"due_before": at(60)}, []),
        ("due from that instant on", {"due_from": at(120)}, ALL[2:3]),
        ("a microsecond later", {"due_from": at(120) + timedelta(microseconds=1)}, []),
        ("by team", {"team": "north"}, ALL[1:2]),
        ("nobody is paused", {"paused_by": "awaiting_customer"}, []),
        ("what waits is due nobody knows when", {"due_before": LAST}, ALL[:3]),
        ("by status", {"status": "waiting"}, ALL[3:]),
        ("what runs and is due soon", {"status": "running", "due_before": at(121)}, ALL[2:3]),
        ("by case", {"case_id": "c2"}, ALL[1:2]),
        ("by kind", {"kind": "node"}, ALL[2:3]),
        ("by clock", {"clock": "response"}, ALL[:2]),
        ("by process", {"process": "p"}, ALL),
        ("who was warned at a share", {"warned": "agent"}, [ALL[0], ALL[1]]),
        ("who was warned of what was left", {"warned": "supervisor"}, ALL[:1]),
        ("warned, and still running", {"warned": "owner", "status": "running"}, ALL[2:3]),
        ("another process", {"process": "q"}, []),
        ("another node", {"node": "n1"}, []),
        ("another grade", {"grade": "urgent"}, []),
    ],
)  # fmt: skip
async def test_promises_can_be_narrowed(pool, why, asked, found):
    assert named(await queries.due(pool, chosen=queries.DueFilter(**asked))) == found, why


@pytest.mark.parametrize(
    ("why", "asked", "found"),
    [
        ("all", {}, ALL[:1]),
        ("since that instant", {"since": at(60)}, ALL[:1]),
        ("until that instant", {"until": at(60)}, []),
        ("of one kind", {"kind": "node"}, []),
    ],
)  # fmt: skip
async def test_broken_promises_can_be_narrowed(pool, why, asked, found):
    assert named(await queries.breaches(pool, chosen=queries.BreachFilter(**asked))) == found, why
