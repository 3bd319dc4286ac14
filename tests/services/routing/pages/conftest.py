"""routing as it runs over a real PostgreSQL, with a case or two, for people who read its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
import yaml

from libs.events.catalogue.forms import bounded
from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.standard import Form, Label
from libs.events.engine.writer import Command
from libs.events.log.envelope import draft
from libs.events.store.values import Answer, Changes
from libs.events.words.event import Topic
from libs.service.app import app_of
from libs.service.reads import Cases
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.keys import new_key
from libs.web.settings import WebSettings
from services.routing.api import COMMANDS, execute_on, routes
from services.routing.commands import draft_command, publish_command
from services.routing.pages import PAGES, page_routes
from services.routing.questions import concerns, unknown_case
from services.routing.reactions import receive
from services.routing.service import SERVICE
from services.routing.tables import DueRow
from tests.services.routing.samples import COMPLAINT

HTML = {"Accept": "text/html"}
HOSTILE = "</td><script>alert(1)</script>\"'&{{ 7 * 7 }}\u202e🙂" + "x" * 300
NINE = datetime(2025, 4, 1, 9, tzinfo=UTC)
KEYS = ("cases:read", "cases:write", "cases:personal")


class Desk:
    """The service, its app as everybody reaches it from this machine, and one that asks for keys."""

    def __init__(self, running, folder, people=()):
        entries, self.keys = [], {}
        held = [("reader", KEYS[:1], ""), ("writer", KEYS[:2], ""), ("nobody", KEYS[2:], "")]
        for name, scopes, person in [*held, *((name, KEYS, person) for name, person in people)]:
            self.keys[name], entry = new_key(name, scopes, person)
            entries.append(entry)
        (folder / "keys.yaml").write_text(yaml.safe_dump(entries))
        self.running = running
        self.open, self.guarded = self._app(WebSettings()), self._app(WebSettings(keys_file=folder / "keys.yaml"))

    def _app(self, settings):
        execute = partial(execute_on, self.running, "pepper")
        routers = [routes(self.running, "pepper"), *page_routes(self.running, execute, COMMANDS)]
        cases = Cases(partial(concerns, self.running), unknown_case)
        return app_of(self.running, "routing", routers, settings, pages=PAGES, cases=cases)

    @asynccontextmanager
    async def client(self, key=None, **headers):
        """Yield a client that asks for pages; with a key, of the app that wants one."""
        given = HTML | ({"Authorization": f"Bearer {self.keys[key]}"} if key else {}) | headers
        transport = httpx.ASGITransport(app=self.guarded if key else self.open)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=given) as client:
            yield client

    async def page(self, path, key=None, **headers):
        async with self.client(key, **headers) as client:
            return await client.get(path)

    async def json(self, path, **headers):
        async with self.client(Accept="application/json", **headers) as client:
            return (await client.get(path)).json()

    async def publish(self, standard, *, only_draft=False):
        """Draft a standard, publish it, and wait until it is known."""
        now = self.running.now()
        await self.running.execute(draft_command(Written(standard), at=now, actor="t"))
        if not only_draft:
            command = publish_command(standard.process_id, standard.version, at=now, actor="t")
            await self.running.wait_for(await self._position(command))

    async def _position(self, command):
        found = []
        await self.running.execute(replace(command, answer=lambda outcome: found.append(outcome.position) or Answer(200, b"")))
        return found[0]

    async def case(self, case_id, process_id, version=1, at=NINE, **fields):
        """Let a case arrive."""
        said = CaseRegistered(channel="phone", customer_ref="k1", process_id=process_id, process_version=version, fields=fields)
        heard = draft(said, case_id, at, sequence=1)

        def decide(case):
            return receive(case, heard, self.running.known)

        await self.running.execute(Command(lambda outcome: Answer(200, b""), (Topic.CASES, case_id), decide))

    async def due(self, case_id, at, kind="node", warns=(), reminders=0):
        """Let something of a case fall due, and warn; or let it be time to remind its customer."""
        changes = Changes()
        changes.upserts.append(DueRow(case_id=case_id, due_at=at, due_kind=kind, warns=list(warns), reminders=reminders).row)
        async with self.running.store.transaction() as transaction:
            await transaction.change(changes)


class Written:
    """A standard as if its page had been read."""

    def __init__(self, standard):
        self.standard, self.warnings, self.page = standard, (), {}


SECOND = replace(
    COMPLAINT,
    version=2,
    nodes=(*COMPLAINT.nodes[:3], replace(COMPLAINT.nodes[3], role="sales_rep"), *COMPLAINT.nodes[4:]),
    change="The plan is sales' to make.",
)
LABEL = Label(en=HOSTILE, zh=HOSTILE)
NAMED = replace(
    COMPLAINT,
    process_id="hostile",
    name=LABEL,
    change=HOSTILE,
    nodes=(replace(COMPLAINT.nodes[0], name=LABEL, outputs=(HOSTILE,)), *COMPLAINT.nodes[1:]),
    exceptions=tuple(replace(one, action=HOSTILE, name=LABEL) for one in COMPLAINT.exceptions),
)


ASKED = {
    "type": "object",
    "required": ["model"],
    "properties": {"model": {"type": "string", "title": "Model <b>", "x-zh": "型号"}},
}
FORMED = replace(
    COMPLAINT,
    process_id="formed",
    forms={"complaint_register": Form(en="Register <i>", zh="登记表", schema=bounded(ASKED), brief=("urgent",))},
)


TELLING = replace(
    COMPLAINT,
    process_id="telling",
    nodes=(replace(COMPLAINT.nodes[0], notice="result-notice", asks_expectation=True), *COMPLAINT.nodes[1:]),
    scripts={"result-notice": Label(en="Your case {case} is handled", zh="您的工单 {case} 已处理")},
)


@pytest.fixture(scope="package")
async def desk(postgres, tmp_path_factory) -> AsyncIterator[Desk]:
    url = postgres.create_database("routing_pages")
    running = RunningService(SERVICE, StoreSettings(database_url=url))
    async with running.open():
        desk = Desk(running, tmp_path_factory.mktemp("keys"))
        for standard in (COMPLAINT, SECOND, NAMED, FORMED, TELLING):
            await desk.publish(standard)
        await desk.publish(replace(SECOND, version=3, change="A draft."), only_draft=True)
        await desk.case("c1", "complaint-quality")
        await desk.case("c2", "complaint-quality", 2, affected="batch")
        await desk.case("c3", "hostile")
        yield desk
