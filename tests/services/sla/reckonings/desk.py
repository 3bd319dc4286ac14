"""sla's reckonings over a real PostgreSQL with made-up cases in it, the clock stopped; any number of instances at once."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from random import Random
from types import SimpleNamespace

import asyncpg
import httpx
import msgspec

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import CaseAssigned, CaseGraded
from libs.events.engine.work import Work
from libs.events.engine.writer import Writer
from libs.events.log.envelope import record_of
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes, HeardFact, StateChange
from libs.events.testing.told import Teller
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import SharedClock, real_now
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla.alarms import settle
from services.sla.api import TAGS, routes
from services.sla.books import CASES
from services.sla.domain.case import HEARD
from services.sla.domain.past import Recorded
from services.sla.reckonings.api import reckoning_routes
from services.sla.reckonings.work import Job
from services.sla.restating import restating_routes
from services.sla.service import SERVICE
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    OFFICE,
    REGISTERED,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    shelf,
    target,
    withdrawn,
)

DAY = 24 * 60
KEPT_AT_ONCE = 500
NOW = 20 * DAY
"""The minute at which the clock stands."""
PAUSES = ("awaiting_customer",)
ASKS = ContactLogged(direction="inbound", channel="email", purpose="info")
PROMISES = (
    target("60m"),
    target("2wd", "resolved", clock="whole", kind="resolution", pauses=PAUSES),
    target("5wh", "resolved", clock="quick", kind="resolution", reopened="new"),
    target("60m", "spoken", clock="next_reply", kind="next_reply", start="message", each="message"),
    target("30wd", "closed", clock="long", kind="closing"),
)
HAPPENS = [ASKS, RESPONSE, RESPONSE, WAITS, ANSWERED, RESOLVED, REOPENED, CLOSED]


def stories(cases=40, seed=1):
    """Return case → its facts in order: some imported, some withdrawn, some reopened, assigned and graded."""
    random = Random(f"reckonings {seed}")
    return {f"case-{n:03}": _story(random, f"case-{n:03}", n) for n in range(cases)}


def _story(random, key, n):
    began, events = random.randint(0, 10 * DAY), [(0, REGISTERED)]
    for minute in sorted(random.sample(range(1, 9 * DAY), random.randint(0, 7))):
        events.append((minute, random.choice(HAPPENS)))
    if n % 7 == 3:
        events += [(minute, data) for data, minute in withdrawn(9 * DAY)]
    events += [(1, CaseAssigned(team=random.choice(("north", "south"))))] * (n % 3 > 0)
    events += [(2, CaseGraded(grade=random.choice(("urgent", "normal"))))] * (n % 2)
    told = Teller(key, at(began)).facts(
        sorted(events, key=lambda one: one[0]), first=0, origin="import" if n % 5 == 2 else "live"
    )
    return [one for one in told if one.time <= at(NOW)]


def known(*promises, calendars=(OFFICE,)):
    return shelf(*(promises or PROMISES), calendars=calendars)


def lived(key, told, shelf, random=None):
    """Return a case's state after these facts, said and withdrawn as they come, in any order, and settled now."""
    told = list(told)
    if random:
        random.shuffle(told)
    heard = []
    for one in told:
        heard.append(one)
        heard += settle(key, CASES.of(key, heard), shelf, None)
    heard += settle(key, CASES.of(key, heard), shelf, at(NOW))
    return CASES.of(key, heard)


class Instance:
    """One instance of sla, as far as reckonings need it."""

    def __init__(self, pool, shelf, version, clock):
        self.running = RunningService(SERVICE, StoreSettings())
        store = PostgresStore(pool, "sla", SERVICE.tables, version, vault=SERVICE.vault)
        writer = Writer(Work(SERVICE, store, shelf, asyncio.Event()), SharedClock(real_now))
        instance = SimpleNamespace(
            known=shelf,
            store=store,
            writer=writer,
            clock=lambda: at(clock()),
            watermark=lambda: at(clock()),
            relay=SimpleNamespace(unsent=0),
        )
        self.running._opened = SimpleNamespace(pool=pool, instance=instance)
        self.job, self.pool = Job(self.running, 90), pool
        self.app = app_of(
            self.running,
            "sla",
            [routes(self.running), restating_routes(self.running), reckoning_routes(self.running, self.job.wake.set)],
            WebSettings(),
            tags=TAGS,
        )


class Desk:
    """Asks one of the instances over HTTP, and lets them work."""

    def __init__(self, http, instances, states):
        self.http, self.instances, self.states = http, instances, states
        self.job, self.pool = instances[0].job, instances[0].pool
        self._keys = count(1)

    async def get(self, path, **options):
        return await self.http.get(path, **options)

    async def post(self, path, body=None, key=None):
        return await self.http.post(path, json=body or {}, headers={"Idempotency-Key": key or f"key {next(self._keys)}"})

    async def ask(self, **body):
        """Ask for a reckoning, and return its id."""
        answer = await self.post("/reckonings", body)
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/reckonings/{answer.json()['reckoning_id']}"
        return answer.json()["reckoning_id"]

    async def reckon(self, **body):
        """Ask for a reckoning, work until it is over, and return it."""
        id = await self.ask(**body)
        while await self.job.step():
            pass
        return (await self.get(f"/reckonings/{id}")).json()

    async def rows(self, id, query=""):
        """Return all rows, page by page."""
        found, cursor = [], ""
        while True:
            page = (await self.get(f"/reckonings/{id}/rows?limit=150{query}{cursor}")).json()
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"


@asynccontextmanager
async def desk(database_url, *, told=None, shelf=None, instances=1, clock=lambda: NOW):
    """Open instances over a database in which these cases stand as they are now."""
    shelf, told = shelf or known(), stories() if told is None else told
    random = Random("order")
    states = {key: lived(key, facts, shelf, random) for key, facts in told.items()}
    recorded = {key: [Recorded(one, one.time) for one in facts] for key, facts in told.items()}
    async with opened(database_url, shelf, states, recorded, instances=instances, clock=clock) as made:
        yield made


@asynccontextmanager
async def opened(database_url, shelf, states, recorded, *, instances=1, clock=lambda: NOW):
    """Open instances over a database in which cases stand like this, with what was recorded of each."""
    version = await bootstrap(database_url, SERVICE)
    async with AsyncExitStack() as stack:
        pools = [
            await stack.enter_async_context(asyncpg.create_pool(database_url, min_size=1, max_size=4)) for _ in range(instances)
        ]
        store, keys = PostgresStore(pools[0], "sla", SERVICE.tables, version), [*states]
        for first in range(0, len(keys), KEPT_AT_ONCE):
            async with store.transaction() as transaction:
                await transaction.change(_kept(keys[first : first + KEPT_AT_ONCE], states, recorded))
        made = [Instance(pool, shelf, version, clock) for pool in pools]
        for one in made:
            writing = asyncio.create_task(one.running.instance.writer.run())
            stack.callback(writing.cancel)
            stack.push_async_callback(one.job.counters.close)
        transport = httpx.ASGITransport(app=made[0].app)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"))
        yield Desk(http, made, states)


def _kept(keys, states, recorded):
    changes = Changes()
    for key in keys:
        last = max((one.fact.order for one in recorded[key]), default=None)
        changes.states.append(StateChange(("cases", key), 0, msgspec.json.encode(states[key]), last))
        changes.heard += [
            HeardFact("cases", fact.time, fact.sequence, record_of(fact, recorded_at))
            for fact, recorded_at in recorded[key]
            if type(fact.data) in HEARD
        ]
        changes.upserts += CASES.rows(key, states[key])
    return changes
