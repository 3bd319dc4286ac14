"""sla's app over its tables in a real PostgreSQL, with the clock stopped, and a browser for it."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace

import asyncpg
import httpx
import msgspec

from libs.events.catalogue.routing import CaseAssigned, CaseGraded
from libs.events.catalogue.standard import ExceptionRule, Label, Node
from libs.events.log.envelope import record_of
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes, Kept
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla import service
from services.sla.alarms import settle
from services.sla.books import CASES
from tests.services.sla.samples import RESPONSE, WAITS, at, facts, standard, state_of, target

HOSTILE = "<script>alert(1)</script>\"'&"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAUSES = ("awaiting_customer",)
CASE_IDS = ("c1", "c2", "c3")


def promises(text):
    return (
        target("60m"),
        target("2h", "resolved", clock="review", kind="node", node="n1", pauses=PAUSES, warn={"50%": "owner"}),
        target("3wd", "resolved", clock="whole", kind="resolution"),  # no calendar is published
        target("90m", "resolved", clock=text, kind=text, node=text),
    )


def known(*calendars, text=HOSTILE):
    label = Label(en=text, zh=f"流程{text}")
    named = Node(id="n1", name=Label(en="Look", zh="查看"), role="handler", approver="")
    waits = ExceptionRule(code=PAUSES[0], name=Label(en="Waits for Li", zh="等李先生"), action="")
    return knowing(replace(standard(*promises(text)), name=label, nodes=(named,), exceptions=(waits,)), *calendars)


def cases(until, text=HOSTILE, policies=()):
    """Return case → its facts at that minute: one only began, one was answered in time and graded, one waits for its customer."""
    assigned = (CaseAssigned(team="north", agent="li"), 1)
    stories = {"c1": (assigned,), "c2": ((RESPONSE, 50), (CaseGraded(grade=text), 51)), "c3": ((RESPONSE, 10), (WAITS, 30))}
    for case, story in stories.items():
        told = facts(*(one for one in story if one[1] <= until))
        yield case, [*told, *settle("case-1", state_of(told), known(*policies, text=text), at(until))]


@cache
def app():
    """Return the service as it would run, which is made once: that takes longer than the requests do."""
    found = []

    class Seen(RunningService):
        def __init__(self, *given):
            super().__init__(*given)
            found.append(self)

    service.RunningService, kept = Seen, service.RunningService
    try:
        made = service.app(StoreSettings(), WebSettings())
    finally:
        service.RunningService = kept
    return found[0], made


class Desk:
    """The pages and the JSON of the same addresses at one minute."""

    def __init__(self, http, running, states):
        self.http, self.running, self.states = http, running, states

    async def page(self, path, lang="en"):
        return await self.http.get(path, headers=BROWSER | {"Accept-Language": lang})

    async def items(self, path):
        return (await self.http.get(path)).json()["items"]


@asynccontextmanager
async def desk(database_url, monkeypatch, until=70.0, calendars=(), text=HOSTILE, policies=()):
    """Open a desk at so many minutes after its cases came."""
    running, made = app()
    version = await bootstrap(database_url, service.SERVICE)
    told, changes = dict(cases(until, text, (*calendars, *policies))), Changes()
    states = {case: state_of(facts) for case, facts in told.items()}
    for case, state in states.items():
        changes.upserts += CASES.rows(case, state)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "sla", service.SERVICE.tables, version).transaction() as transaction:
            await transaction.change(changes)
        store = SimpleNamespace(state=_state(states), facts=_facts(told))
        instance = SimpleNamespace(
            known=known(*calendars, *policies, text=text), clock=lambda: at(until), watermark=lambda: at(until), store=store
        )
        monkeypatch.setattr(running, "_opened", SimpleNamespace(pool=pool, instance=instance))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1") as http:
            yield Desk(http, running, states)


def _state(states):
    async def state(subject):
        found = states.get(subject[1])
        return None if found is None else Kept(1, msgspec.json.encode(found), None)

    return state


def _facts(told):
    """Every fact was recorded a minute after it happened."""

    async def facts(subject):
        return [record_of(fact, fact.time + timedelta(minutes=1)).body for fact in told.get(subject[1], ())]

    return facts
