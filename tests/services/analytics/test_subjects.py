"""Corrections and risks over HTTP: two instances on one PostgreSQL, with the log on which they say it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from libs.events.catalogue.references import PROCESS
from libs.events.log.envelope import fact_of
from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, Partition
from libs.events.testing.sample_standard import STANDARD
from libs.events.upkeep.rebuild import rebuild
from libs.events.words.event import Topic
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.keys import new_key
from libs.web.settings import WebSettings
from services.analytics.api import subject_routes
from services.analytics.requests import WORDS_MAX
from services.analytics.service import SERVICE

NUMBERS = count(1)
WHY, PLAN, WHAT = "Ottilie Quasten waited all June", "Mei Lin answers on Mondays, too", "nobody but Wei knows KX"
SECRETS = ("Quasten", "Mei Lin", "Wei knows")
CORRECTION = {"owner": "mei", "why": WHY, "figure": "response_timeliness", "process_id": STANDARD.process_id}
RISK = {"owner": "mei", "kind": "staffing", "level": "high", "what": WHAT}
KEYS = {"desk": (["quality:*"], ""), "wei's": (["quality:*"], "wei"), "lister": (["quality:read"], "")}


class Desk:
    """Two instances of analytics, and clients with keys."""

    def __init__(self, running: list[RunningService], clients: list[httpx.AsyncClient], keys: dict[str, str], url: str) -> None:
        self.running, self._clients, self._keys, self.url = running, clients, keys, url

    async def ask(self, method: str, path: str, who: str = "desk", at: int = 0, **options: Any) -> Any:
        headers = {"X-API-Key": self._keys[who], **options.pop("headers", {})}
        return await self._clients[at].request(method, path, headers=headers, **options)

    async def post(self, path: str, body: Any = None, key: str = "", who: str = "desk", at: int = 0, **headers: str) -> Any:
        given = {"Idempotency-Key": key or f"key {next(NUMBERS)}", **headers}
        return await self.ask("POST", path, who, at, headers=given, **({} if body is None else {"json": body}))

    async def get(self, path: str, who: str = "desk", at: int = 0, **options: Any) -> Any:
        return await self.ask("GET", path, who, at, **options)

    async def opened(self, **other: Any) -> str:
        answer = await self.post("/corrections", CORRECTION | other)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["correction_id"])

    async def registered(self, **other: Any) -> str:
        answer = await self.post("/risks", RISK | other)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["risk_id"])

    async def steps(self, path: str, *steps: tuple[str, Any]) -> Any:
        """Take steps one after the other, each at another instance than the one before; return the last answer."""
        for n, (verb, body) in enumerate(steps):
            answer = await self.post(f"{path}/{verb}", body, at=n % 2)
            assert answer.status_code == 200, answer.text
        return answer

    async def rows(self, view: str, id: str) -> list[Any]:
        """Return what analysts see of a subject in a view."""
        named = f"{view.removesuffix('s')}_id"
        found = await self.running[0].pool.fetch(f"select * from analytics.{view} where {named} = $1", id)
        return [dict(row) for row in found]

    async def said(self, *keys: str) -> list[Any]:
        """Return the facts of these subjects that stand on the log, once all that was said is there."""
        every = [Partition(Topic.QUALITY, number) for number in range(PARTITIONS[Topic.QUALITY])]
        log = open_log(self.url)
        try:
            async with asyncio.timeout(30):
                while any((await self.running[0].store.outbox.unsent(every)).values()):  # noqa: ASYNC110  a state, no signal
                    await asyncio.sleep(0.05)
            batches = await log.read(dict.fromkeys(every, 0), limit=5_000)
        finally:
            await log.close()
        facts = [fact_of(record.body) for batch in batches for record in batch.records]
        return sorted((one for one in facts if one.key in keys), key=lambda one: one.order)


PLANNED = {"plan": PLAN, "agent": "wei"}
WORKS, FAILS = ("verify", {"effective": True}), ("verify", {"effective": False})
START, DONE, CLOSE = ("start", PLANNED), ("done", None), ("close", None)


@pytest.fixture(scope="module")
async def desk(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    settings = StoreSettings(database_url=postgres.create_database("corrections"), lease_seconds=2.0)
    made = {name: new_key(name, scopes, person) for name, (scopes, person) in KEYS.items()}
    keys = tmp_path_factory.mktemp("keys") / "keys.yaml"
    keys.write_text(yaml.safe_dump([entry for _, entry in made.values()]))
    async with AsyncExitStack() as stack:
        instances, clients = [], []
        for _ in range(2):
            running = RunningService(SERVICE, settings)
            await stack.enter_async_context(running.open())
            running.known.put(PROCESS, STANDARD)
            app = app_of(running, "analytics", [subject_routes(running, "pepper")], WebSettings(keys_file=keys))
            transport = httpx.ASGITransport(app=app)
            clients.append(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")))
            instances.append(running)
        yield Desk(instances, clients, {name: plain for name, (plain, _) in made.items()}, settings.log_url)


async def test_a_correction_is_opened_and_both_instances_show_it(desk: Desk) -> None:
    answer = await desk.post("/corrections", CORRECTION)
    told = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/corrections/{told['correction_id']}")
    assert (answer.headers["ETag"], told["state"], told["owner"]) == ('"1"', "open", "mei")
    assert told["opened_at"] == told["open_since_at"] and told["why"].startswith("words:")
    for at in (0, 1):
        sheet = await desk.get(answer.headers["Location"], at=at)
        assert sheet.json() == told | {"words": {told["why"]: WHY}}
        assert sheet.headers["ETag"] == '"1"'
        [line] = [one for one in (await desk.get("/corrections?limit=200", at=at)).json()["items"] if one["why"] == told["why"]]
        assert line == told


async def test_what_is_asked_again_is_answered_again_by_either_instance(desk: Desk) -> None:
    for path, body, name in (("/corrections", CORRECTION, "correction_id"), ("/risks", RISK, "risk_id")):
        answers = [await desk.post(path, body, key=f"again {path}", at=at) for at in (0, 1, 0)]
        assert len({one.content for one in answers}) == 1 and {one.status_code for one in answers} == {201}
        assert [one.headers.get("Idempotent-Replayed") for one in answers] == [None, "true", "true"]
        other = await desk.post(path, body | {"owner": "wei"}, key=f"again {path}")
        assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
        assert [one.kind.name for one in await desk.said(answers[0].json()[name])] == [
            "correction.opened" if name == "correction_id" else "risk.registered"
        ]


async def test_a_correction_goes_on_until_it_works_and_is_closed(desk: Desk) -> None:
    path = f"/corrections/{await desk.opened()}"
    again = (await desk.steps(path, START, DONE, FAILS)).json()
    assert (again["state"], again["failed"], again["effective"], again["closed_at"]) == ("open", 1, False, None)
    assert again["open_since_at"] == again["verified_at"] and None not in (again["started_at"], again["done_at"])
    over = await desk.steps(path, START, DONE, WORKS, CLOSE)
    told = over.json()
    assert (told["state"], told["failed"], told["effective"], told["agent"]) == ("closed", 1, True, "wei")
    assert told["first_started_at"] == again["started_at"] and over.headers["ETag"] == '"8"'
    assert (await desk.get(path)).json()["words"] == {told["why"]: WHY, told["plan"]: PLAN}


@pytest.mark.parametrize(
    ("state", "steps", "refused", "code"),
    [
        ("open", (), (DONE, WORKS, CLOSE), "correction-open"),
        ("started", (START,), (START, FAILS, CLOSE), "correction-started"),
        ("done", (START, DONE), (START, DONE, CLOSE), "correction-done"),
        ("open", (START, DONE, FAILS), (DONE, WORKS, CLOSE), "correction-open"),
        ("verified", (START, DONE, WORKS), (START, DONE, FAILS), "correction-verified"),
        ("closed", (START, DONE, WORKS, CLOSE), (START, DONE, WORKS, CLOSE), "correction-closed"),
    ],
)
async def test_what_comes_in_the_wrong_order_is_refused_and_changes_nothing(
    desk: Desk, state: str, steps: Any, refused: Any, code: str
) -> None:
    path = f"/corrections/{await desk.opened()}"
    if steps:
        await desk.steps(path, *steps)
    before = await desk.get(path)
    assert before.json()["state"] == state
    for verb, body in refused:
        no = await desk.post(f"{path}/{verb}", body)
        assert (no.status_code, no.json()["type"]) == (409, f"/problems/{code}"), no.text
        assert ";" in no.json()["detail"], "what to do stands behind what is wrong"
    after = await desk.get(path)
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])


async def test_a_risk_is_assessed_and_checked_until_it_is_closed(desk: Desk) -> None:
    risk = await desk.registered()
    path = f"/risks/{risk}"
    for at in (0, 1):
        assert (await desk.get(path, at=at)).json()["words"] == {(await desk.get(path)).json()["what"]: WHAT}
    told = (await desk.steps(path, ("check", {"agent": "wei"}), ("assess", {"level": "low"}), ("check", {}), CLOSE)).json()
    assert (told["state"], told["level"], told["assessments"], told["checks"], told["checked_by"]) == ("closed", "low", 2, 2, "")
    assert None not in (told["registered_at"], told["assessed_at"], told["checked_at"], told["closed_at"])
    for verb, body in (("check", {}), ("assess", {"level": "high"}), CLOSE):
        no = await desk.post(f"{path}/{verb}", body)
        assert (no.status_code, no.json()["type"]) == (409, "/problems/risk-closed")


async def test_of_two_at_once_one_begins_the_work(desk: Desk) -> None:
    path = f"/corrections/{await desk.opened()}/start"
    answers = await asyncio.gather(*(desk.post(path, PLANNED, at=n % 2) for n in range(8)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7


async def test_a_version_that_somebody_else_has_changed_is_not_changed_again(desk: Desk) -> None:
    path = f"/corrections/{await desk.opened()}"
    await desk.steps(path, START)
    late = await desk.post(f"{path}/done", **{"If-Match": '"1"'})
    assert (late.status_code, late.json()["type"]) == (412, "/problems/version-mismatch")
    assert (await desk.post(f"{path}/done", **{"If-Match": '"2"'})).status_code == 200


@pytest.mark.parametrize("path", ["/corrections", "/risks"])
async def test_what_is_not_there_is_told_and_one_kind_is_not_the_other(desk: Desk, path: str) -> None:
    of_the_other = await (desk.registered() if path == "/corrections" else desk.opened())
    code = f"/problems/unknown-{path.strip('/').removesuffix('s')}"
    verbs = ("start", "done", "verify", "close") if path == "/corrections" else ("assess", "check", "close")
    bodies = {"start": PLANNED, "verify": {"effective": True}, "assess": {"level": "low"}, "check": {}}
    for id in ("nobody", of_the_other):
        answers = [await desk.post(f"{path}/{id}/{verb}", bodies.get(verb)) for verb in verbs]
        answers += [await desk.get(f"{path}/{id}"), await desk.ask("DELETE", f"{path}/{id}/personal")]
        assert {(one.status_code, one.json()["type"]) for one in answers} == {(404, code)}
    rows = (await desk.get(f"{path}?limit=200")).json()["items"]
    assert of_the_other not in {one[name] for one in rows for name in one if name.endswith("_id")}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/corrections", CORRECTION | {"why": "x" * (WORDS_MAX + 1)}),
        ("/corrections", CORRECTION | {"why": "  "}),
        ("/corrections", CORRECTION | {"owner": ""}),
        ("/corrections", CORRECTION | {"owner": "x" * 201}),
        ("/corrections", CORRECTION | {"figure": "response_timelines"}),
        ("/corrections", CORRECTION | {"process_id": "no-such-process"}),
        ("/corrections", CORRECTION | {"due_at": "2099-01-01T00:00:00Z"}),
        ("/risks", RISK | {"what": "x" * (WORDS_MAX + 1)}),
        ("/risks", RISK | {"level": "extreme"}),
        ("/risks", {name: value for name, value in RISK.items() if name != "kind"}),
    ],
)
async def test_what_does_not_fit_is_refused(desk: Desk, path: str, body: Any) -> None:
    no = await desk.post(path, body)
    assert no.status_code == 422 and no.json()["type"] in ("/problems/invalid-request", "/problems/unknown-value"), no.text
    assert not any(word in no.text for word in SECRETS)
    longest = await desk.post("/risks", RISK | {"what": "x" * WORDS_MAX, "owner": "x" * 200})
    assert longest.status_code == 201


async def test_nobody_acts_in_another_s_name(desk: Desk) -> None:
    path = f"/corrections/{await desk.opened()}"
    no = await desk.post(f"{path}/start", {"plan": PLAN, "agent": "mei"}, who="wei's")
    assert (no.status_code, no.json()["type"]) == (403, "/problems/not-yourself")
    assert (await desk.post(f"{path}/start", {"plan": PLAN}, who="wei's")).json()["agent"] == "wei"
    [*_, begun] = await desk.said(path.rsplit("/", 1)[-1])
    assert (begun.actor, begun.data.agent) == ("wei", "wei")


async def test_lists_are_in_order_have_pages_and_are_narrowed(desk: Desk) -> None:
    mine = {"owner": f"lister {next(NUMBERS)}"}
    first, second, third = [await desk.opened(**mine, **one) for one in ({"figure": ""}, {"process_id": ""}, {})]
    await desk.steps(f"/corrections/{second}", START)
    risks = [await desk.registered(**mine, kind=kind, level=level) for kind, level in (("a", "low"), ("b", "high"))]

    async def found(path: str, **asked: str) -> list[str]:
        answer = await desk.get(path, who="lister", params=mine | asked)
        assert answer.status_code == 200, answer.text
        return [one.get("correction_id") or one["risk_id"] for one in answer.json()["items"]]

    assert await found("/corrections") == [first, second, third]
    assert await found("/corrections", state="started") == [second]
    assert await found("/corrections", figure="response_timeliness") == [second, third]
    assert await found("/corrections", process=STANDARD.process_id) == [first, third]
    assert await found("/corrections", until="2020-01-01T00:00:00Z") == []
    assert await found("/corrections", since="2020-01-01T00:00:00Z") == [first, second, third]
    assert (await found("/risks"), await found("/risks", level="high"), await found("/risks", kind="a")) == (
        risks, risks[1:], risks[:1],
    )  # fmt: skip
    page = (await desk.get("/corrections", params=mine | {"limit": "2"})).json()
    assert [one["correction_id"] for one in page["items"]] == [first, second]
    rest = (await desk.get("/corrections", params=mine | {"limit": "2", "cursor": page["next"]})).json()
    assert ([one["correction_id"] for one in rest["items"]], rest["next"]) == ([third], None)
    refused = await desk.get(f"/corrections/{first}", who="lister")
    assert refused.status_code == 403 and "quality:personal" in refused.text


async def test_the_log_has_references_where_people_wrote(desk: Desk) -> None:
    correction, risk = await desk.opened(), await desk.registered()
    await desk.steps(f"/corrections/{correction}", START, DONE, WORKS, CLOSE)
    await desk.steps(f"/risks/{risk}", ("assess", {"level": "medium"}), ("check", {"agent": "wei"}), CLOSE)
    facts = await desk.said(correction, risk)
    assert [one.kind.wire for one in facts if one.key == correction] == [
        f"correction.{what}.v1" for what in ("opened", "started", "done", "verified", "closed")
    ]
    assert [one.kind.wire for one in facts if one.key == risk] == [
        f"risk.{what}.v1" for what in ("registered", "assessed", "checked", "closed")
    ]
    assert {(one.kind.topic, one.source, one.actor, one.origin) for one in facts} == {("quality", "analytics", "desk", "live")}
    said = {one.kind.name: one.data for one in facts}
    references = [said["correction.opened"].why, said["correction.started"].plan, said["risk.registered"].what]
    assert all(one.startswith("words:") for one in references) and len(set(references)) == 3
    assert (said["correction.opened"].figure, said["risk.assessed"].level) == ("response_timeliness", "medium")
    written = msgspec.json.encode([one.data for one in facts]).decode()
    assert not any(word in written for word in SECRETS)
    assert not any(word in msgspec.json.encode(one.actor).decode() for one in facts for word in SECRETS)


async def test_the_same_words_of_another_correction_are_another_reference(desk: Desk) -> None:
    one, other = [(await desk.get(f"/corrections/{await desk.opened()}")).json() for _ in range(2)]
    assert one["why"] != other["why"] and one["words"][one["why"]] == other["words"][other["why"]] == WHY


async def test_what_people_wrote_is_forgotten_and_nothing_else(desk: Desk) -> None:
    correction, risk, kept = await desk.opened(), await desk.registered(), await desk.opened()
    await desk.steps(f"/corrections/{correction}", START)
    for path, many in ((f"/corrections/{correction}", 2), (f"/risks/{risk}", 1)):
        before = (await desk.get(path)).json()
        assert len(before.pop("words")) == many
        for words in (many, 0):
            erased = await desk.ask("DELETE", f"{path}/personal")
            assert (erased.status_code, erased.json()) == (200, {"words": words})
        assert (await desk.get(path)).json() == before | {"words": {}}
        words = await desk.running[0].pool.fetch("select words from analytics_core.words where case_id = $1", path.split("/")[-1])
        assert words == []
    assert len((await desk.get(f"/corrections/{kept}")).json()["words"]) == 1


async def test_who_reads_what_people_wrote_is_written_down(desk: Desk) -> None:
    correction = await desk.opened()
    await desk.get(f"/corrections/{correction}", who="wei's")
    await desk.get("/corrections")
    rows = await desk.running[0].pool.fetch("select * from analytics_core.reads where case_id = $1", correction)
    lines = [(row["client"], row["person"], row["what"], row["why"]) for row in rows]
    assert lines == [("wei's", "wei", "get_correction", "scope")]


async def test_the_views_have_a_row_for_each_and_tables_made_from_the_log_are_the_same(desk: Desk) -> None:
    correction, risk = await desk.opened(), await desk.registered()
    await desk.steps(f"/corrections/{correction}", START, DONE, FAILS, START)
    await desk.steps(f"/risks/{risk}", ("check", {"agent": "wei"}))
    [one], none = await desk.rows("corrections", correction), await desk.rows("risks", correction)
    assert (one["state"], one["failed"], one["effective"], none) == ("started", 1, False, [])
    [one], none = await desk.rows("risks", risk), await desk.rows("corrections", risk)
    assert (one["state"], one["checks"], one["checked_by"], none) == ("open", 1, "wei", [])
    await desk.said(correction)
    log = open_log(desk.url)
    try:
        compared = {one.name.rpartition(".")[2]: one for one in await rebuild(desk.url, SERVICE, log)}
    finally:
        await log.close()
    assert [name for name, one in compared.items() if not one.is_equal] == []
    assert compared["corrections"].rebuilt[0] > 1 and compared["risks"].rebuilt[0] > 1
