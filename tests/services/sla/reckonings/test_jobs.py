"""The job of a reckoning: killed, paused, cancelled, by one instance or two, it finds the same rows and none twice."""

import asyncio
import signal
import sys

import pytest

from libs.events.engine.known import Known
from services.sla.reckonings import counting, queries, work
from services.sla.reckonings.tables import SCHEMA
from tests.services.sla.reckonings.desk import NOW, desk, stories

LIMITS = {"limits": {"response": "5m", "quick": "2wh"}}
EVERY = "select * from sla.reckoned where reckoning_id = $1 order by case_id, clock, occurrence"


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(work, "CASES_MOST", 3)


async def found(opened, id):
    """Return what a reckoning found, without its own id."""
    return [tuple(row.values())[1:] for row in await opened.pool.fetch(EVERY, id)]


async def whole(opened):
    done = await opened.reckon(**LIMITS)
    assert done["flips"] > 0
    return await found(opened, done["reckoning_id"])


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", [0, 1, 5])
async def test_killed_between_the_rows_and_their_count_it_goes_on_and_finds_the_same(database_url, monkeypatch, step):
    async with desk(database_url, instances=2) as opened:
        id, write = await opened.ask(**LIMITS), queries.write_step

        async def killed(db, *given):
            await write(db, *given)
            raise Killed

        for _ in range(step + 1):
            await opened.job.step()
        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(queries, "write_step", killed)
            await opened.job.step()
        half = (await opened.get(f"/reckonings/{id}")).json()
        assert (half["state"], half["cases_done"], half["cases"]) == ("running", 3 * step, 40)
        while await opened.instances[1].job.step():
            pass
        done = (await opened.get(f"/reckonings/{id}")).json()
        assert (done["state"], done["cases_done"]) == ("done", 40)
        assert await found(opened, id) == await whole(opened)


async def test_a_process_is_killed_in_the_middle_and_another_one_goes_on(database_url):
    async with desk(database_url) as opened:
        id = await opened.ask(**LIMITS)
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.services.sla.reckonings.killed", database_url)
        try:
            async with asyncio.timeout(120):
                while (half := (await opened.get(f"/reckonings/{id}")).json())["cases_done"] < 5:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        finally:
            child.kill()
        assert await child.wait() == -signal.SIGKILL and half["state"] == "running", "it was done before it could be killed"
        async with asyncio.timeout(60):
            while (await opened.get(f"/reckonings/{id}")).json()["state"] != "done":
                await opened.job.step()  # what the dead one held is free as soon as PostgreSQL knows of its end
        assert await found(opened, id) == await whole(opened)


async def test_two_instances_find_the_same_rows_as_one_and_both_work(database_url, monkeypatch):
    monkeypatch.setattr(work, "REST", 0.0)
    async with desk(database_url, instances=2) as opened:
        steps, id = [0, 0], await opened.ask(**LIMITS)

        async def worked(n):
            while (await opened.get(f"/reckonings/{id}")).json()["state"] != "done":
                steps[n] += await opened.instances[n].job.step()
                await asyncio.sleep(0)

        async with asyncio.timeout(60):
            await asyncio.gather(worked(0), worked(1))
        done = (await opened.get(f"/reckonings/{id}")).json()
        assert (done["cases"], done["cases_done"]) == (40, 40) and min(steps) > 0
        rows = await found(opened, id)
        assert len(rows) == done["promises"] and rows == await whole(opened)


async def test_a_paused_one_rests_until_it_is_resumed(database_url):
    async with desk(database_url) as opened:
        id = await opened.ask(**LIMITS)
        for _ in range(4):
            await opened.job.step()
        paused = (await opened.post(f"/reckonings/{id}/pause")).json()
        assert (paused["state"], paused["cases_done"]) == ("paused", 9)
        await opened.pool.execute(f"update {SCHEMA}.reckonings set busy_us = 18_000_000")
        shown = (await opened.get(f"/reckonings/{id}")).json()
        assert (shown["cases_per_second"], shown["remaining_seconds"]) == (0.5, (40 - 9) * 2)
        assert not await opened.job.step() and len({row[0] for row in await found(opened, id)}) == 9
        assert (await opened.post(f"/reckonings/{id}/pause")).json()["state"] == "paused"
        assert (await opened.post(f"/reckonings/{id}/resume")).json()["state"] == "running" and opened.job.wake.is_set()
        while await opened.job.step():
            pass
        assert await found(opened, id) == await whole(opened)


async def test_one_that_is_paused_before_it_begins_is_counted_when_it_is_resumed(database_url):
    async with desk(database_url) as opened:
        id = await opened.ask()
        for verb in ("pause", "resume"):
            assert (await opened.post(f"/reckonings/{id}/{verb}")).status_code == 200
        await opened.job.step()
        assert (await opened.get(f"/reckonings/{id}")).json()["cases"] == 40


async def test_a_cancelled_one_says_so_and_stops(database_url):
    async with desk(database_url) as opened:
        id = await opened.ask(**LIMITS)
        for _ in range(3):
            await opened.job.step()
        cancelled = (await opened.post(f"/reckonings/{id}/cancel")).json()
        assert cancelled["state"] == "cancelled" and cancelled["ended_at"] is not None
        assert not await opened.job.step() and len({row[0] for row in await found(opened, id)}) == 6
        assert (await opened.post(f"/reckonings/{id}/cancel")).status_code == 200
        for verb in ("pause", "resume"):
            refused = await opened.post(f"/reckonings/{id}/{verb}")
            assert (refused.status_code, "cancelled" in refused.json()["detail"]) == (409, True)


async def test_one_that_fails_says_at_which_case_and_the_next_one_is_worked_on(database_url, monkeypatch):
    async with desk(database_url) as opened:
        id, reckoned = await opened.ask(), counting.reckoned

        def faulty(basis, question, case):
            if case.case_id == "case-004":
                raise ZeroDivisionError("by a fault of ours")
            return reckoned(basis, question, case)

        with monkeypatch.context() as patched:
            patched.setattr(counting, "reckoned", faulty)
            while await opened.job.step():
                pass
        failed = (await opened.get(f"/reckonings/{id}")).json()
        assert (failed["state"], failed["cases_done"]) == ("failed", 3)
        assert "case-004" in failed["why"] and "ZeroDivisionError" in failed["why"]
        assert (await opened.reckon())["state"] == "done"


async def test_cases_whose_standard_has_not_arrived_are_left_out_and_counted(database_url):
    async with desk(database_url, told=stories(4)) as opened:
        opened.instances[0].running.instance.known = Known()
        done = await opened.reckon()
        assert (done["state"], done["left_out"], done["promises"]) == ("done", 4, 0)


async def test_nothing_is_said_and_no_state_changes(database_url):
    async with desk(database_url) as opened:
        before = await opened.pool.fetch("select * from sla.clocks order by 1, 2")
        await whole(opened)
        assert await opened.pool.fetchval("select count(*) from sla_core.outbox") == 0
        assert await opened.pool.fetch("select * from sla.clocks order by 1, 2") == before
        states = await opened.instances[0].running.store.walk("cases", "", 99)
        assert {kept.version for _, kept in states} == {1}


async def test_it_works_by_itself_and_wakes_when_something_is_asked(database_url, monkeypatch):
    monkeypatch.setattr(work, "LOOK_SECONDS", 600.0)
    async with desk(database_url, told=stories(4)) as opened:
        working = asyncio.create_task(opened.job.run())
        await asyncio.sleep(0.3)
        id = await opened.ask()
        async with asyncio.timeout(20):
            while (await opened.get(f"/reckonings/{id}")).json()["state"] != "done":  # noqa: ASYNC110  a state, no signal
                await asyncio.sleep(0.02)
        working.cancel()


@pytest.mark.parametrize("at_once", [2, 5_000])
async def test_old_ones_are_forgotten_and_others_stay(database_url, monkeypatch, at_once):
    monkeypatch.setattr(work, "FORGOTTEN_AT_ONCE", at_once)
    minute = NOW
    async with desk(database_url, told=stories(5), clock=lambda: minute) as opened:
        old = (await opened.reckon())["reckoning_id"]
        minute += 30 * 24 * 60
        younger, open_one = (await opened.reckon())["reckoning_id"], await opened.ask()
        minute = NOW + 90 * 24 * 60 + 1
        await opened.job.forget()
        assert (await opened.get(f"/reckonings/{old}")).status_code == 404 and await found(opened, old) == []
        assert [(await opened.get(f"/reckonings/{id}")).status_code for id in (younger, open_one)] == [200, 200]
        assert await found(opened, younger)
