"""Processes that count: they find what the service itself finds, are replaced when they are gone, and end with the service."""

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE
from uuid import UUID

import pytest

from libs.events.engine.known import Known
from services.sla.reckonings import counter, counters, work
from services.sla.reckonings.values import HEAD_BYTES, Basis, Question, message
from tests.services.sla.reckonings.desk import DAY, desk
from tests.services.sla.samples import at

EVERY = "select * from sla.reckoned where reckoning_id = $1 order by case_id, clock, occurrence"
LIMITS = {"limits": {"response": "5m", "quick": "2wh"}}
AS_OF = {"as_of": at(9 * DAY).isoformat(), "known_at": at(7 * DAY).isoformat()}


@pytest.fixture(autouse=True)
def many_small_shares(monkeypatch):
    monkeypatch.setattr(counters, "CASES_AT_ONCE", 3)
    monkeypatch.setattr(work, "CASES_MOST", 15)


async def found(opened, **asked):
    done = await opened.reckon(**asked)
    assert (done["state"], done["cases"], done["cases_done"]) == ("done", 40, 40), done
    rows = [tuple(row.values())[1:] for row in await opened.pool.fetch(EVERY, done["reckoning_id"])]
    assert len(rows) == done["promises"] > 100
    return rows


@pytest.mark.parametrize("asked", [LIMITS, AS_OF])
async def test_they_find_what_the_service_finds_itself(database_url, monkeypatch, asked):
    async with desk(database_url) as opened:
        here = await found(opened, **asked)
        assert opened.job.counters.waiting == []
        monkeypatch.setattr(work, "FEW", 0)
        assert await found(opened, **asked) == here
        assert 1 <= len(opened.job.counters.waiting) <= counters.COUNTERS_MAX


async def test_when_they_are_killed_the_rows_are_the_same(database_url, monkeypatch):
    monkeypatch.setattr(work, "FEW", 0)
    async with desk(database_url) as opened:
        whole, killed, ask = await found(opened, **LIMITS), [], counters.Counters._asked

        async def asked(self, question):
            if len(killed) < 3 and self.waiting:
                killed.append(self.waiting[-1])
                os.kill(killed[-1].pid, signal.SIGKILL)
            return await ask(self, question)

        monkeypatch.setattr(counters.Counters, "_asked", asked)
        assert await found(opened, **LIMITS) == whole and len(killed) == 3


async def test_what_fails_there_names_the_case_and_where(database_url, monkeypatch, capsys):
    monkeypatch.setattr(work, "FEW", 0)
    async with desk(database_url) as opened:
        store = opened.instances[0].running.store
        broken = "convert_to(replace(convert_from(body, 'UTF8'), '\"moments\":[', '\"moments\":[7,'), 'UTF8')"
        assert await opened.pool.execute(f"update {store.data}.state set body = {broken} where key = 'case-004'") == "UPDATE 1"
        failed = await opened.reckon()
        assert failed["state"] == "failed" and failed["why"].startswith("case case-004: ValidationError"), failed
        assert "in reckoned" in "".join(capsys.readouterr())


async def test_they_end_when_there_is_nothing_left_to_do(database_url, monkeypatch):
    monkeypatch.setattr(work, "FEW", 0)
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)
    async with desk(database_url) as opened:
        await found(opened, **LIMITS)
        processes = [*opened.job.counters.waiting]
        working = asyncio.create_task(opened.job.work())
        async with asyncio.timeout(20):
            await asyncio.gather(*(one.wait() for one in processes))
        working.cancel()
        assert processes and opened.job.counters.waiting == []


async def test_one_lets_live_work_go_first_and_ends_with_the_service_that_started_it():
    nothing = pickle.dumps(Basis(Known(), Known())), Question(UUID(int=1), at(0), at(0), at(0)), []
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", counters.COUNTER, stdin=PIPE, stdout=PIPE)
    async with asyncio.timeout(60):
        started.stdin.write(message(nothing))
        length = int.from_bytes(await started.stdout.readexactly(HEAD_BYTES))
        tally = pickle.loads(await started.stdout.readexactly(length))
        assert (tally.promises, tally.flips, tally.left_out) == (0, 0, 0)
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, started.pid) == min(own + counter.NICENESS, 19)
        started.send_signal(signal.SIGINT)  # as a terminal does, which tells the service, too
        started.stdin.close()
        assert await started.wait() == 0
