"""A team that hands out its work, on PostgreSQL: two instances at once, and what a team has as people ask for it."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace

import asyncpg
import pytest

from libs.events.catalogue.intake import CaseRegistered
from libs.events.engine.work import Work
from libs.events.log.envelope import draft
from libs.events.store.port import Conflict
from libs.events.store.postgres import PostgresStore
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from services.routing.domain.cases.decisions import complete, start
from services.routing.domain.people.roster import publish
from services.routing.reactions import receive
from services.routing.service import SERVICE
from tests.services.routing.domain.teams.samples import person, roster
from tests.services.routing.pages.conftest import Desk
from tests.services.routing.samples import COMPLAINT, LATER, NINE, owes

CASES = [f"c{n}" for n in range(30)]
PEOPLE = [replace(person(id, "cs_agent", "cs_supervisor", hours=()), capacity=n) for n, id in enumerate(("ann", "ben", "cy"), 3)]
TEAM = replace(roster(*PEOPLE), team="customer_service")
KNOWN = knowing(COMPLAINT, TEAM)


async def patiently(work, subject, decision):
    """Do it as a writer does: again, when another was first."""

    async def decide(unit):
        await unit.decide(subject, decision)
        await unit.settle(subject)

    for _ in range(20):
        try:
            return await work.do([subject], decide)
        except Conflict:
            await asyncio.sleep(0.01)
    raise AssertionError("it never came to pass")


def arrives(case):
    told = CaseRegistered(channel="phone", customer_ref=case, process_id=COMPLAINT.process_id, process_version=1)
    heard = draft(told, case, NINE, sequence=1)
    return lambda state: receive(state, heard, KNOWN)


def does(agent):
    """Begin and complete the first node."""

    def decide(state):
        begun = list(start(state, COMPLAINT, node="n1", agent=agent, at=LATER))
        for fact in begun:
            state = SERVICE.book["cases"].evolve(state, fact)
        return [*begun, *complete(state, COMPLAINT, node="n1", agent=agent, outputs=owes(COMPLAINT, "n1"), at=LATER)]

    return decide


async def test_two_instances_give_nobody_more_than_they_take_on(database_url):
    version = await bootstrap(database_url, SERVICE)
    async with AsyncExitStack() as opened:
        pools = [await opened.enter_async_context(asyncpg.create_pool(database_url, min_size=4, max_size=4)) for _ in range(2)]
        works = [
            Work(SERVICE, PostgresStore(pool, "routing", SERVICE.tables, version, vault=SERVICE.vault), KNOWN, asyncio.Event())
            for pool in pools
        ]
        await patiently(works[0], ("rosters", TEAM.team), lambda state: publish(state, TEAM, at=NINE))

        async def who_has():
            found = await pools[0].fetch(f"select case_id, visit_agent from routing_v{version}.cases where node <> ''")
            return {row["case_id"]: row["visit_agent"] for row in found}

        await asyncio.gather(*(patiently(works[n % 2], ("cases", case), arrives(case)) for n, case in enumerate(CASES)))
        has = await who_has()
        assert Counter(has.values()) == {"ann": 3, "ben": 4, "cy": 5, "": 18}
        # What is done goes on to the next node, which the same people do: somebody else may get that, or what has waited.
        mine = [(case, agent) for case, agent in has.items() if agent]
        await asyncio.gather(*(patiently(works[n % 2], ("cases", case), does(agent)) for n, (case, agent) in enumerate(mine)))
        assert Counter((await who_has()).values()) == {"ann": 3, "ben": 4, "cy": 5, "": 18}


WAYS = {"assignment": {"strategy": "least_loaded"}}


@pytest.fixture(scope="module")
async def desk(postgres, tmp_path_factory):
    running = RunningService(SERVICE, StoreSettings(database_url=postgres.create_database("handing")))
    async with running.open():
        yield Desk(running, tmp_path_factory.mktemp("keys"))


async def test_a_team_s_load_is_shown_at_a_glance(desk):
    await desk.publish(COMPLAINT)
    written = {
        "schema": "roster/v1", "team": "customer_service", "version": 1, "name": {"en": "CS", "zh": "客服部"}, "timezone": "UTC",
        "people": [
            {"id": "mei", "roles": ["cs_agent"], "capacity": 1},
            {"id": "ill", "roles": ["cs_agent"], "capacity": 9, "absences": [{"from": "2000-01-01", "until": "2199-12-31"}]},
        ],
    }  # fmt: skip
    async with desk.client(Accept="application/json") as client:
        for key, more in {"first": {}, "second": {"version": 2} | WAYS}.items():
            answer = await client.post("/rosters", json={"roster": written | more}, headers={"Idempotency-Key": key})
            assert answer.status_code == 201, answer.text
        for case in ("h1", "h2"):
            await desk.case(case, "complaint-quality")
        for _ in range(50):  # the instance reads its roster, and then tells the cases
            load = (await client.get("/teams/customer_service")).json()
            if load["strategy"] and load["waiting"] < 2:
                break
            await asyncio.sleep(0.2)
        nobody = (await client.get("/teams/nobody")).json()
    mei, ill = load["people"]
    assert (load["strategy"], load["waiting"]) == ("least_loaded", 1)
    assert (mei["agent"], mei["visits"], mei["capacity"], mei["at_work"]) == ("mei", 1, 1, True)
    assert (ill["agent"], ill["visits"], ill["capacity"], ill["at_work"]) == ("ill", 0, 9, False)
    assert (nobody["people"], nobody["waiting"], nobody["strategy"]) == ([], 0, "")
    page = (await desk.page("/work?team=customer_service")).text
    assert "Who of customer_service has how much" in page and "1 of 1" in page and '<meter min="0" max="1" value="1"' in page
    assert "to who has least" in page and "Waits for somebody" in page
    assert "0 / 9" in (await desk.page("/work?team=customer_service", **{"Accept-Language": "zh"})).text
    assert "has how much" not in (await desk.page("/work?team=nobody")).text
    assert "has how much" not in (await desk.page("/work")).text
