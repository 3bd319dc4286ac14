"""The job: it reckons case after case in short transactions, beside everything else that its service does.

How far it is, is written in the same transaction as the rows it has found. So an instance that goes on, after a kill or beside
another one, goes on there, and nothing is reckoned twice. Many cases are counted by processes of their own (counters).
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import structlog

from libs.events.engine.pace import Portion
from libs.events.store.port import Unstorable
from libs.service.running import RunningService
from services.sla.domain.changed_terms import Asked, changed_terms
from services.sla.reckonings import queries
from services.sla.reckonings.counters import Counters, counted_here
from services.sla.reckonings.counting import Unreckonable
from services.sla.reckonings.queries import State
from services.sla.reckonings.requests import read_asked
from services.sla.reckonings.scope import next_cases, parts, with_facts
from services.sla.reckonings.tables import ReckoningRow
from services.sla.reckonings.values import Basis, KeptCase, Question, Tally

CASES_MOST = 1_000
"""Cases of one transaction. More would take memory, and a request to pause it would wait longer."""
FEW = 1_000
"""So many cases are counted by the service itself: to start processes for them would take longer."""
LOOK_SECONDS = 2.0
"""How often an instance looks whether there is something to do that nobody told it of."""
REST = 0.25
"""For this share of the time that it counted itself the service rests, because a machine may have only one processor."""

FORGET_SECONDS = 3_600.0
FORGOTTEN_AT_ONCE = 5_000
"""So many rows are deleted in one statement, so that none takes long."""

_output = structlog.get_logger()


class Job:
    """Works on reckonings, one at a time, and keeps them for so many days. `wake` is set when there is a new one."""

    def __init__(self, running: RunningService, days: int) -> None:
        self._running, self._days, self._portion = running, days, Portion(CASES_MOST)
        self.counters = Counters()
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Work on them and forget old ones, until cancelled."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self.work())
                both.create_task(self.forgetting())
        finally:
            await self.counters.close()

    async def forgetting(self) -> None:
        """Forget old reckonings now and every hour."""
        while True:
            await self.forget()
            await asyncio.sleep(FORGET_SECONDS)

    async def forget(self) -> None:
        """Delete the reckonings that have been over for longer than they are kept."""
        before = self._running.now() - timedelta(days=self._days)
        for id in await queries.ended_before(self._running.pool, before):
            while await queries.delete_some(self._running.pool, id, FORGOTTEN_AT_ONCE):
                pass

    async def work(self) -> None:
        """Work on what there is, the oldest first, until cancelled."""
        while True:
            self.wake.clear()
            if not await self.step():
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self.wake.wait()
                except TimeoutError:
                    await self.counters.close()

    async def step(self) -> bool:
        """Do one step of the oldest unfinished reckoning; return whether there was one to do."""
        begun = time.monotonic()
        job = await queries.next_to_do(self._running.pool)
        if job is None:
            return False
        try:
            if job.cases is None:
                await self._begin(job)
            elif not await self._on(job.reckoning_id):
                return False  # another instance is at it
        except (Unreckonable, Unstorable) as error:
            _output.exception("a reckoning failed", reckoning=str(job.reckoning_id))
            await queries.end(self._running.pool, job.reckoning_id, State.FAILED, self._running.now(), str(error))
        if job.cases is not None and _is_small(job.cases):
            await asyncio.sleep((time.monotonic() - begun) * REST)
        return True

    async def _begin(self, job: ReckoningRow) -> None:
        """Count the cases in its scope, and start the processes for them if they are many."""
        cases = 0
        async for part in parts(self._running, read_asked(job.asked)):
            cases += len(part)
            if not _is_small(cases):
                await self.counters.start()
        await queries.begin(self._running.pool, job.reckoning_id, cases, self._running.now())

    async def _on(self, id: UUID) -> bool:
        """Reckon the next cases in one transaction; return whether it could be held."""
        begun = time.monotonic()
        with self._portion.taken(self._portion.size):
            async with queries.held(self._running.pool, id) as holding:
                if holding is None:
                    return False
                db, job = holding
                asked = read_asked(job.asked)
                met, taken = await next_cases(self._running, asked, job.reached, self._portion.size)
                if not met:
                    await queries.end(db, id, State.DONE, self._running.now())
                    return True
                found: list[Tally] = []
                async with aclosing(await self._counted(job, asked, taken)) as counted:
                    async for one in counted:
                        await queries.write_rows(db, one)
                        found.append(one)
                took = timedelta(seconds=time.monotonic() - begun)
                await queries.write_step(db, id, found, len(taken), met, took)
        return True

    async def _counted(self, job: ReckoningRow, asked: Asked, taken: Sequence[KeptCase]) -> AsyncGenerator[Tally, None]:
        """Return what these cases come to, share by share."""
        known, now = self._running.known, self._running.now()
        basis = Basis(known, changed_terms(known, asked))
        question = Question(job.reckoning_id, now, asked.as_of or now, asked.known_at or now)
        cases = await with_facts(self._running, taken) if asked.is_past else taken
        count = counted_here if job.cases is None or _is_small(job.cases) else self.counters.counted
        return count(basis, question, cases)


def _is_small(cases: int) -> bool:
    return cases <= FEW
