"""`python -m tests.faults.tripwire sla` runs a service that dies, or freezes, at an exact point: once, when a test says so.

A test lays the wire by writing the point's name into a file named after the service; of several instances the first that
comes by takes the file away and is the one that is struck. No product code knows of it.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from libs.events.engine import writer
from libs.events.engine.alarms import Alarms
from libs.events.engine.deciding import Deciding
from libs.events.engine.reader import Reader
from libs.events.log.envelope import Fact
from libs.events.log.kafka import KafkaLog
from libs.events.log.postgres import PostgresLog
from libs.events.store.postgres_leases import PostgresLeases
from libs.events.store.postgres_outbox import PostgresOutbox
from libs.events.store.transaction import PostgresTransaction
from services.__main__ import main

FOLDER = "LOOPDESK_TRIPWIRES"

BEFORE: dict[str, list[tuple[Any, str]]] = {
    "killed after the commit of a command": [(writer, "_hand_over")],
    "killed before the relay notes what it sent": [(PostgresOutbox, "sent")],
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


def strike(point: str) -> None:
    """End or freeze this process if the wire is laid here, and take it away."""
    wire = Path(os.environ[FOLDER], sys.argv[1])
    try:
        if wire.read_text() != point:
            return
        wire.rename(wire.with_suffix(f".{os.getpid()}"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGSTOP if point.startswith("frozen") else signal.SIGKILL)


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


def poisoned(hear: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `hear` that cannot bear the subject named in the poison file, as a faulty release could not."""

    @functools.wraps(hear)
    def choking(self: Deciding, fact: Fact, body: bytes) -> None:
        if _is_poison(fact.key):
            raise ZeroDivisionError("a fault of this release")
        hear(self, fact, body)

    return choking


def _is_poison(key: str) -> bool:
    file = Path(os.environ[FOLDER], f"{sys.argv[1]}.poison")
    return file.exists() and file.read_text() == key


def string() -> None:
    """Lay every wire's ends; without a test's file nothing happens at any of them."""
    for points, after in ((BEFORE, False), (AFTER, True)):
        for point, places in points.items():
            for owner, name in places:
                setattr(owner, name, strung(getattr(owner, name), point, after=after))
    Deciding.hear = poisoned(Deciding.hear)  # type: ignore[method-assign]


if __name__ == "__main__":
    string()
    sys.exit(main(sys.argv[1:]))
