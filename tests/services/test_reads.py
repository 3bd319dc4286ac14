"""What is personal is shown to those who serve the case, and each time a line is written first: four services as they run."""

import asyncio
import hashlib
import re
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import asyncpg
import httpx
import pytest
import yaml
from fastapi.dependencies.models import Dependant

from libs.events.store.values import Changes
from libs.service import reads
from libs.service.personal import Personal
from libs.web.access import Scoped
from libs.web.keys import new_key
from libs.web.pages.negotiation import PageRoute
from services.__main__ import app_of
from services.survey.domain.comment import comment_row
from services.survey.tables import SurveyRow
from tests.safety.asking import app, operations
from tests.safety.scopes import SCOPES
from tests.services.routing.samples import page

NUMBERS = count(1)
SERVICES = Path(__file__).parents[2] / "services"
NAME, SUBJECT, NOTE, FILE, COMMENT = "Ottilie Quastenflosser", "the parrot smokes", "she whispers", "ottilie.txt", "far too slow"
WORDS = (NAME, SUBJECT, NOTE, FILE, COMMENT, "Quasten", "parrot")
SHA = hashlib.sha256(b"of a test").hexdigest()
AT = "2026-03-02T12:00:00Z"
SURVEY = "00000000-0000-4000-8000-000000000001"

HTML, JSON = "text/html", "application/json"
TEAMS = {"customer_service": {"ann": "cs_agent"}, "tech_support": {"zoe": "tech_support", "sue": "cs_supervisor"}}
PERSONAL = ["cases:read", "cases:write", "cases:personal", "surveys:read", "surveys:personal", "quality:personal"]
KEYS = {"system": (["*"], ""), "lister": (["cases:read", "surveys:read"], ""), "auditor": (["reads:read"], "")}
KEYS |= {f"{who}'s": (PERSONAL, who) for people in TEAMS.values() for who in people}

READING = {
    "intake.get_case": ("/cases/{case}", JSON),
    "intake.get_records": ("/cases/{case}/records", JSON),
    "intake.get_attachments": ("/cases/{case}/attachments", JSON),
    "intake.get_attachment": ("/cases/{case}/attachments/" + SHA, JSON),
    "intake.get_dossier": ("/cases/{case}/dossier", JSON),
    "intake.get_dossier_zip": ("/cases/{case}/dossier.zip", JSON),
    "routing.get_words": ("/cases/{case}/words", JSON),
    "routing.get_notes": ("/cases/{case}/notes", JSON),
    "survey.get_survey": ("/surveys/" + SURVEY, JSON),
    "analytics.get_correction": ("/corrections/{correction}", JSON),
    "analytics.get_risk": ("/risks/{risk}", JSON),
}
"""Every operation that shows what is personal, and how it is asked for."""

PAGES = {
    "intake.get_case_page": ("/cases/{case}", HTML),
    "intake.get_dossier_page": ("/cases/{case}/dossier", HTML),
}
"""Every page that is for those who serve the case and for nobody else."""

IN_PART = {
    "intake.get_cases_page": ("/cases", HTML),
    "routing.get_case_page": ("/cases/{case}", HTML),
    "survey.get_survey_page": ("/surveys/" + SURVEY, HTML),
    "survey.get_surveys_page": ("/surveys", HTML),
}
"""Pages that others see, too, without what is personal."""

ALL = READING | PAGES | IN_PART
UNSERVED = {name for name in ALL if name.startswith(("survey.", "analytics."))}
"""What customers wrote to us about our work, and what we wrote about it, has a scope of its own: nobody has to serve a case."""


class Desk:
    """Four services in this process over one PostgreSQL; `subjects` are a correction and a risk."""

    def __init__(self, apps, clients, keys, pool):
        self.apps, self._clients, self._keys, self.pool = apps, clients, keys, pool
        self.subjects = {}

    async def ask(self, who, service, path, accept=JSON, method="GET", **options):
        headers = {"Accept": accept, "X-API-Key": self._keys[who], **options.pop("headers", {})}
        return await self._clients[service].request(method, path, headers=headers, **options)

    async def post(self, service, path, body=None, who="system", **options):
        headers = {"Idempotency-Key": str(next(NUMBERS)), **options.pop("headers", {})}
        answer = await self.ask(who, service, path, method="POST", headers=headers, **({"json": body or {}} | options))
        assert answer.status_code in (200, 201), answer.text
        return answer

    async def eventually(self, what, holds):
        async with asyncio.timeout(30):
            while not await holds():  # noqa: ASYNC110  a state, no signal
                await asyncio.sleep(0.02)

    async def lines(self, service):
        rows = await self.pool.fetch(f"select * from {service}_core.reads order by read_at, read_id")
        return [SimpleNamespace(**row) for row in rows]

    def path(self, name, case):
        return ALL[name][0].format(case=case, **self.subjects)

    def about(self, name, case):
        """Return what is read: the case, or the correction or risk."""
        return self.subjects.get(name.removeprefix("analytics.get_"), case)

    async def read(self, name, who, case):
        """Ask for something by its name; return the answer and the lines that were written meanwhile."""
        service, before = name.partition(".")[0], await self.lines(name.partition(".")[0])
        answer = await self.ask(who, service, self.path(name, case), ALL[name][1])
        return answer, (await self.lines(service))[len(before) :]


@pytest.fixture(scope="module")
async def desk(postgres, tmp_path_factory):
    folder, url = tmp_path_factory.mktemp("reads"), postgres.create_database("reads")
    made = {name: new_key(name, scopes, person) for name, (scopes, person) in KEYS.items()}
    (folder / "keys.yaml").write_text(yaml.safe_dump([entry for _, entry in made.values()]))
    settings = {
        "LOOPDESK_DATABASE_URL": url,
        "LOOPDESK_SURVEY_SECRET": "secret",
        "LOOPDESK_KEYS_FILE": str(folder / "keys.yaml"),
        "LOOPDESK_ATTACHMENTS": str(folder / "attachments"),
        "LOOPDESK_READS_DAYS": "30",
    }
    async with AsyncExitStack() as stack:
        with patch.dict("os.environ", settings):
            apps = {name: app_of(name)[0] for name in ("intake", "routing", "survey", "analytics")}
        clients = {}
        for name, one in apps.items():
            await stack.enter_async_context(one.router.lifespan_context(one))
            transport = httpx.ASGITransport(app=one, raise_app_exceptions=False)
            clients[name] = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"))
        pool = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=2))
        desk = Desk(apps, clients, {name: plain for name, (plain, _) in made.items()}, pool)
        await publish(desk)
        yield desk


async def publish(desk):
    standard = page("inbound-call") | {"id": "served"}
    del standard["calendar"]  # no sla runs here that could publish one
    for node in standard["nodes"]:
        node["limit"] = "24h"
    await desk.post("routing", "/processes", {"standard": standard})
    await desk.post("routing", "/processes/served/versions/1/publish")
    for team, people in TEAMS.items():
        listed = [{"id": who, "roles": [role], "capacity": 1} for who, role in people.items()]
        about = {"schema": "roster/v1", "team": team, "version": 1, "name": {"en": team, "zh": team}, "timezone": "UTC"}
        await desk.post("routing", "/rosters", {"roster": about | {"people": listed}})
    knowing = [one.state.audit._running.known for one in desk.apps.values()]

    async def known():
        return all({"customer_service", "tech_support"} <= set(one.ids(reads.ROSTER)) for one in knowing)

    await desk.eventually("rosters", known)


async def arrived(desk, **fields):
    """Let a case come; return it when it is with its team, and everybody knows that."""
    body = {
        "channel": "phone",
        "process_id": "served",
        "subject": SUBJECT,
        "customer": {"name": NAME, "id": "K-1"},
        "fields": fields,
    }
    case = (await desk.post("intake", "/cases", body)).json()["case_id"]

    async def served():
        return await desk.pool.fetchval("select count(*) from intake.serving where case_id = $1", case)

    await desk.eventually("serving", served)
    return case


@pytest.fixture(scope="module")
async def case(desk):
    """A case with something personal in every place, which customer_service has."""
    case = await arrived(desk)
    note = {"direction": "inbound", "channel": "phone", "purpose": "info", "note": NOTE}
    await desk.post("intake", f"/cases/{case}/contacts", note)
    await desk.post("intake", f"/cases/{case}/attachments", files={"file": (FILE, b"of a test")}, json=None)
    await desk.post("routing", f"/cases/{case}/nodes/n1/start", {"agent": "ann"})
    await desk.post("routing", f"/cases/{case}/nodes/n1/note", {"kind": "help", "note": f"{NAME}: {NOTE}", "agent": "ann"})
    running = desk.apps["survey"].state.audit._running
    changes = Changes(private=[comment_row(case, SURVEY, COMMENT, at=running.now())])
    changes.upserts.append(survey_row(case, running.now()))
    async with running.store.transaction() as transaction:
        await transaction.change(changes)
    correction = await desk.post("analytics", "/corrections", {"owner": "sue", "why": f"{NAME}: {NOTE}"})
    risk = await desk.post("analytics", "/risks", {"owner": "sue", "kind": "staffing", "level": "low", "what": NOTE})
    desk.subjects = {"correction": correction.json()["correction_id"], "risk": risk.json()["risk_id"]}
    return case


def survey_row(case, at):
    none = dict.fromkeys(("expires_at", "answered_at", "first_answered_at", "overall"))
    words = dict.fromkeys(("agent", "team", "end_reason"), "")
    told = {"status": "answered", "channel": "web", "sent_at": at, "answers": 1, "scores": {}, "commented": True}
    return SurveyRow(
        case_id=case, survey_id=SURVEY, process_id="served", process_version=1, origin="live", **told, **none, **words
    ).row


def calls(dependant: Dependant):
    yield dependant.call
    for one in dependant.dependencies:
        yield from calls(one)


def test_no_operation_and_no_page_that_shows_what_is_personal_is_forgotten():
    assert READING.keys() == SCOPES["cases:personal"] | SCOPES["surveys:personal"] | SCOPES["quality:personal"]
    assert {one.name for one in operations() if one.told["operationId"].endswith("_page")} == set()
    asking = {
        (f"{service}.{route.name}", isinstance(route, PageRoute), isinstance(call, Personal))
        for service in ("intake", "routing", "sla", "survey", "analytics")
        for route in app(service).routes
        if getattr(route, "dependant", None) is not None
        for call in calls(route.dependant)
        if isinstance(call, Scoped) and call.scope.endswith(":personal")
    }
    assert {name for name, is_page, _ in asking if not is_page} == READING.keys()
    assert {name for name, is_page, _ in asking if is_page} == PAGES.keys()
    # A survey is found before its case is known, and a correction is about no case, so these write their lines themselves.
    assert {name for name, _, is_ours in asking if not is_ours} == {name for name in READING if name in UNSERVED}


def test_no_module_asks_for_the_scope_alone_and_shows_something():
    found = {str(path.relative_to(SERVICES)): path.read_text("utf-8") for path in SERVICES.rglob("*.py")}
    may = {path for path, text in found.items() if re.search(r"\.may\((PERSONAL|\"\w+:personal\")\)", text)}
    leading = {"intake/pages/registering.py", "intake/pages/asking.py"}  # to the page of a case, which asks who serves it
    assert leading <= may and {path for path in may if "await note(request, client" not in found[path]} == leading


@pytest.mark.parametrize(
    ("who", "person", "why"), [("ann's", "ann", "serves"), ("sue's", "sue", "serves"), ("system", "", "scope")]
)
@pytest.mark.parametrize("name", ALL)
async def test_who_serves_the_case_reads_it_and_one_line_says_so(desk, case, name, who, person, why):
    answer, written = await desk.read(name, who, case)
    assert answer.status_code == 200, answer.text
    [line] = written
    what = (name.partition(".")[2], "scope" if name in UNSERVED else why)
    assert (line.client, line.person, line.case_id, line.what, line.why) == (who, person, desk.about(name, case), *what)
    said = answer.content.decode("utf-8", "replace")
    assert any(word in said for word in (*WORDS, '"items":[]', "of a test")), said


@pytest.mark.parametrize("name", sorted((READING | PAGES).keys() - UNSERVED))
async def test_who_is_of_another_team_reads_nothing_and_no_line_is_written(desk, case, name):
    answer, written = await desk.read(name, "zoe's", case)
    assert (answer.status_code, written) == (403, [])
    assert "not-serving" in answer.text or "You do not serve this case" in answer.text
    assert not any(word in answer.text for word in WORDS)


@pytest.mark.parametrize("name", sorted(IN_PART.keys() - UNSERVED))
async def test_a_page_for_others_too_shows_them_nothing_personal(desk, case, name):
    for who in ("zoe's", "lister"):
        answer, written = await desk.read(name, who, case)
        assert (answer.status_code, written) == (200, []) and case in answer.text
        assert not any(word in answer.text for word in WORDS), who


@pytest.mark.parametrize("name", sorted(IN_PART.keys() & UNSERVED))
async def test_without_the_scope_nobody_reads_a_comment_and_no_line_is_written(desk, case, name):
    answer, written = await desk.read(name, "lister", case)
    assert (answer.status_code, written, COMMENT in answer.text) == (200, [], False)


async def test_a_search_by_subject_finds_nothing_for_those_who_do_not_serve_the_case(desk, case):
    for who, found in (("ann's", True), ("zoe's", False)):
        answer = await desk.ask(who, "intake", "/cases?subject=smokes", HTML)
        assert (answer.status_code, case in answer.text) == (200, found)


async def test_a_case_is_with_a_team_as_soon_as_it_is_given_to_it_and_stays_with_the_other(desk):
    case = await arrived(desk)
    assert (await desk.read("intake.get_case", "zoe's", case))[0].status_code == 403
    given = await desk.post("routing", f"/cases/{case}/assign", {"team": "tech_support", "reason": "theirs"})
    position = {"Position": given.headers["Position"]}
    for who in ("zoe's", "ann's"):
        for service, path in (("intake", f"/cases/{case}"), ("routing", f"/cases/{case}/words")):
            answer = await desk.ask(who, service, path, headers=position)
            assert answer.status_code == 200, answer.text


async def test_a_form_leads_those_who_do_not_serve_the_case_back_to_it(desk, case):
    words = {"key": str(next(NUMBERS)), "direction": "inbound", "channel": "phone", "purpose": "info"}
    for who, path in (("zoe's", f"/cases/{case}/contacts/new?done=true"), ("ann's", f"/cases/{case}")):
        form = words | {"key": f"{who} {words['key']}"}
        answer = await desk.ask(who, "intake", f"/cases/{case}/contacts/new", HTML, "POST", data=form)
        assert (answer.status_code, answer.headers.get("Location")) == (303, path), answer.text


async def test_of_a_file_that_nothing_can_have_no_line_is_written(desk, case):
    before = await desk.lines("intake")
    assert (await desk.ask("system", "intake", f"/cases/{case}/attachments/{SHA}0")).status_code == 422
    assert await desk.lines("intake") == before


@pytest.mark.parametrize("path", ["/cases/no%20case", "/cases/" + "x" * 65, "/cases/nobody", "/cases/nobody/records"])
async def test_of_a_case_that_is_not_here_no_line_is_written(desk, path):
    before = await desk.lines("intake")
    answer = await desk.ask("system", "intake", path)
    assert answer.status_code in (404, 422) and await desk.lines("intake") == before


@pytest.mark.parametrize("name", ALL)
async def test_what_cannot_be_written_down_is_not_shown(desk, case, name):
    service = name.partition(".")[0]
    await desk.pool.execute(f"alter table {service}_core.reads rename to hidden")
    try:
        answer = await desk.ask("system", service, desk.path(name, case), ALL[name][1])
    finally:
        await desk.pool.execute(f"alter table {service}_core.hidden rename to reads")
    assert answer.status_code >= 500 and not any(word in answer.text for word in WORDS)


async def listed(desk, service, who="auditor", **asked):
    answer = await desk.ask(who, service, "/reads", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", ["intake.get_case", "routing.get_words", "survey.get_survey", "analytics.get_correction"])
async def test_the_audit_is_for_its_own_scope_alone_and_to_read_it_writes_no_line(desk, case, name):
    service, subject = name.partition(".")[0], desk.about(name, case)
    await desk.read(name, "system", case)
    _, [line] = await desk.read(name, "ann's", case)
    before = await desk.lines(service)
    for accept in (JSON, HTML):
        refused = await desk.ask("ann's", service, "/reads", accept)
        assert refused.status_code == 403 and subject not in refused.text
    found = await listed(desk, service, case_id=subject, client="ann's", person="ann")
    last = found["items"][-1]
    assert (last["read_id"], last["case_id"], last["what"]) == (str(line.read_id), subject, name.partition(".")[2])
    assert {one["client"] for one in found["items"]} == {"ann's"}
    assert (await listed(desk, service, person="nobody"))["items"] == []
    assert (await listed(desk, service, until="2020-01-01T00:00:00Z"))["items"] == []
    first = await listed(desk, service, limit=1)
    second = await listed(desk, service, limit=1, cursor=first["next"])
    assert [one["read_id"] for one in (*first["items"], *second["items"])] == [str(one.read_id) for one in before[:2]]
    assert await desk.lines(service) == before


@pytest.mark.parametrize(("lang", "word"), [("en", "Serves the case"), ("zh", "办理本工单")])
@pytest.mark.parametrize("service", ["intake", "routing"])
async def test_the_page_has_the_latest_in_front(desk, case, service, lang, word):
    name = {"intake": "intake.get_case_page", "routing": "routing.get_case_page"}[service]
    everybody = {who: (await desk.read(name, who, case))[0].text for who in ("system", "ann's")}
    assert {who: 'href="/reads"' in text for who, text in everybody.items()} == {"system": True, "ann's": False}
    page = await desk.ask("auditor", service, f"/reads?lang={lang}&case_id={case}", HTML)
    assert page.status_code == 200 and word in page.text and page.headers["Cache-Control"] == "no-store"
    assert page.text.index("ann&#39;s") < page.text.index(">system<") and name.partition(".")[2] in page.text


async def test_an_erasure_leaves_the_lines(desk):
    case = await arrived(desk)
    await desk.read("intake.get_case", "ann's", case)
    assert (await desk.ask("system", "intake", f"/cases/{case}/personal", method="DELETE")).status_code == 200
    [line] = (await listed(desk, "intake", case_id=case))["items"]
    assert line["person"] == "ann" and not any(word in str(line) for word in WORDS)


@pytest.mark.parametrize("at_once", [2, 1_000])
async def test_lines_are_kept_for_so_many_days(desk, case, at_once, monkeypatch):
    """The limit is 30 days here."""
    monkeypatch.setattr(reads, "FORGOTTEN_AT_ONCE", at_once)
    await desk.read("routing.get_words", "ann's", case)
    names = "read_id, read_at, client, person, case_id, what, why"
    for n, days in enumerate((29, 31, 32, 400, 401, 402)):
        await desk.pool.execute(
            f"insert into routing_core.reads ({names}) values "
            f"(gen_random_uuid(), now() - make_interval(days => {days}), 'old', '', 'c{n}', 'get_words', 'scope')"
        )
    before = await desk.lines("routing")
    assert await desk.apps["routing"].state.audit.forget() == 5
    kept = [one for one in before if one.client != "old" or one.case_id == "c0"]
    assert await desk.lines("routing") == kept and len(kept) == len(before) - 5
    assert await desk.apps["routing"].state.audit.forget() == 0
    await desk.pool.execute("delete from routing_core.reads where client = 'old'")
