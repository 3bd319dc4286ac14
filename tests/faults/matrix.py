"""Five services that die at exact points, and what the rows of the failure matrix ask about afterwards."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import msgspec

from deploy.process import free_port
from libs.events.log.envelope import Envelope, open_envelope
from libs.events.log.opening import open_log
from libs.events.log.partition import partition_for
from libs.events.log.port import Log, LogUnavailable
from libs.events.log.sequence import is_new, numbers_of, source_of
from tests.faults.tripwire import AFTER, BEFORE, FOLDER
from tests.stack.running import Running

CASE = {"channel": "phone", "process_id": "inbound-call"}
RESPONSE = timedelta(minutes=30)
"""How long inbound-call promises to take for a first answer."""
WAIT_SECONDS_MAX = 60.0
ATTEMPTS_MAX = 5


class Desk(Running):
    """Five services with tripwires, on one of the logs."""

    def __init__(self, folder: Path, *, kafka: bool) -> None:
        self.wires = folder / "tripwires"
        super().__init__(folder, kafka=kafka, module="tests.faults.tripwire", **{FOLDER: str(self.wires)})
        self.wires.mkdir()
        self.impatient = httpx.Client(timeout=2.0, headers=self.http.headers)
        self._runner = asyncio.Runner()

    @cached_property
    def _log(self) -> Log:
        return open_log(self.stack.log_url)

    def close(self) -> None:
        self._runner.run(self._log.close())
        self._runner.close()
        self.http.close()
        self.impatient.close()

    # what happens to it

    def lay(self, service: str, point: str) -> None:
        """Have the first instance of the service that comes to the point struck there."""
        assert point in BEFORE | AFTER, point
        (self.wires / "half").write_text(point)
        (self.wires / "half").rename(self.wires / service)

    def struck(self, service: str) -> str:
        """Wait until an instance was struck and return its name."""
        [wire] = until(lambda: list(self.wires.glob(f"{service}.[0-9]*")), f"{service} was struck")
        wire.unlink()
        pid = int(wire.suffix[1:])
        until(lambda: state_of(pid) in "TZ", "the signal has come")  # to wake who is not asleep yet would be in vain
        return next(name for name, child in self.stack._children.items() if child.pid == pid)

    def revive(self, name: str) -> None:
        """Start again what was killed."""
        until(lambda: self.stack.pid(name) is None, f"{name} ended")
        self.stack.start_service(name)
        self.stack.wait_until_ready()

    def tidy(self) -> None:
        """Take away what wires still lie, wake who is frozen and start who is dead."""
        for wire in self.wires.iterdir():
            wire.unlink()
        for name in self.stack.ports:
            self.stack.resume(name)
        if self.stack.watch():
            self.stack.wait_until_ready()

    def kill(self, service: str) -> list[str]:
        """Kill all instances of a service and return their names."""
        names = self.instances(service)
        for name in names:
            self.stack.kill(name)
        return names

    def instances(self, service: str) -> list[str]:
        """Return the names of a service's instances."""
        return [name for name in self.stack.ports if name.partition("-")[0] == service]

    def second(self, service: str) -> str:
        """Have a second instance of a service, and return its name."""
        name = f"{service}-2"
        if name not in self.stack.ports:
            self.stack.ports[name] = free_port()
            self.stack.start_service(name)
            self.stack.wait_until_ready()
        return name

    # what clients do

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

    # what is left

    def on_log(self, case_id: str | None = None, topic: str = "cases") -> list[Envelope]:
        """Return what the log has of a case, or all of a topic, echoes too, each partition in its order."""
        for _ in range(ATTEMPTS_MAX):
            with suppress(LogUnavailable):  # the client's connection may be one to a server that was killed since
                return self._runner.run(_read(self._log, topic, case_id))
        raise AssertionError("the log cannot be read")

    def heard(self, case_id: str, type: str, **data: str) -> list[Envelope]:
        """Return the facts of a case as readers take them from the log: without echoes; a hole raises Gap."""
        facts = [one for one in without_echoes(self.on_log(case_id)) if one.subject == case_id and one.type == type]
        return [one for one in facts if data.items() <= msgspec.json.decode(one.data).items()]

    def said_by(self, service: str) -> int:
        """Return how much one service has ever said."""
        return int(self.query(f"select sum(next_seq)::bigint as n from {service}_core.outbox_partition")[0]["n"])

    def version(self, service: str) -> int:
        return int(self.query(f"select version from {service}_core.live")[0]["version"])

    def clocks(self, case_id: str) -> dict[str, str]:
        """Return each clock's status in sla's table."""
        rows = self.query(f"select clock, status from sla_v{self.version('sla')}.clocks where case_id = $1", case_id)
        return {row["clock"]: row["status"] for row in rows}

    def fenced(self, service: str, step: str) -> int:
        """Return how often the database kept an instance of the service from a step in what was no longer its own."""
        logs = [self.stack.home.log(name) for name in self.instances(service)]
        lines = [line for log in logs for line in log.read_text().splitlines()]
        return sum("the lease of the partition is over" in line and f'"step":"{step}"' in line for line in lines)

    def metric(self, name: str, metric: str) -> float:
        """Return the sum of a metric's samples at one instance."""
        lines = self.get(name, "/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"loopdesk_{metric}{{"))

    def unequal(self) -> list[str]:
        """Return the tables that a replay from offset 0 does not give again."""
        return [one.name for one in self.verify()]

    def must_be_sound(self) -> None:
        """Nothing is left to do; the log has what every outbox has, each once but for echoes; nobody stopped anything."""
        self.settle()
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


class Traffic(threading.Thread):
    """A client that registers one case after the other, each with a key of its own until it is acknowledged."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._over = desk, threading.Event()
        self.cases: list[str] = []

    def run(self) -> None:
        while not self._over.is_set():
            self.cases.append(self._desk.registered(f"traffic {id(self)} {len(self.cases)}"))

    def flows(self, many: int = 5) -> int:
        """Wait until so many more cases came in, and return how many there are."""
        wanted = len(self.cases) + many
        until(lambda: len(self.cases) >= wanted, "cases come in")
        return len(self.cases)

    def stop(self) -> None:
        self._over.set()
        self.join(WAIT_SECONDS_MAX)
        assert not self.is_alive()


def until(holds: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS_MAX) -> Any:
    """Return what holds as soon as it does."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"in vain waited until {what}"
        time.sleep(0.05)
    return found


def without_echoes(envelopes: list[Envelope]) -> list[Envelope]:
    """Return the first occurrences, as a reader takes them; a hole raises Gap."""
    seen: dict[int, Any] = {}
    firsts = []
    for envelope in envelopes:
        last = seen.setdefault(int(envelope.outboxpartition), {})
        if is_new(envelope, last):
            last[source_of(envelope)] = numbers_of(envelope)
            firsts.append(envelope)
    return firsts


async def _read(log: Log, topic: str, case_id: str | None) -> list[Envelope]:
    ends = {at: end for at, end in (await log.ends(topic)).items() if case_id is None or at == partition_for(topic, case_id)}
    at = dict.fromkeys(ends, 0)
    found: dict[Any, list[Envelope]] = {partition: [] for partition in ends}
    while behind := {partition: offset for partition, offset in at.items() if offset < ends[partition]}:
        for batch in await log.read(behind, limit=5_000, wait=5.0):
            found[batch.partition] += [open_envelope(record.body) for record in batch.records]
            at[batch.partition] = batch.next_offset
    return [one for envelopes in found.values() for one in envelopes]


def started(folder: Path, *, kafka: bool) -> Iterator[Desk]:
    """Run a desk."""
    desk = Desk(folder, kafka=kafka)
    try:
        desk.stack.start()
        yield desk
    finally:
        desk.close()
        desk.stack.stop()
