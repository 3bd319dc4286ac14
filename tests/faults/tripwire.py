"""`python -m tests.faults.tripwire sla` runs a service that dies, or freezes, at an exact point: once, when a test says so.

A test lays the wire by writing the point's name into a file named after the service or a process id; of several instances
the first to come there takes the file away and is struck. The file `sla.mutant` names a part that the kernel of sla is to
lack, `sla.poison` a case that it cannot bear. Wires are the same for the sound kernel: it survives what a mutant does not.
"""

import asyncio
import functools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

from libs.events.engine import writer
from libs.events.engine.alarms import Alarms
from libs.events.engine.deciding import Deciding
from libs.events.engine.opened import Opened
from libs.events.engine.reader import Reader
from libs.events.log.envelope import Fact
from libs.events.log.kafka import KafkaLog
from libs.events.log.postgres import PostgresLog
from libs.events.store.postgres_leases import PostgresLeases
from libs.events.store.postgres_outbox import PostgresOutbox
from libs.events.store.transaction import PostgresTransaction
from libs.events.store.values import Advance
from services.__main__ import main
from tests.mutants import checkpoint_apart, forget_sequence, skip_read_back

FOLDER = "LOOPDESK_TRIPWIRES"

BEFORE: dict[str, list[tuple[Any, str]]] = {
    "killed after the commit of a command": [(writer, "_hand_over")],
    "killed before the relay notes what it sent": [(PostgresOutbox, "sent")],
    "killed over a fact that was read": [(Reader, "answer")],
    "killed in the middle of a batch": [(PostgresTransaction, "advance")],
    "frozen with a batch to send": [(PostgresLog, "append"), (KafkaLog, "append")],
    "frozen with a batch that was read": [(Reader, "handle")],
    "frozen in the middle of a batch": [(PostgresTransaction, "advance")],
    "frozen while it takes leases": [(PostgresLeases, "_let_go")],
}
AFTER: dict[str, list[tuple[Any, str]]] = {
    "killed before the commit of a command": [(PostgresTransaction, "remember")],
    "killed when the log has what was sent": [(PostgresLog, "append"), (KafkaLog, "append")],
    "killed before the commit of an alarm": [(PostgresTransaction, "fired")],
    "killed after the commit of an alarm": [(Alarms, "_transact")],
}
AROUND = "frozen before the transaction of a batch, killed after it"
POINTS = BEFORE.keys() | AFTER.keys() | {AROUND}


def file(ending: str = "") -> Path:
    """Return the file by which a test tells this service something."""
    return Path(os.environ[FOLDER], f"{sys.argv[1]}{ending}")


def told(path: Path) -> str:
    """Return a file's text; nothing if it is not there."""
    return path.read_text() if path.exists() else ""


def strike(point: str) -> bool:
    """End or freeze this process if the wire is laid here, and take it away. Return whether it was struck, and was woken."""
    for wire in (file(), file().with_name(str(os.getpid()))):
        if told(wire) == point:
            try:
                wire.rename(wire.with_suffix(f".{os.getpid()}"))
            except FileNotFoundError:
                continue  # another instance was faster
            os.kill(os.getpid(), signal.SIGSTOP if point.startswith("frozen") else signal.SIGKILL)
            return True
    return False


def strung(function: Callable[..., Any], point: str, *, after: bool) -> Callable[..., Any]:
    """Return the function with a wire before or after it."""
    if not after:

        @functools.wraps(function)
        def before(*args: Any, **options: Any) -> Any:
            strike(point)
            return function(*args, **options)

        return before

    @functools.wraps(function)
    async def behind(*args: Any, **options: Any) -> Any:
        result = await function(*args, **options)
        strike(point)
        return result

    return behind


def surrounded(transact: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `_transact` with a wire around batches that have facts to lose."""

    async def transacting(self: Reader, parts: Sequence[Opened]) -> None:
        is_struck = any(part.facts for part in parts) and strike(AROUND)
        if is_struck:
            # It dies over this batch. If it took part in leasing before, others would let go of partitions, it would take them
            # again from the checkpoint that it has spoilt, and so make its damage good.
            PostgresLeases.take = never  # type: ignore[method-assign]
        try:
            await transact(self, parts)
        finally:
            if is_struck:
                os.kill(os.getpid(), signal.SIGKILL)

    return transacting


async def never(*_: object) -> Any:
    await asyncio.Event().wait()


def poisoned(hear: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `hear` that cannot bear the subject named in the poison file, as a faulty release could not."""

    @functools.wraps(hear)
    def choking(self: Deciding, fact: Fact, body: bytes) -> None:
        if told(file(".poison")) == fact.key:
            raise ZeroDivisionError("a fault of this release")
        hear(self, fact, body)

    return choking


@contextmanager
def drop_fence() -> Iterator[None]:
    """Let a checkpoint be written from any place and under any lease."""

    async def advance(self: Any, to: Sequence[Advance]) -> None:
        sql = f"update {self._data}.checkpoint set next_offset = $3, seen = $4 where topic = $1 and part = $2"
        for one in to:
            await self._db.execute(sql, *one.partition, one.next_offset, json.dumps(one.seen))

    with patch.object(PostgresTransaction, "advance", advance):
        yield


MUTANTS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    "": nullcontext,
    "drop-fence": drop_fence,
    "skip-read-back": skip_read_back,
    "forget-sequence": forget_sequence,
    "checkpoint-apart": checkpoint_apart,
}


def string() -> None:
    """Lay every wire's ends; without a test's file nothing happens at any of them."""
    for points, after in ((BEFORE, False), (AFTER, True)):
        for point, places in points.items():
            for owner, name in places:
                setattr(owner, name, strung(getattr(owner, name), point, after=after))
    Reader._transact = surrounded(Reader._transact)  # type: ignore[method-assign]
    Deciding.hear = poisoned(Deciding.hear)  # type: ignore[method-assign]


if __name__ == "__main__":
    with MUTANTS[told(file(".mutant"))]():
        string()
        sys.exit(main(sys.argv[1:]))
