"""`loopdesk replay` beside a service that runs: shown, compared, switched while it answers and hears; killed, and run again."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from deploy import cli
from deploy.commands import tables
from libs.events.engine.writer import Command
from libs.events.log.envelope import record_of, stamped
from libs.events.log.opening import open_log
from libs.events.store.values import Answer
from libs.events.testing.toy import TOY
from libs.events.words.event import Topic
from libs.events.words.now import real_now
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from tests.libs.events.kernel import AT, KEY, PARTITION, SAME, contact, entered, registered

EARLIER = (real_now() - AT) / timedelta(minutes=1) - 600
"""Minutes after the toys' own hour at which all happens here: ten hours ago, so no alarm is due."""
NODES = f"select nodes from intake.toys where case_id = '{KEY}'"
SPOIL = f"update intake_v1.toys set nodes = 'nx' where case_id = '{KEY}'"
SCHEMAS = "select array_agg(nspname::text order by nspname) from pg_namespace where nspname ~ '^intake_v'"


class Desk:
    """The toy as it runs, and a neighbour that says facts of its own."""

    def __init__(self, url, running):
        self.url, self.running, self.log, self.nodes = url, running, open_log(url), 0

    async def say(self, fact):
        """Say a fact as a request does that comes over HTTP."""
        told = Command(lambda outcome: Answer(201, b""), (Topic.CASES, fact.key), lambda toy: [fact])
        assert (await self.running.execute(told)).status == 201

    async def enter(self):
        """Let the case come to its next node; the toy hears of it, and says something."""
        record = record_of(entered(EARLIER + 1 + self.nodes / 100, f"n{self.nodes}"), real_now())
        await self.log.append(PARTITION, [stamped(record, PARTITION.number, 1, self.nodes)])
        self.nodes += 1

    async def heard(self):
        """Return when all that the neighbour has said is in the tables that people read."""
        wanted = " ".join(f"n{n}" for n in range(self.nodes))
        await self.shows(NODES, lambda nodes: nodes == wanted)

    async def all_on_the_log(self):
        """Return where the log ends once the registration, what the neighbour said and the toy's answers to it are there."""
        for _ in range(400):
            ends = await self.log.ends(Topic.CASES)
            if sum(ends.values()) == 1 + 2 * self.nodes:
                return ends
            await asyncio.sleep(0.05)
        raise AssertionError(ends)

    async def shows(self, question, holds):
        """Return when the answer holds."""
        for _ in range(400):
            if holds(await self.running.pool.fetchval(question)):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(question)

    async def replay(self, *options):
        """Run the command, as an operator does who sits elsewhere."""
        arguments = ["replay", "intake", *options, "--database-url", self.url]
        return await asyncio.to_thread(CliRunner().invoke, cli.app, arguments)


@pytest.fixture
async def desk(database_url, monkeypatch):
    monkeypatch.setattr(tables, "service_of", lambda name: TOY)
    monkeypatch.setattr(tables, "GO_OVER_SECONDS", 2.0)
    running = RunningService(TOY, StoreSettings(database_url=database_url, lease_seconds=2.0))
    async with running.open():
        desk = Desk(database_url, running)
        await desk.say(registered(EARLIER))
        for _ in range(9):
            await desk.enter()
        await desk.heard()
        yield desk
        assert running.opened.runtime.failures == {}
        await desk.log.close()


async def test_equal_tables_are_put_in_place_and_it_says_how_fast_it_was(desk):
    said = await desk.all_on_the_log()
    done = await desk.replay()
    assert done.exit_code == 0, done.output
    assert "intake: 19 facts in 0:00:0" in done.output and "/s" in done.output
    assert "intake: the rebuilt tables are in place" in done.output
    assert await desk.running.pool.fetchval(SCHEMAS) == ["intake_v2"]
    assert await desk.log.ends(Topic.CASES) == said, "it says nothing"
    await desk.enter()
    await desk.heard()
    again = await desk.replay("--keep")
    assert again.exit_code == 0, again.output
    assert await desk.running.pool.fetchval(SCHEMAS) == ["intake_v2", "intake_v3"]


async def test_a_spoiled_row_is_named_and_right_after_a_switch(desk):
    await desk.running.pool.execute(SPOIL)
    found = await desk.replay()
    assert found.exit_code == 1, found.output
    assert "intake.toys: 1 row differs" in found.output
    assert f'case_id {KEY}: nodes is "nx", rebuilt "n0 n1 n2 n3 n4 n5 n6 n7 n8"' in found.output
    assert "`loopdesk replay intake --switch` puts the rebuilt ones in place" in found.output
    assert await desk.running.pool.fetchval(NODES) == "nx"
    assert await desk.running.pool.fetchval(SCHEMAS) == ["intake_v1"]
    done = await desk.replay("--switch")
    assert done.exit_code == 0, done.output
    await desk.heard()


async def test_requests_are_answered_and_facts_are_heard_while_it_switches(desk):
    asked, over = 0, asyncio.Event()

    async def ask():
        """Say something and read it, without a pause; whatever fails here fails the test."""
        nonlocal asked
        while not over.is_set():
            await desk.say(contact(EARLIER + asked / 100, f"c{asked}", SAME[1]))
            asked += 1
            channels = await desk.running.pool.fetchval(f"select channels from intake.toys where case_id = '{SAME[1]}'")
            assert channels.split() == [f"c{n}" for n in range(asked)]

    async def neighbour():
        while not over.is_set():
            await desk.enter()
            await asyncio.sleep(0.02)

    with capture_logs() as lines:
        traffic = [asyncio.create_task(one()) for one in (ask, neighbour)]
        for _ in range(2):
            done = await desk.replay()
            assert done.exit_code == 0, done.output
        over.set()
        await asyncio.gather(*traffic)
        await desk.heard()
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
    assert asked > 20 and desk.nodes > 20
    assert await desk.running.pool.fetchval(SCHEMAS) == ["intake_v3"]
    told = f"select channels from intake.toys where case_id = '{KEY}'"
    await desk.shows(told, lambda channels: len(channels.split()) == 1 + desk.nodes)  # each node was answered, once
    verified = await asyncio.to_thread(CliRunner().invoke, cli.app, ["verify", "intake", "--database-url", desk.url])
    assert verified.exit_code == 0, verified.output


KILLED = """
import asyncio, sys, time
from libs.events.log.opening import open_log
from libs.events.testing.toy import TOY
from libs.events.upkeep.rebuild import rebuild

def progress(reached):
    print(reached.facts, flush=True)
    time.sleep(600)

asyncio.run(rebuild(sys.argv[1], TOY, open_log(sys.argv[1]), switch=True, progress=progress))
"""


async def test_killed_in_the_middle_it_begins_again(desk):
    await desk.running.pool.execute(SPOIL)
    replaying = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, desk.url, stdout=subprocess.PIPE)
    try:
        assert int(await replaying.stdout.readline()) == 19
        assert await desk.running.pool.fetchval("select count(*) from intake_v2.heard") > 0
        refused = await desk.replay()
        assert (refused.exit_code, "intake is being replayed, by another command" in refused.output) == (1, True)
    finally:
        replaying.kill()
        await replaying.wait()
    await desk.enter()
    assert await desk.running.pool.fetchval(NODES) == "nx"
    done = await desk.replay("--switch")
    assert done.exit_code == 0, done.output
    await desk.heard()
    assert await desk.running.pool.fetchval(SCHEMAS) == ["intake_v2"]


async def test_tables_that_others_still_read_stay_and_it_says_so(desk, monkeypatch):
    monkeypatch.setattr("libs.events.upkeep.former.LOCK_SECONDS", 0.2)
    async with desk.running.pool.acquire() as asking, asking.transaction():
        await asking.execute("select from intake_v1.toys")
        done = await desk.replay()
    assert (done.exit_code, "still read: intake_v1; the next replay drops them" in done.output) == (0, True)


async def test_where_nobody_looks_on_each_line_of_the_progress_stays(desk, monkeypatch):
    monkeypatch.setattr(tables, "LINE_EVERY_SECONDS", 0.0)
    done = await desk.replay()
    assert "replaying intake: 19 facts, " in done.output
    assert " 100 %, 0:00:00 left" in done.output
