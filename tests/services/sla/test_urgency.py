"""How urgent promises are, put to a real PostgreSQL: each border, and that every group is exactly what its list shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.row import changed
from services.sla import queries
from services.sla.alarms import settle
from services.sla.projections import promises
from services.sla.service import SERVICE
from services.sla.urgency import FEW, Borders, Urgency, board, borders, listed, teams
from tests.services.sla.samples import KEY, at, facts, shelf, state_of, target

NOW, SHANGHAI = datetime(2025, 6, 2, 12, tzinfo=UTC), ZoneInfo("Asia/Shanghai")  # eight in the evening there
EDGES = borders(NOW, SHANGHAI)
MIDNIGHT, TICK, HOUR = datetime(2025, 6, 2, 16, tzinfo=UTC), timedelta(microseconds=1), timedelta(hours=1)
TOLD = facts()
[BASE] = promises(KEY, state_of([*TOLD, *settle(KEY, state_of(TOLD), shelf(target("60m")), at(1))]))

ROWS = [
    ("it broke",                            {"status": "breached", "due_at": NOW - HOUR, "breached_at": NOW}, "broken", ""),
    ("it broke, and something pauses it",   {"status": "breached", "breached_at": NOW, "paused_by": "ill"}, "broken", ""),
    ("it broke, and is over",               {"status": "breached", "breached_at": NOW, "ended_at": NOW}, None, ""),
    ("nobody has said yet that it broke",   {"due_at": NOW - TICK}, "soon", ""),
    ("within the hour",                     {"due_at": NOW + HOUR - TICK}, "soon", ""),
    ("in an hour",                          {"due_at": NOW + HOUR}, "today", ""),
    ("before midnight",                     {"due_at": MIDNIGHT - TICK}, "today", ""),
    ("at midnight",                         {"due_at": MIDNIGHT, "team": "lab"}, "later", ""),
    ("in a year",                           {"due_at": NOW + timedelta(days=365), "team": "north"}, "later", ""),
    ("the customer is asked",               {"status": "paused", "paused_by": "asked", "due_at": NOW}, "paused", "asked"),
    ("another one, too",                    {"status": "paused", "paused_by": "asked"}, "paused", "asked"),
    ("somebody is ill",                     {"status": "paused", "paused_by": "ill"}, "paused", "ill"),
    ("no calendar says when",               {"status": "waiting", "due_at": None}, "waiting", ""),
    ("it was kept",                         {"status": "met", "ended_at": NOW, "team": "south"}, None, ""),
]  # fmt: skip


@pytest.fixture
async def pool(database_url):
    version = await bootstrap(database_url, SERVICE)
    changes = Changes()
    changes.upserts += [changed(BASE, case_id=why, **others).row for why, others, _, _ in ROWS]
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "sla", SERVICE.tables, version).transaction() as transaction:
            await transaction.change(changes)
        yield pool


def named(groups):
    return {(one.urgency.value, one.reason): {row.case_id for row in one.first} for one in groups}


async def test_every_promise_is_as_urgent_as_its_due_instant_and_its_status_say(pool):
    wanted = {}
    for why, _, urgency, reason in ROWS:
        if urgency:
            wanted.setdefault((urgency, reason), set()).add(why)
    found = await board(pool, EDGES)
    assert named(found) == wanted
    assert [one.number for one in found] == [len(one.first) for one in found], "none of them is too large"
    assert [(one.urgency.value, one.reason) for one in found] == [
        ("broken", ""), ("soon", ""), ("today", ""), ("later", ""), ("paused", "asked"), ("paused", "ill"), ("waiting", "")
    ]  # fmt: skip


async def test_the_list_to_which_a_group_leads_shows_exactly_its_promises(pool):
    for group in await board(pool, EDGES):
        asked = dict(listed(group.urgency, group.reason, EDGES))
        stand = queries.Stand(asked.pop("stand")) if "stand" in asked else None
        chosen = {name: datetime.fromisoformat(word) if name.startswith("due_") else word for name, word in asked.items()}
        found = await queries.unfinished(pool, NOW, stand=stand, chosen=queries.DueFilter(**chosen))
        assert [row.case_id for row, _ in found] == [row.case_id for row in group.first], group


async def test_the_whole_lane_of_what_is_paused_leads_to_all_reasons(pool):
    assert listed(Urgency.PAUSED, "", EDGES) == {"stand": "paused"}
    assert len(await queries.unfinished(pool, NOW, stand=queries.Stand.PAUSED)) == 3


async def test_a_group_that_is_too_large_shows_those_due_first_and_counts_all(pool):
    await pool.execute(
        "insert into sla.clocks select (c).* from (select jsonb_populate_record(one, jsonb_build_object("
        "'case_id', 'many-' || n, 'due_at', $1::timestamptz + n * interval '1 second')) as c "
        "from sla.clocks one, generate_series(1, 40) n where case_id = 'in a year') as made",
        NOW + timedelta(days=2),
    )
    [later] = [one for one in await board(pool, EDGES) if one.urgency is Urgency.LATER]
    assert (later.number, later.others) == (42, 42 - FEW)
    assert [row.case_id for row in later.first] == ["at midnight", *(f"many-{n}" for n in range(1, FEW))]


@pytest.mark.parametrize(
    ("why", "asked", "number"),
    [("a team", {"team": "lab"}, 1), ("another process", {"process": "q"}, 0), ("its process", {"process": "p"}, 12)],
)
async def test_the_board_can_be_narrowed(pool, why, asked, number):
    assert sum(one.number for one in await board(pool, EDGES, queries.DueFilter(**asked))) == number, why


async def test_only_teams_that_have_something_open_are_offered(pool):
    assert await teams(pool) == ["lab", "north"]


@pytest.mark.parametrize(
    ("why", "now", "zone", "soon", "tomorrow"),
    [
        ("in the evening",          NOW, "Asia/Shanghai", NOW + HOUR, MIDNIGHT),
        ("within an hour of midnight", MIDNIGHT - TICK, "Asia/Shanghai", MIDNIGHT + HOUR - TICK, MIDNIGHT + HOUR - TICK),
        ("an hour before midnight", MIDNIGHT - HOUR, "Asia/Shanghai", MIDNIGHT, MIDNIGHT),
        ("at midnight",             MIDNIGHT, "Asia/Shanghai", MIDNIGHT + HOUR, MIDNIGHT + timedelta(days=1)),
        ("a day of 23 hours",       datetime(2026, 3, 28, 23, tzinfo=UTC), "Europe/Berlin",
            datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_the_borders_of_an_hour_and_of_a_day(why, now, zone, soon, tomorrow):
    assert borders(now, ZoneInfo(zone)) == Borders(soon, tomorrow), why
