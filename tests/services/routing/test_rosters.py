"""Rosters over HTTP: published version by version, read back as written, shown with what people have in hand."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from services.routing.domain.people.faults import unknown_roles
from services.routing.domain.people.reading import roster_of
from services.routing.service import SERVICE
from tests.services.routing.domain.people.samples import WRITTEN, with_person
from tests.services.routing.pages.conftest import HOSTILE, Desk
from tests.services.routing.samples import COMPLAINT

HOURS = {"mon": ["09:00-12:00", "13:00-18:00"], "tue": ["18:00-24:00"]}
SHOWN = WRITTEN | {"people": [WRITTEN["people"][0] | {"hours": HOURS}, WRITTEN["people"][1]]}
del SHOWN["hours"]
NEXT = WRITTEN | {"version": 2, "people": WRITTEN["people"][:1]}


@pytest.fixture(scope="module")
async def desk(postgres, tmp_path_factory):
    running = RunningService(SERVICE, StoreSettings(database_url=postgres.create_database("rosters")))
    async with running.open():
        yield Desk(running, tmp_path_factory.mktemp("keys"))


async def post(desk, document, key):
    async with desk.client(Accept="application/json", **{"Idempotency-Key": key}) as client:
        return await client.post("/rosters", json={"roster": document})


async def get(desk, path, **headers):
    async with desk.client(Accept="application/json", **headers) as client:
        return await client.get(path)


@pytest.fixture(scope="module")
async def published(desk):
    return [await post(desk, one, key) for key, one in {"first": WRITTEN, "again": WRITTEN, "next": NEXT}.items()]


async def test_a_version_is_published_once(desk, published):
    first, again, _ = published
    assert [one.status_code for one in published] == [201] * 3
    told = {"team": "quality", "version": 1, "roster": SHOWN}
    assert first.json() == again.json() == told | {"warnings": unknown_roles(roster_of(WRITTEN), ())}
    assert ["position" in one.headers for one in published] == [True, False, True]
    assert [one.headers["etag"] for one in published] == ['"1"', '"1"', '"2"']
    repeated = await post(desk, WRITTEN, "first")
    assert (repeated.content, repeated.headers["position"]) == (first.content, first.headers["position"])


async def test_the_newest_holds_and_the_others_can_be_read(desk, published):
    newest = await get(desk, "/rosters/quality", Position=published[2].headers["position"])
    assert (newest.json()["version"], newest.headers["etag"]) == (2, '"2"')
    assert (await get(desk, "/rosters/quality", **{"If-None-Match": '"2"'})).status_code == 304
    assert (await get(desk, "/rosters/quality/versions/1")).json() == {"team": "quality", "version": 1, "roster": SHOWN}
    (line,) = [one for one in (await get(desk, "/rosters")).json()["items"] if one["team"] == "quality"]
    assert line.pop("published_at") and line == {
        "team": "quality", "version": 2, "name_en": "Quality", "name_zh": "质量部", "people": 1, "capacity": 4,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/rosters/nobody", "/rosters/quality/versions/3", "/rosters/nobody/versions/1"])
async def test_what_is_not_there_is_refused(desk, published, path):
    gone = await get(desk, path)
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/unknown-roster")


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        (with_person(deputy="x"), 422, "broken-roster"),
        (with_person(capacity=9), 409, "version-published"),
        (WRITTEN | {"version": 4}, 409, "version-not-next"),
    ],
)
async def test_what_may_not_be_published_is_refused_and_changes_nothing(desk, published, document, status, code):
    refused = await post(desk, document, code)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{code}")
    assert (await get(desk, "/rosters/quality")).json()["version"] == 2


async def test_the_page_says_who_has_how_much_in_hand(desk, published):
    await desk.publish(COMPLAINT)
    await post(desk, WRITTEN | {"team": "front", "people": [{"id": "mei", "roles": ["cs_agent"], "capacity": 1}]}, "front")
    for case in ("r1", "r2"):
        await desk.case(case, "complaint-quality")
        async with desk.client(Accept="application/json", **{"Idempotency-Key": case}) as client:
            assert (await client.post(f"/cases/{case}/nodes/n1/start", json={"agent": "mei"})).status_code == 200
    page = (await desk.page("/rosters/front")).text
    assert re.search(r'class="broken">2 of 1<', page) and "CS agent" in page and 'href="/work?agent=mei"' in page
    assert "Mon 09:00-12:00, 13:00-18:00" in page
    quality = (await desk.page("/rosters/quality", **{"Accept-Language": "zh"})).text
    assert "0 / 4" in quality and "质量工程师" in quality and "broken" not in quality
    assert re.findall(r'href="/rosters/(\w+)"', (await desk.page("/rosters")).text) == ["front", "quality"]


async def test_a_role_that_no_standard_knows_is_warned_of_and_published(desk, published):
    await desk.publish(COMPLAINT)
    people = [{"id": "mei", "roles": ["cs_agent", "quality_enginer"], "capacity": 1}]
    answer = await post(desk, WRITTEN | {"team": "mistyped", "people": people}, "mistyped")
    assert answer.status_code == 201
    (warning,) = answer.json()["warnings"]
    assert warning == "No published standard names the role `quality_enginer` of `mei`; did you mean `quality_engineer`?"
    page = unescape((await desk.page("/rosters/mistyped")).text)
    assert warning in page and "cs_agent`" not in page


async def test_hostile_names_change_nothing(desk):
    team = HOSTILE[:100].replace("/", "-")
    strange = {"team": team, "name": {"en": HOSTILE, "zh": HOSTILE}}
    person = {"id": HOSTILE[:90], "roles": [HOSTILE[:90]], "skills": [HOSTILE[:90]], "capacity": 1}
    answer = await post(desk, WRITTEN | strange | {"version": 1, "people": [person]}, "strange")
    assert answer.status_code == 201, answer.text
    for path in ("/rosters", f"/rosters/{quote(team, safe='')}"):
        page = await desk.page(path)
        assert page.status_code == 200 and "alert(1)" in page.text, path
        assert "<script>alert" not in page.text and HOSTILE[:90] not in page.text, path
