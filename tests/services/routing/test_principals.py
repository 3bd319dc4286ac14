"""Who acts over HTTP: a person's key acts as the person and as nobody else; a system's key names the agents that use it."""

import json
from itertools import count

import pytest

from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.pages.sessions import COOKIE
from services.routing.service import SERVICE
from tests.services.routing.pages.conftest import Desk
from tests.services.routing.samples import COMPLAINT

PEOPLE = [("wei's phone", "wei"), ("wei's desk", "wei"), ("mei's", "mei")]
NUMBERS = count(1)


@pytest.fixture(scope="module")
async def desk(postgres, tmp_path_factory):
    running = RunningService(SERVICE, StoreSettings(database_url=postgres.create_database("principals")))
    async with running.open():
        desk = Desk(running, tmp_path_factory.mktemp("keys"), PEOPLE)
        await desk.publish(COMPLAINT)
        yield desk


@pytest.fixture
async def case(desk):
    name = f"p{next(NUMBERS)}"
    await desk.case(name, "complaint-quality")
    return name


async def ask(desk, key, case, verb, **body):
    headers = {"Accept": "application/json", "Idempotency-Key": str(next(NUMBERS))}
    async with desk.client(key, **headers) as client:
        return await client.post(f"/cases/{case}/{verb}", json=body)


async def actors(desk, case, *types):
    """Return who said facts of these types about a case."""
    async with desk.running.store.transaction() as transaction:
        found = await transaction.facts([("cases", case)], types)
    return {json.loads(fact)["actor"] for facts in found.values() for fact in facts if b"actor" in fact}


DOING = {
    "nodes/n1/start": {},
    "nodes/n1/note": {"note": "it rings"},
    "nodes/n1/complete": {"outputs": ["complaint_register"]},
    "resolve": {"outcome": "rejected", "reason": "not ours"},
}
GIVING = {"assign": {"team": "quality"}, "nodes/n1/handover": {"reason": "knows more"}}


@pytest.mark.parametrize("verb", DOING)
@pytest.mark.parametrize(
    ("key", "named", "agent", "actor"),
    [
        ("wei's phone", "", "wei", "wei"),
        ("wei's desk", "wei", "wei", "wei"),
        ("wei's desk", "mei", None, None),
        ("writer", "mei", "mei", "writer"),
    ],
)
async def test_who_does_it_is_the_person_of_the_key(desk, case, verb, key, named, agent, actor):
    if verb.endswith("complete"):
        begun = await ask(desk, "writer", case, "nodes/n1/start", agent=agent or "wei")
        assert begun.status_code == 200, begun.text
    done = await ask(desk, key, case, verb, agent=named, **DOING[verb])
    if agent is None:
        assert (done.status_code, done.json()["type"]) == (403, "/problems/not-yourself"), done.text
        return
    assert done.status_code == 200, done.text
    said = [one for one in done.json()["said"] if "agent" in one["data"]]
    assert said and {one["data"]["agent"] for one in said} == {agent}
    assert await actors(desk, case, *{one["type"] for one in said}) == {actor}


@pytest.mark.parametrize("verb", GIVING)
async def test_a_person_gives_work_to_others(desk, case, verb):
    given = await ask(desk, "wei's desk", case, verb, agent="mei", **GIVING[verb])
    assert given.status_code == 200 and given.json()["said"][0]["data"]["agent"] == "mei", given.text


async def test_two_keys_of_one_person_are_one_person(desk, case):
    assert (await ask(desk, "wei's phone", case, "nodes/n1/start")).status_code == 200
    again = await ask(desk, "wei's desk", case, "nodes/n1/start")
    assert (again.status_code, again.json()["said"]) == (200, [])
    other = await ask(desk, "mei's", case, "nodes/n1/start")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/visit-taken")


async def test_a_session_of_a_person_acts_as_the_person(desk, case):
    origin = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1"}
    async with desk.client("writer", Authorization="", **origin) as client:
        signed = await client.post("/sign-in", data={"key": desk.keys["wei's desk"]})
        assert signed.status_code == 303 and COOKIE in client.cookies
        page = (await client.get(f"/cases/{case}")).text
        assert 'name="agent"' not in page.split('action="/cases/' + case + '/forms/start"')[1].split("</form>")[0]
        form = {"key": "k", "version": "1", "node": "n1"}
        refused = await client.post(f"/cases/{case}/forms/start", data=form | {"agent": "mei"})
        assert refused.status_code == 403
        assert (await client.post(f"/cases/{case}/forms/start", data=form)).status_code == 303
    assert (await desk.json(f"/cases/{case}"))["visit_agent"] == "wei"
