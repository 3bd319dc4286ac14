"""The same blow falls on the kernel as it is and on a broken one; the checker complains of the second, and of nothing else.

Each mutant breaks another service of one house, and each service is first struck while it is still sound.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import asyncpg
import httpx
import pytest

from libs.events.log.opening import open_log
from libs.events.log.port import Record
from libs.events.words.now import real_now
from tests.faults.checker import judge
from tests.faults.client import Client, Patience, Request
from tests.faults.evidence import gather
from tests.faults.history import History
from tests.faults.house import LEASE_SECONDS, House
from tests.faults.mutant import BEFORE_COMMIT, FOLDER, STALL
from tests.faults.standard import PROCESS

CASES = 12
PATIENCE_SECONDS, SHORT_SECONDS = 60.0, 15.0
"""How long the sound kernel may take to settle, and how long a broken one is waited for that may never settle."""


class Struck:
    """A house whose services can be replaced by mutants and struck at exact points."""

    def __init__(self, folder: Path) -> None:
        self.orders = folder / "orders"
        self.orders.mkdir(parents=True)
        self.house = House(folder, ["analytics"], module="tests.faults.mutant", **{FOLDER: str(self.orders)})
        self.history, self.begun, self._count = History(), time.monotonic(), 0
        self.cases: list[str] = []

    def becomes(self, service: str, mutation: str) -> None:
        """Start a service again, sound or mutated."""
        (self.orders / service).write_text(mutation)
        self.house.stack.kill(service)
        self.house.heal()

    def order(self, service: str, what: str) -> None:
        """Tell one process to stall or die at its next batch."""
        (self.orders / str(self.house.stack.pid(service))).write_text(what)

    async def ask(self, kind: str, path: str, case: str = "", **body: object) -> None:
        """Let a good client ask intake for something."""
        self._count += 1
        value = f"m{self._count}"
        body = {name: value if word == "?" else word for name, word in body.items()}
        begun = time.monotonic()
        client = Client(self.house.urls(), self.house.key, self.history, Random(1), Patience(0.0), begun=begun)
        try:
            async with asyncio.timeout(120):
                done = await client.ask(Request(value, kind, "intake", path, value, case, body))
            assert done is not None and done.is_acknowledged
            if kind == "register":
                self.cases.append(done.headers["location"].rsplit("/", 1)[-1])
        finally:
            await client.close()

    async def register(self, count: int = CASES) -> None:
        """Register cases, spread over the partitions."""
        received = real_now() - timedelta(hours=1)  # what breaks its promises does so now, and mends nothing later
        words = {"channel": "phone", "process_id": PROCESS, "external_ref": "?", "customer": {"id": "li"}}
        words["occurred_at"] = received.isoformat()
        await asyncio.gather(*(self.ask("register", "/cases", **words) for _ in range(count)))

    async def contact_all(self) -> None:
        """Log a contact with every case."""
        words = {"direction": "inbound", "channel": "phone", "purpose": "info", "agent": "?"}
        await asyncio.gather(*(self.ask("contact", f"/cases/{case}/contacts", case, **words) for case in self.cases[-CASES:]))

    async def until_dead(self, service: str) -> None:
        """Wait until a process has died as ordered."""
        for _ in range(600):
            if self.house.stack.pid(service) is None:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{service} did not die")

    async def complaints(self, patience: float = PATIENCE_SECONDS) -> list[str]:
        """Return what the checker complains of now."""
        stack = self.house.stack
        addresses = {name: urls[-1] for name, urls in self.house.urls().items()}
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {self.house.key}"}, timeout=20.0) as http:
            found = await gather(stack.database_url, stack.log_url, http, addresses, self.cases, patience=patience)
        return judge(self.history, found).complaints


@pytest.fixture(scope="module")
def struck(server_folder: Path) -> Iterator[Struck]:
    made = Struck(server_folder / "struck")
    try:
        made.house.start()
        yield made
    finally:
        made.house.stop()


async def dies_before_its_commit(struck: Struck, service: str) -> None:
    struck.order(service, BEFORE_COMMIT)
    await struck.register()
    await struck.until_dead(service)
    struck.house.heal()


async def stalls_past_its_lease_and_dies(struck: Struck, service: str) -> None:
    await struck.register()
    await struck.complaints()
    struck.order(service, STALL)
    await struck.contact_all()
    await asyncio.sleep(LEASE_SECONDS * 2)
    await struck.contact_all()
    await struck.until_dead(service)


async def hears_an_echo(struck: Struck, service: str) -> None:
    """A relay that slept through its lease sends again what it had in hand when it fell asleep; nothing comes after it."""
    await struck.register()
    await struck.complaints()
    log = open_log(struck.house.stack.log_url)
    try:
        ends = await log.ends("cases")
        partition = next(one for one, end in ends.items() if end > 2)
        batches = await log.read({partition: 0}, limit=2)
        await log.append(partition, [Record(UUID(int=0), one.key, "", one.body) for one in batches[0].records])
    finally:
        await log.close()


LAST = "select topic, part, epoch, seq from {core}.outbox where key = $1 order by seq desc limit 1"
FORGOTTEN = (
    "delete from {core}.outbox where topic = $1 and part = $2 and epoch = $3 and seq = $4",
    "update {core}.outbox_partition set next_seq = $4 where topic = $1 and part = $2 and epoch = $3",
    "update {core}.relay_cursor set last_seq = $4 - 1, log_offset = 0 where topic = $1 and part = $2 and epoch = $3",
)


async def finds_an_older_database(struck: Struck, service: str) -> None:
    """Its outbox has lost the last event that the log has, as after a restore; then somebody asks for something new."""
    await struck.register(1)
    case = struck.cases[-1]
    words = {"direction": "inbound", "channel": "phone", "purpose": "info", "agent": "?"}
    await struck.ask("contact", f"/cases/{case}/contacts", case, **words)
    await struck.complaints()
    struck.house.stack.kill(service)
    connection = await asyncpg.connect(struck.house.stack.database_url)
    try:
        last = await connection.fetchrow(LAST.format(core=f"{service}_core"), case)
        for statement in FORGOTTEN:
            await connection.execute(statement.format(core=f"{service}_core"), *last)
    finally:
        await connection.close()
    struck.house.heal()
    await struck.ask("contact", f"/cases/{case}/contacts", case, **words)


@pytest.mark.parametrize(
    ("mutation", "service", "blow", "says"),
    [
        ("checkpoint-apart", "survey", dies_before_its_commit, "survey never heard case.registered.v1"),
        ("drop-fence", "analytics", stalls_past_its_lease_and_dies, "analytics has read cases/"),
        ("skip-read-back", "intake", finds_an_older_database, "is not on the log: it is lost"),
        ("forget-sequence", "sla", hears_an_echo, "sla has read cases/"),  # last: what it leaves stops the sound one
    ],
)
async def test_a_broken_kernel_is_noticed_and_the_sound_one_is_not(struck, mutation, service, blow, says):
    struck.becomes(service, "")
    await blow(struck, service)
    assert not [one for one in await struck.complaints() if says in one], "the kernel survives it"
    struck.becomes(service, mutation)
    await blow(struck, service)
    complaints = await struck.complaints(SHORT_SECONDS)
    struck.becomes(service, "")
    assert [one for one in complaints if says in one], complaints
