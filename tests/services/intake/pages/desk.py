"""intake's app over its tables in a real PostgreSQL, with keys of three kinds, and a browser for it."""

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx

from libs.events.catalogue.intake import CaseRegistered, ContactLogged
from libs.events.log.envelope import record_of
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import given, happened, knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.keys import new_key
from libs.web.rates import Rate
from libs.web.settings import WebSettings
from services.intake.api import routes
from services.intake.books import CASES, PROGRESS
from services.intake.domain.customer import Customer, customer_ref
from services.intake.domain.link import Links
from services.intake.domain.need import Need
from services.intake.domain.vault import note_row, vault_row
from services.intake.pages import PAGES, page_routes
from services.intake.service import SERVICE
from services.intake.storage import Files
from tests.libs.web.pages.site import BROWSER

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&"
SECRET = "of a test"
LINKS = Links(SECRET)
NO_FILES = Files()
MAIL = "li.na@example.org"
KINDS = {"lister": ["cases:read"], "agent": ["cases:read", "cases:write"], "all": ["cases:read", "cases:write", "cases:personal"]}


def case(number: int, subject: str = "", customer: Customer | None = None, then=(), **more):
    """Return a case's id, its facts and its rows; it came in so many hours after AT, and `then` is what followed at once."""
    id, at = f"c{number}", AT + timedelta(hours=number)
    customer = customer or Customer()
    ref = customer_ref(customer.identity, pepper="pepper")
    registered = CaseRegistered(channel="web", customer_ref=ref, process_id=STANDARD.process_id, process_version=1, **more)
    contact = ContactLogged(direction="outbound", channel="phone", purpose="response", agent="mei")
    facts = happened(id, at, registered, contact, *then)
    need = Need(channel="web", process_id=STANDARD.process_id, subject=subject, description=subject, customer=customer)
    return id, facts, [vault_row(id, need, STANDARD), note_row(id, facts[1].id, subject)]


CASES_TOLD = [
    case(0, "the printer smokes", Customer(name="李娜", email=MAIL), external_ref="7-1"),
    case(1, "100% of it", Customer(name="王伟", phone="+86 10 1234")),
    case(2, "1000 of it"),
    case(3, HOSTILE, Customer(name=HOSTILE), external_ref=HOSTILE, kind=HOSTILE, missing=(HOSTILE,)),
    case(4, "PRINTER again", Customer(name="李娜", email=MAIL.upper())),
]
"""What most pages are tried with."""


@asynccontextmanager
async def desk(database_url: str, folder: Path, cases=CASES_TOLD, rate: Rate | None = None, standard=STANDARD, files=NO_FILES):
    """Yield a browser; `key` of its requests chooses one of KINDS. With a rate it is somewhere else, as customers are."""
    version, changes, told = await bootstrap(database_url, SERVICE), Changes(), {}
    for id, facts, private in cases:
        for book in (CASES, PROGRESS):
            changes.upserts += book.rows(id, given(book, *facts).state)
        changes.private += private
        told[id] = facts
    keys = {kind: new_key(kind, scopes) for kind, scopes in KINDS.items()}
    (folder / "keys.json").write_text(json.dumps([entry for _, entry in keys.values()]))
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "intake", SERVICE.tables, version, vault=SERVICE.vault).transaction() as transaction:
            await transaction.change(changes)

        async def facts_of(subject):
            return [record_of(fact, fact.time).body for fact in told.get(subject[1], ())]

        async def state(subject):
            return None

        running = RunningService(SERVICE, StoreSettings())
        running._opened = SimpleNamespace(
            pool=pool,
            instance=SimpleNamespace(
                known=knowing(standard),
                clock=lambda: made.now,
                watermark=lambda: AT,
                store=SimpleNamespace(facts=facts_of, state=state),
            ),
        )
        routers = [routes(running, "pepper", LINKS, files), *page_routes(running, "pepper", LINKS, files)]
        settings = WebSettings(keys_file=folder / "keys.json", rate_limit=rate)
        app = app_of(running, "intake", routers, settings, pages=PAGES)
        transport = httpx.ASGITransport(app=app, client=("192.0.2.7" if rate else "127.0.0.1", 123))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            made = Desk(http, {kind: plain for kind, (plain, _) in keys.items()})
            yield made


class Desk:
    """The pages, and the JSON of the same addresses."""

    def __init__(self, http, keys):
        self.http, self._keys, self.now = http, keys, AT

    async def page(self, path, who="all", lang="en"):
        return await self.http.get(path, headers=BROWSER | {"X-API-Key": self._keys[who], "Accept-Language": lang})

    async def json(self, path, who="all"):
        return (await self.http.get(path, headers={"X-API-Key": self._keys[who]})).json()
