"""Five services that are struck at exact points, and the questions that the failure matrix asks about them afterwards."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx

from deploy.process import free_port
from libs.events.log.envelope import Envelope, open_envelope
from libs.events.log.opening import open_log
from libs.events.log.port import Log, LogUnavailable, Partition, partition_for
from libs.events.log.sequence import follow, source_of
from tests.faults.records import ends_of, records_of
from tests.faults.tripwire import FOLDER, POINTS
from tests.stack.running import WAIT_SECONDS_MAX, Running, until

CASE = {"channel": "phone", "process_id": "inbound-call"}
RESPONSE = timedelta(minutes=30)
"""How long inbound-call promises to take for a first answer."""
ATTEMPTS_MAX = 5
T = TypeVar("T")


class Wired(Running):
    """Services with tripwires."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.wires = folder / "tripwires"
        super().__init__(folder, **{"module": "tests.faults.tripwire", FOLDER: str(self.wires)} | options)
        self.wires.mkdir()

    def lay(self, name: object, point: str) -> None:
        """Strike a process at the point: the first instance of the service to come there, or the one with this process id."""
        assert point in POINTS, point
        (self.wires / "half").write_text(point)
        (self.wires / "half").rename(self.wires / str(name))

    def struck(self, name: object) -> str:
        """Wait until a process was struck and return its name."""
        [wire] = until(lambda: list(self.wires.glob(f"{name}.[0-9]*")), f"{name} was struck")
        wire.unlink()
        pid = int(wire.suffix[1:])
        until(lambda: state_of(pid) in "TZ", "the signal has come")  # a process that is not frozen yet cannot be woken
        return next(one for one, child in self.stack._children.items() if child.pid == pid)

    def revive(self, name: str) -> None:
        """Start a killed instance again."""
        until(lambda: self.stack.pid(name) is None, f"{name} ended")
        self.stack.start_service(name)
        self.stack.wait_until_ready()


class Desk(Wired):
    """Five services with tripwires, on one of the logs, and clients of theirs."""

    def __init__(self, folder: Path, *, kafka: bool) -> None:
        super().__init__(folder, kafka=kafka)
        self.impatient = httpx.Client(timeout=2.0, headers=self.http.headers)
        self._runner = asyncio.Runner()

    @cached_property
    def log(self) -> Log:
        return open_log(self.stack.log_url)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to its end what uses the log."""
        return self._runner.run(coroutine)

    def stop(self) -> None:
        self.run(self.log.close())
        self._runner.close()
        self.impatient.close()
        super().stop()

    # mishaps
    def tidy(self) -> None:
        """Take away the wires, wake frozen processes and start dead ones."""
        for wire in self.wires.iterdir():
            wire.unlink()
        for name in self.stack.ports:
            self.stack.resume(name)
        if self.stack.watch():
            self.stack.wait_until_ready()

    def second(self, service: str) -> None:
        """Have a second instance of a service."""
        name = f"{service}-2"
        if name not in self.stack.ports:
            self.stack.ports[name] = free_port()
            self.stack.start_service(name)
            self.stack.wait_until_ready()

    # clients
    def register(self, key: str, *, to: str = "intake", occurred_at: datetime | None = None) -> httpx.Response:
        """Register a case once; a client that gets no answer sees an exception."""
        body = CASE | ({"occurred_at": occurred_at.isoformat()} if occurred_at else {})
        return self.impatient.post(f"{self.stack.url(to)}/cases", json=body, headers={"Idempotency-Key": key})

    def registered(self, key: str, **options: Any) -> str:
        """Register a case, again and again with one key until there is an answer, and return its id."""

        def answered() -> str | None:
            try:
                answer = self.register(key, **options)
            except httpx.TransportError:
                return None
            return answer.json()["case_id"] if answer.status_code == 201 else None

        return until(answered, "a case was registered")

    # questions afterwards
    def ends(self) -> Mapping[Partition, int]:
        """Return where each partition of `cases` ends."""
        return self._ask_log(lambda: ends_of(self.log, "cases"))

    def on_log(self, case_id: str | None = None) -> list[Envelope]:
        """Return what topic `cases` has, or the partition of one case, echoes too, each partition in its order."""
        only = None if case_id is None else partition_for("cases", case_id)

        async def read() -> list[Envelope]:
            ends = await ends_of(self.log, "cases")
            records = await records_of(self.log, {at: end for at, end in ends.items() if only in (None, at)})
            return [open_envelope(record.body) for _, record in records]

        return self._ask_log(read)

    def _ask_log(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        for _ in range(ATTEMPTS_MAX):
            with suppress(LogUnavailable):  # the connection may be one to a server that was killed since
                return self.run(ask())
        raise AssertionError("the log cannot be read")

    def heard(self, case_id: str, type: str) -> list[Envelope]:
        """Return the facts of a case as readers take them from the log: without echoes; a hole raises Gap."""
        return [one for one in without_echoes(self.on_log(case_id)) if (one.subject, one.type) == (case_id, type)]

    def said_by(self, service: str) -> int:
        """Return how much one service has ever said."""
        return int(self.query(f"select sum(next_seq)::bigint as n from {service}_core.outbox_partition")[0]["n"])

    def data(self, service: str) -> str:
        """Return the schema of a service's live tables."""
        return f"{service}_v{self.query(f'select version from {service}_core.live')[0]['version']}"

    def clocks(self, case_id: str) -> dict[str, str]:
        """Return each clock's status in sla's table."""
        rows = self.query(f"select clock, status from {self.data('sla')}.clocks where case_id = $1", case_id)
        return {row["clock"]: row["status"] for row in rows}

    def fenced(self, service: str, step: str) -> int:
        """Return how often the database kept an instance of the service from a step in a partition it no longer owned."""
        logs = [self.stack.home.log(name) for name in self.instances(service)]
        lines = [line for log in logs for line in log.read_text().splitlines()]
        return sum("the lease of the partition is over" in line and f'"step":"{step}"' in line for line in lines)

    def metric(self, name: str, metric: str) -> float:
        """Return the sum of a metric's samples at one instance."""
        lines = self.get(name, "/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"loopdesk_{metric}{{"))

    def must_be_sound(self) -> None:
        """No work is left; log and outboxes have the same events, each once but for echoes; no partition was stopped."""
        self.come_to_rest()
        on_log = without_echoes(self.on_log())
        for name in self.stack.ports:
            self.eventually(name, "/readyz", lambda told: told["status"] == "ready")
            assert self.metric(name, "partitions_stopped") == 0
        for service in {name.partition("-")[0] for name in self.stack.ports}:
            outbox = self.query(f"select id from {service}_core.outbox where topic = 'cases'")
            assert {row["id"] for row in outbox} == {one.id for one in on_log if source_of(one) == service}


def state_of(pid: int) -> str:
    """Return a process's state as the kernel tells it: T is frozen, Z is dead, as is one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def without_echoes(envelopes: list[Envelope]) -> list[Envelope]:
    """Return the first occurrences, as a reader takes them; a hole raises Gap."""
    seen: dict[int, Any] = {}
    firsts = []
    for envelope in envelopes:
        last = seen.setdefault(int(envelope.outboxpartition), {})
        if follow(envelope, last):
            firsts.append(envelope)
    return firsts


class Traffic(threading.Thread):
    """A client that registers one case after the other, each with a key of its own until it is acknowledged."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._over = desk, threading.Event()
        self.cases: list[str] = []

    def run(self) -> None:
        while not self._over.is_set():
            self.cases.append(self._desk.registered(f"traffic {id(self)} {len(self.cases)}"))

    def flows(self, many: int = 5) -> None:
        """Wait until so many more cases came in."""
        wanted = len(self.cases) + many
        until(lambda: len(self.cases) >= wanted, "cases come in")

    def stop(self) -> None:
        self._over.set()
        self.join(WAIT_SECONDS_MAX)
        assert not self.is_alive()
