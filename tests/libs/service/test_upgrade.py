"""A new release finds tables of another shape, and events that its killed predecessor had not sent; it starts all the same."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import pytest

from libs.events.catalogue.intake import CaseRegistered
from libs.events.engine.deciding import Deciding
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, draft
from libs.events.log.opening import open_log
from libs.events.store.tables import tables_of
from libs.events.testing.toy import TOY, TOYS, Toy
from libs.events.upkeep import rebuild as rebuilding
from libs.events.upkeep.alone import alone
from libs.events.upkeep.rebuild import OtherRelease, rebuild
from libs.events.words.column import big, column, key
from libs.events.words.row import Row, TableRow, columns
from libs.service.running import RunningService
from libs.service.settings import StoreSettings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE, OTHER = (f"case-{n}" for n in (1, 2))


def registered(key: str) -> Fact:
    return draft(CaseRegistered(channel="phone", customer_ref="li", process_id="p", process_version=1), key, NOON)


@columns("toys")
class NextToyRow(TableRow):
    """A toy, in the next release."""

    case_id: str = key("The case")
    many: int = big("How many channels it has")
    nodes: str = column("Its nodes")


def next_release() -> Service:
    """Return the toy with a table of another shape: a column gone, one in the middle, and views of its own that name it."""
    views = "create or replace view intake.toys as select case_id, many, nodes from {data}.toys"

    def rows(key: str, toy: Toy) -> Iterable[Row]:
        yield NextToyRow(case_id=key, many=len(toy.channels), nodes=" ".join(toy.nodes)).row

    return replace(TOY, books=(replace(TOYS, feeds="", rows=rows),), tables=tables_of(NextToyRow), version=2, views=views)


async def say(running: RunningService, key: str) -> None:
    """Say a fact as a command does, and send nothing."""
    await running.instance.work.do([("cases", key)], partial(_say, registered(key)))


async def _say(fact: Fact, unit: Deciding) -> None:
    unit.say([fact])


@pytest.fixture
async def killed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> StoreSettings:
    """The former release has sent one event, and was killed with another in its outbox."""
    settings = StoreSettings(database_url=database_url, lease_seconds=1.0)
    former = RunningService(TOY, settings)
    async with former.open():
        await say(former, ONE)
    with monkeypatch.context() as patch:

        async def never(instance: Any) -> int:
            return 0

        patch.setattr("libs.events.engine.instance.Instance.send", never)
        async with (dying := RunningService(TOY, settings)).open():
            await say(dying, OTHER)
    return settings


async def test_it_sends_what_was_left_and_rebuilds(killed: StoreSettings) -> None:
    running = RunningService(next_release(), killed)
    async with running.open():
        rows = await running.pool.fetch("select * from intake.toys order by case_id")
        assert [dict(row) for row in rows] == [{"case_id": key, "many": 1, "nodes": ""} for key in (ONE, OTHER)]
        assert await running.pool.fetchval("select code from intake_core.live") == 2


async def test_until_then_the_new_release_compares_nothing(killed: StoreSettings) -> None:
    log = open_log(killed.log_url)
    with pytest.raises(OtherRelease):
        await rebuild(killed.database_url, next_release(), log)
    await log.close()
    connection = await asyncpg.connect(killed.database_url)
    assert await connection.fetchval("select count(*) from intake.toys") == 2
    await connection.close()


async def shown(settings: StoreSettings) -> tuple[int, int]:
    """Start an instance of the next release; return which version of the tables is live then, and how many toys it has."""
    async with (running := RunningService(next_release(), settings)).open():
        live = await running.pool.fetchval("select version from intake_core.live")
        return live, await running.pool.fetchval("select count(*) from intake.toys where many = 1")


@pytest.mark.parametrize(
    ("why", "patience"),
    [("the second comes to its turn as the first is done", 5.0), ("it asks again and again meanwhile", 0.2)],
)
async def test_of_two_that_start_at_once_one_makes_the_tables(
    killed: StoreSettings, monkeypatch: pytest.MonkeyPatch, why: str, patience: float
) -> None:
    made, create = list[int](), rebuilding.create_data

    async def slowly(connection: Any, service: Service, version: int) -> None:
        made.append(version)
        await asyncio.sleep(1)
        await create(connection, service, version)

    monkeypatch.setattr(rebuilding, "create_data", slowly)
    monkeypatch.setattr("libs.events.upkeep.alone.PATIENCE_SECONDS", patience)
    assert await asyncio.gather(shown(killed), shown(killed)) == [(2, 2), (2, 2)], why
    assert made == [2], "once"


async def test_who_waits_begins_itself_once_the_first_is_gone(killed: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.events.upkeep.alone.PATIENCE_SECONDS", 0.2)
    async with alone(killed.database_url, "intake"):
        second = asyncio.create_task(shown(killed))
        await asyncio.sleep(1)
        assert not second.done(), "it waits"
    assert await second == (2, 2)
