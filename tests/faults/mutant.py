"""Runs a service whose kernel is broken on purpose: `python -m tests.faults.mutant sla`.

In the folder LOOPDESK_MUTANTS, the file `sla` names the mutation that sla starts with, if there is one; and a file named
by a process id makes that process stall or die once, at the point where its content says. Crash points are the same for
the sound kernel: what a mutant does not survive, the kernel does.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from libs.events.engine.opened import Opened
from libs.events.engine.reader import Reader
from libs.events.store.postgres_leases import PostgresLeases
from libs.events.store.transaction import PostgresTransaction
from libs.events.store.values import Advance
from services.__main__ import main
from tests import mutants

FOLDER = "LOOPDESK_MUTANTS"
STALL_SECONDS = 15.0
STALL, BEFORE_COMMIT = "stall, then die", "die before the commit"

TOGETHER, FIRST, DONE = "with the rows", "before the rows", "already"
_checkpoint: ContextVar[str] = ContextVar("checkpoint", default=TOGETHER)
"""How the checkpoint of the batch in hand is committed."""

_held = ExitStack()  # a patch that nobody holds is taken back

_doomed: ContextVar[bool] = ContextVar("doomed", default=False)
"""Whether the process dies over the batch in hand, one with facts to lose."""


def _order(expected: str) -> bool:
    """Test whether this process was told to do this now; it is told once."""
    file = Path(os.environ[FOLDER], str(os.getpid()))
    if file.exists() and file.read_text() == expected:
        file.unlink()
        return True
    return False


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _never(*_: object) -> Any:
    await asyncio.Event().wait()


def with_crash_points() -> None:
    """Let the reader stall past its lease before a transaction and die after it, or die when all is written but the commit."""
    transact, advance = Reader._transact, PostgresTransaction.advance

    async def transacting(self: Any, parts: Sequence[Opened]) -> None:
        matters = any(part.facts for part in parts)
        stalls = matters and _order(STALL)
        _doomed.set(matters and _order(BEFORE_COMMIT))
        if stalls:
            time.sleep(STALL_SECONDS)  # noqa: ASYNC251  the whole process sleeps, as one that was stopped
            # It dies over this batch. Back among the living before, it would have others let go of partitions and, taking
            # them again from the checkpoint it has spoilt, make its damage good.
            PostgresLeases.take = _never  # type: ignore[method-assign]
        try:
            await transact(self, parts)
        finally:
            if stalls:
                _die()

    async def advancing(self: Any, to: Sequence[Advance]) -> None:
        if _checkpoint.get() != DONE:
            await advance(self, to)
        if _checkpoint.get() == TOGETHER and _doomed.get():
            _die()

    Reader._transact = transacting  # type: ignore[method-assign]
    PostgresTransaction.advance = advancing  # type: ignore[method-assign]


def drop_fence() -> None:
    """Let a checkpoint be written by whoever comes, from wherever he read."""

    async def advance(self: Any, to: Sequence[Advance]) -> None:
        sql = f"update {self._data}.checkpoint set next_offset = $3, seen = $4 where topic = $1 and part = $2"
        for one in to:
            await self._db.execute(sql, *one.partition, one.next_offset, json.dumps(one.seen))

    PostgresTransaction.advance = advance  # type: ignore[method-assign]


def checkpoint_apart() -> None:
    """Commit the checkpoint first and the rows after it, each in a transaction of its own."""
    transact = Reader._transact

    async def in_two(self: Any, parts: Sequence[Opened]) -> None:
        _checkpoint.set(FIRST)
        async with self._work.store.transaction() as transaction:
            await transaction.advance([part.advance() for part in parts])
        if _doomed.get():
            _die()
        _checkpoint.set(DONE)
        await transact(self, parts)

    Reader._transact = in_two  # type: ignore[method-assign]


MUTANTS: Mapping[str, Callable[[], None]] = {
    "drop-fence": drop_fence,
    "skip-read-back": lambda: _held.enter_context(mutants.skip_read_back()),
    "forget-sequence": lambda: _held.enter_context(mutants.forget_sequence()),
    "checkpoint-apart": checkpoint_apart,
}


def run(service: str) -> int:
    """Run a service, mutated as the folder says."""
    named = Path(os.environ[FOLDER], service)
    mutation = named.read_text() if named.exists() else ""
    if mutation in ("drop-fence", "checkpoint-apart"):
        MUTANTS[mutation]()
        with_crash_points()
    else:
        with_crash_points()
        MUTANTS.get(mutation, lambda: None)()
    return main([service])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
