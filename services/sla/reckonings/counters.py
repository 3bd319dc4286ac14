"""Processes that count many cases beside the service: all processors work on them, and the service has its own for requests.

They are started when there is much to count, and end when there is nothing left, or when the service ends.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

import structlog

from services.sla.reckonings.counting import counted
from services.sla.reckonings.values import HEAD_BYTES, Basis, KeptCase, Question, Tally, message

COUNTERS_MAX = 2
"""So many processes at most; each takes some 40 MB. PostgreSQL, which writes what they find, has enough to do with two."""

CASES_AT_ONCE = 50
"""Cases that are given to a process at a time: while it counts them, what was found before is written."""
CASES_HERE = 8
"""Cases that are counted in the service between two looks at what else there is to do."""

COUNTER = "services.sla.reckonings.counter"
"""What such a process runs."""
_BUFFERED_BYTES = 1 << 22
_output = structlog.get_logger()


async def counted_here(basis: Basis, question: Question, cases: Sequence[KeptCase]) -> AsyncGenerator[Tally, None]:
    """Count cases in the service itself, few at a time. A request that waits for the loop comes first."""
    for share in _shares(cases, CASES_HERE):
        await asyncio.sleep(0)
        yield counted(basis, question, share)


class Counters:
    """The processes of one instance. Those that do nothing wait; one that was interrupted or died is replaced."""

    def __init__(self) -> None:
        self.waiting: list[Process] = []
        self._most = min(COUNTERS_MAX, os.cpu_count() or 1)
        self._room = asyncio.Semaphore(self._most)

    async def start(self) -> None:
        """Start what is missing, so that they are ready when they are asked."""
        while len(self.waiting) < self._most:
            self.waiting.append(await _started())

    async def counted(self, basis: Basis, question: Question, cases: Sequence[KeptCase]) -> AsyncGenerator[Tally, None]:
        """Count cases, and yield what a share of them comes to as soon as it is counted."""
        # A process reads the terms once, as long as they stay the same.
        kept = pickle.dumps(basis, pickle.HIGHEST_PROTOCOL)

        async def share_of(share: Sequence[KeptCase]) -> Tally:
            answer = await self._share(message((kept, question, share)))
            return answer or counted(basis, question, share)

        asking = [asyncio.create_task(share_of(share)) for share in _shares(cases, CASES_AT_ONCE)]
        try:
            for one in asyncio.as_completed(asking):
                yield await one
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)

    async def _share(self, question: bytes) -> Tally | None:
        """Return what one of them answers; nothing when it is gone."""
        async with self._room:
            try:
                answer = await self._asked(question)
            except (OSError, EOFError) as error:
                _output.warning("a process that counts is gone; its cases are counted here", why=repr(error))
                return None
        if isinstance(answer, Exception):
            _output.error("cases cannot be counted", where="".join(answer.__notes__))
            raise answer
        return answer

    async def _asked(self, question: bytes) -> Tally | Exception:
        process = self.waiting.pop() if self.waiting else await _started()
        assert process.stdin is not None and process.stdout is not None  # pipes, as it was started
        try:
            process.stdin.write(question)
            await process.stdin.drain()
            length = int.from_bytes(await process.stdout.readexactly(HEAD_BYTES))
            answer: Tally | Exception = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301  our own process
        except BaseException:
            _kill(process)  # nobody would read its answer
            raise
        self.waiting.append(process)
        return answer

    async def close(self) -> None:
        """End those that wait."""
        while self.waiting:
            process = self.waiting.pop()
            _kill(process)
            await process.wait()


async def _started() -> Process:
    command = (sys.executable, "-m", COUNTER)
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=_BUFFERED_BYTES)


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _shares(cases: Sequence[KeptCase], size: int) -> list[Sequence[KeptCase]]:
    return [cases[n : n + size] for n in range(0, len(cases), size)]
