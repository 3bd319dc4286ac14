"""The job: it reckons case after case in short transactions, beside everything else that its service does.

How far it is, is written in the same transaction as the rows it has found. So an instance that goes on, after a kill or beside
another one, goes on there, and nothing is reckoned twice.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog

from libs.events.engine.known import NotYetKnown
from libs.events.engine.pace import Portion
from libs.events.store.port import Unstorable
from libs.service.running import RunningService
from services.sla.domain.changed_terms import Asked, changed_terms
from services.sla.questions import told_case
from services.sla.reckonings import queries
from services.sla.reckonings.counting import reckoned
from services.sla.reckonings.queries import State
from services.sla.reckonings.requests import read_asked
from services.sla.reckonings.scope import Case, count, next_cases
from services.sla.reckonings.tables import ReckonedRow, ReckoningRow

CASES_MOST = 400
"""Cases of one transaction. More would take memory, and a request to pause it would wait longer."""
LOOK_SECONDS = 2.0
"""How often an instance looks whether there is something to do that nobody told it of."""
REST = 0.25
"""It rests for this share of the time that a step took, so that a machine with one core does other things, too."""

FORGET_SECONDS = 3_600.0
FORGOTTEN_AT_ONCE = 5_000
"""So many rows are deleted in one statement, so that none takes long."""

_output = structlog.get_logger()


class Unreckonable(Exception):
    """A case cannot be reckoned, by a fault of ours; the message names the case."""


class Job:
    """Works on reckonings, one at a time, and keeps them for so many days. `wake` is set when there is a new one."""

    def __init__(self, running: RunningService, days: int) -> None:
        self._running, self._days, self._portion = running, days, Portion(CASES_MOST)
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Work on them and forget old ones, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self.work())
            both.create_task(self.forgetting())

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
                    continue

    async def step(self) -> bool:
        """Do one step of the oldest unfinished reckoning; return whether there was one to do."""
        begun = time.monotonic()
        job = await queries.next_to_do(self._running.pool)
        if job is None:
            return False
        try:
            if job.cases is None:
                cases, _ = await count(self._running, read_asked(job.asked))
                await queries.begin(self._running.pool, job.reckoning_id, cases, self._running.now())
            elif not await self._on(job.reckoning_id):
                return False  # another instance is at it
        except (Unreckonable, Unstorable) as error:
            _output.exception("a reckoning failed", reckoning=str(job.reckoning_id))
            await queries.end(self._running.pool, job.reckoning_id, State.FAILED, self._running.now(), str(error))
        await asyncio.sleep((time.monotonic() - begun) * REST)
        return True

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
                found, left_out = await self._reckoned(job, asked, taken)
                took = timedelta(seconds=time.monotonic() - begun)
                await queries.write_step(db, id, found, len(taken), left_out, met, took)
        return True

    async def _reckoned(self, job: ReckoningRow, asked: Asked, taken: Sequence[Case]) -> tuple[list[ReckonedRow], int]:
        """Return the rows of these cases, and how many of them could not be reckoned."""
        known, now = self._running.known, self._running.now()
        changed = changed_terms(known, asked)
        as_of, known_at = asked.as_of or now, asked.known_at or now
        found: list[ReckonedRow] = []
        left_out = 0
        for one in taken:
            await asyncio.sleep(0)  # a request that waits for the loop comes first
            then = await told_case(self._running, one.case_id, as_of, known_at) if asked.is_past else None
            try:
                found += reckoned(job.reckoning_id, replace(one, then=then), known, changed, at=now, as_of=as_of)
            except NotYetKnown:
                left_out += 1
            except Exception as error:
                raise Unreckonable(f"case {one.case_id}: {type(error).__name__}: {error}") from error
        return found, left_out
