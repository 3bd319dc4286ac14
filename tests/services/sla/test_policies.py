"""Policies over HTTP: published once in a version, read back, and never for cases that are here already."""

import httpx
import pytest

from libs.events.catalogue.references import PROCESS
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla import service
from tests.services.sla.samples import standard, target

GOLD = {"id": "gold", "when": {"channel": "phone"}, "then": {"clock": "response", "limit": "2wh"}}
OWN = {"id": "ours", "then": {"clock": "judged", "limit": "4h", "node": "n4"}}
WRITTEN = {"process": "p", "version": 1, "rules": [GOLD, OWN]}


NEWEST = "2025-06-02T01:00:00+00:00"


@pytest.fixture
async def http(database_url, monkeypatch):
    """sla with a published process, of which a case came."""
    found = []
    monkeypatch.setattr(service, "RunningService", lambda *given: found.append(RunningService(*given)) or found[0])
    made = service.app(StoreSettings(database_url=database_url), WebSettings())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1")
    async with made.router.lifespan_context(made), client:
        found[0].known.put(PROCESS, standard(target("3wd")))
        await found[0].pool.execute(f"insert into sla.cases (case_id, process_id, registered_at) values ('c', 'p', '{NEWEST}')")
        yield client


async def post(http, body, key):
    return await http.post("/policies", json={"policy": body}, headers={"Idempotency-Key": key})


def code(answer):
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_a_version_is_published_once_and_read_back(http):
    first, again = await post(http, WRITTEN, "one"), await post(http, WRITTEN, "two")
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json() and "position" not in again.headers
    told = first.json()
    assert [one["id"] for one in told["rules"]] == ["gold", "ours"]
    assert told["rules"][1]["then"]["adds"]["start"] == "entered:n4"
    seen = {"Position": first.headers["position"]}
    assert (await http.get("/policies/p/versions/1", headers=seen)).json() == told
    sheet = (await http.get("/policies/p", headers=seen)).json()
    assert sheet["policy"] == told and sheet["use"]["in_force"] == 1
    (line,) = (await http.get("/policies", headers=seen)).json()["items"]
    assert line == sheet["use"] and (line["process"], line["rules"], line["versions"]) == ("p", 2, [1])
    assert code(await post(http, WRITTEN | {"rules": [OWN]}, "other")) == (409, "version-published")
    assert code(await http.get("/policies/p/versions/9")) == (404, "unknown-policy")


@pytest.mark.parametrize("early", [NEWEST, "2025-06-02T08:59:00+08:00"])
async def test_no_policy_begins_before_the_newest_case(http, early):
    refused = await post(http, WRITTEN | {"valid_from": early}, "early")
    assert code(refused) == (409, "policy-too-early") and "leave it out" in refused.json()["detail"]
    after = await post(http, WRITTEN | {"valid_from": "2025-06-02T01:00:00.000001Z"}, "after")
    assert after.status_code == 201, "an instant later it may"
    ahead = await post(http, WRITTEN | {"version": 2, "valid_from": "2999-01-01T00:00:00Z"}, "ahead")
    use = (await http.get("/policies/p", headers={"Position": ahead.headers["position"]})).json()["use"]
    assert (use["version"], use["in_force"]) == (2, 1)


@pytest.mark.parametrize(("body", "says"), [({}, "a policy must be"), (WRITTEN | {"process": "q"}, "is not published here")])
async def test_what_is_refused(http, body, says):
    answer = await post(http, body, "refused")
    assert code(answer) == (422, "bad-policy") and says in answer.json()["detail"]
    assert code(await http.get("/policies/nobody")) == (404, "unknown-policy")
