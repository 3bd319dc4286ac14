"""The same blow falls on the kernel as it is and on a broken one; the checker complains of the second, and of nothing else.

Each mutant breaks another service of one house, and each service is first struck while it is still sound.
"""

import asyncio
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
from tests.faults.checks import judge
from tests.faults.client import Client, Patience
from tests.faults.evidence import gather
from tests.faults.history import History, Request
from tests.faults.house import House
from tests.faults.standard import PROCESS
from tests.faults.tripwire import AROUND
from tests.stack.running import started, until

CASES = 12
PATIENCE_SECONDS, SHORT_SECONDS = 60.0, 15.0
"""How long the sound kernel may take to settle, and how long a broken one is waited for that may never settle."""


class Struck:
    """A house whose services are struck, sound or as mutants, and one good client of intake."""

    def __init__(self, house: House) -> None:
        self.house, self.history, self.cases = house, History(), []
        self.client = Client(house.urls(), house.key, self.history, Random(1), Patience(0.0))

    def becomes(self, service: str, mutation: str) -> None:
        """Start a service again, sound or mutated."""
        (self.house.wires / f"{service}.mutant").write_text(mutation)
        self.house.stack.kill(service)
        self.house.heal()

    async def ask(self, kind: str, path: str, case: str = "", **body: object) -> None:
        value = f"m{len(self.history.requests())}"
        body = {name: value if word == "?" else word for name, word in body.items()}
        async with asyncio.timeout(120):
            done = await self.client.ask(Request(value, kind, "intake", path, value, case, body))
        assert done is not None and done.is_acknowledged
        if kind == "register":
            self.cases.append(done.about)

    async def register(self, count: int = CASES) -> None:
        """Register cases, spread over the partitions."""
        received = real_now() - timedelta(hours=1)  # every promise that breaks does so now, and mends nothing later
        words = {"channel": "phone", "process_id": PROCESS, "external_ref": "?", "customer": {"id": "li"}}
        for _ in range(count):
            await self.ask("register", "/cases", **words, occurred_at=received.isoformat())

    async def contact(self, count: int = CASES) -> None:
        """Log a contact with each of the newest cases."""
        for case in self.cases[-count:]:
            words = {"direction": "inbound", "channel": "phone", "purpose": "info", "agent": "?"}
            await self.ask("contact", f"/cases/{case}/contacts", case, **words)

    async def struck(self, name: object) -> str:
        return await asyncio.to_thread(self.house.struck, name)

    async def settled(self) -> None:
        await asyncio.to_thread(self.house.come_to_rest)

    async def complaints(self, patience: float) -> list[str]:
        """Return the checker's complaints."""
        stack = self.house.stack
        addresses = {name: urls[-1] for name, urls in self.house.urls().items()}
        async with httpx.AsyncClient(headers=self.house.http.headers, timeout=20.0) as http:
            found = await gather(stack.database_url, stack.log_url, http, addresses, self.cases, patience=patience)
        return judge(self.history, found)[0]


@pytest.fixture(scope="module")
def struck(server_folder: Path) -> Iterator[Struck]:
    with started(House(server_folder / "struck", ["analytics"])) as house:
        yield Struck(house)


async def dies_before_its_commit(struck: Struck, service: str) -> None:
    struck.house.lay(service, "killed over a fact that was read")
    await struck.register()
    struck.house.revive(await struck.struck(service))


async def sleeps_past_its_lease_and_dies(struck: Struck, service: str) -> None:
    await struck.register()
    await struck.settled()
    pid = struck.house.stack.pid(service)
    struck.house.lay(pid, AROUND)
    await struck.contact()
    assert await struck.struck(pid) == service
    await struck.settled()  # the other instance has taken over, and goes on
    await struck.contact()
    await struck.settled()
    struck.house.stack.resume(service)
    await asyncio.to_thread(until, lambda: struck.house.stack.pid(service) is None, "it died over its batch")


async def hears_an_echo(struck: Struck, service: str) -> None:
    """A relay that slept through its lease sends its old batch again; nothing comes after it."""
    await struck.register()
    await struck.settled()
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
    await struck.contact(1)
    await struck.settled()
    struck.house.stack.kill(service)
    connection = await asyncpg.connect(struck.house.stack.database_url)
    try:
        last = await connection.fetchrow(LAST.format(core=f"{service}_core"), struck.cases[-1])
        for statement in FORGOTTEN:
            await connection.execute(statement.format(core=f"{service}_core"), *last)
    finally:
        await connection.close()
    struck.house.heal()
    await struck.contact(1)


@pytest.mark.parametrize(
    ("mutation", "service", "blow", "says"),
    [
        ("checkpoint-apart", "survey", dies_before_its_commit, "survey never heard case.registered.v1"),
        ("drop-fence", "analytics", sleeps_past_its_lease_and_dies, "analytics has read cases/"),
        ("skip-read-back", "intake", finds_an_older_database, "is not on the log: it is lost"),
        ("forget-sequence", "sla", hears_an_echo, "sla has read cases/"),  # last: its damage stops the sound kernel too
    ],
)
async def test_a_broken_kernel_is_noticed_and_the_sound_one_is_not(struck, mutation, service, blow, says):
    struck.becomes(service, "")
    await blow(struck, service)
    assert not [one for one in await struck.complaints(PATIENCE_SECONDS) if says in one], "the kernel survives it"
    struck.becomes(service, mutation)
    await blow(struck, service)
    complaints = await struck.complaints(SHORT_SECONDS)
    struck.becomes(service, "")
    assert [one for one in complaints if says in one], complaints
