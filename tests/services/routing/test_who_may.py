"""Who may do what, over HTTP and on the page: each role, on the roster of the team or of another, each step, with any key."""

from dataclasses import replace
from itertools import count, product

import pytest

from libs.events.catalogue.standard import Gate, Label, Node, Role, Rule
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from services.routing.service import SERVICE
from tests.services.routing.pages.conftest import Desk
from tests.services.routing.pages.test_forms import forms, send
from tests.services.routing.samples import COMPLAINT

NUMBERS = count(1)
LABEL = Label(en="A name", zh="名称")
ROLES, TEAMS = ("worker", "helper", "lead", "boss", "cleaner", "chief"), ("own", "other")
ALWAYS = [{"from": "2000-01-01", "until": "2199-12-31"}]

WORKS = {"worker own", "helper other"}
OWN = {f"{role} own" for role in ROLES}
TEAM = {*OWN, "chief other"}
CONCERNED = {*TEAM, "helper other", "lead other"}
MAY = {
    "start": WORKS,
    "request": WORKS,
    "complete": WORKS,
    "skip": WORKS,
    "return": WORKS,
    "handover": {*WORKS, "lead own", "lead other"},
    "decide": {"boss own", "boss other"},
    **dict.fromkeys(("classify", "grade", "assign", "resolve", "close", "reopen"), TEAM),
    **dict.fromkeys(("escalate", "raise", "clear"), CONCERNED),
}
"""Step → who may, by role and roster: worker's team is `own`, as the case's; helper's is `other`, the others have none of
their own. A chief is called in when something goes wrong."""

READS = {*OWN, "helper other", "lead other", "boss other", "chief other"}
"""Who serves the case, and so reads what was written about it: its team, and whom its standard names beside the worker."""

BODIES = {
    "handover": {"agent": "worker own 2", "reason": "knows more"},
    "skip": {"reason": "not needed"},
    "return": {"to_node": "w0", "reason": "again"},
    "decide": {"decision": "approved"},
    "classify": {"category": "another"},
    "grade": {"grade": "urgent"},
    "assign": {"team": "own", "agent": "worker own 2"},
    "escalate": {"to_role": "chief", "reason": "stuck"},
    "resolve": {"outcome": "rejected", "reason": "no fault"},
    "close": {"outcome": "rejected", "reason": "no fault"},
    "reopen": {"reason": "again"},
}
OF_CASES = ("classify", "grade", "assign", "escalate", "resolve", "close", "reopen")
CASE_NOW = {*OF_CASES, "raise"} - {"reopen"}
HERE = {"decide": {"gate": "go"}, "request": {"gate": "go"}, "raise": {"code": "stuck"}, "clear": {"code": "stuck"}}
NAMING = ("start", "complete", "request", "decide")
"""The steps in which a system names who does it."""

NODE = Node(
    id="w1", name=LABEL, role="worker", approver="lead", support=("helper",), gates=(Gate(id="go", name=LABEL, approver="boss"),)
)
NODES = (
    Node(id="w0", name=LABEL, role="worker", approver="lead"),
    NODE,
    Node(id="w2", name=LABEL, role="worker", approver="lead", resolves=True),
)
PLAIN = {"targets": (), "required": (), "attributes": (), "values": {}, "channels": ()}
STANDARD = replace(
    COMPLAINT,
    process_id="enforced",
    nodes=NODES,
    assign=(Rule(id="own", when={}, then={"team": "own"}),),
    classify=(Rule(id="never", when={"kind": "never"}, then={"grade": "urgent"}),),
    exceptions=(replace(COMPLAINT.exceptions[0], code="stuck", at=(), escalate_to="", raised_by="", limit="", then=""),),
    escalate_to="chief",
    roles={**{role: Role(en="R", zh="岗") for role in ROLES}, "worker": Role(en="W", zh="工", team="own"),
           "helper": Role(en="H", zh="助", team="other")},
    **PLAIN,
)  # fmt: skip
UNLISTED = (Rule(id="unlisted", when={}, then={"team": "unlisted"}),)
UNLISTED_ROLES = {role: Role(en="R", zh="岗", team="unlisted") for role in ROLES}
FREE = replace(STANDARD, process_id="free", assign=UNLISTED, roles=UNLISTED_ROLES)


def person(id, *roles, **more):
    return {"id": id, "roles": list(roles), "capacity": 1, **more}


SPECIAL = {
    "own": [
        person("worker own 2", "worker", "boss"),
        person("both", "worker", "boss"),
        person("away", "boss", absences=ALWAYS, deputy="stand-in"),
        person("here", "boss", deputy="idle deputy"),
        person("stand-in", "worker"),
        person("idle deputy", "worker"),
        person("ill", "worker", absences=ALWAYS),
    ],
    "other": [],
}
PEOPLE = [f"{role} {team}" for role, team in product(ROLES, TEAMS)] + [one["id"] for one in SPECIAL["own"]]


def roster(team):
    people = [person(f"{role} {team}", role) for role in ROLES] + SPECIAL[team]
    return {
        "schema": "roster/v1",
        "team": team,
        "version": 1,
        "name": {"en": team, "zh": team},
        "timezone": "UTC",
        "people": people,
    }


@pytest.fixture(scope="module")
async def desk(postgres, tmp_path_factory):
    running = RunningService(SERVICE, StoreSettings(database_url=postgres.create_database("who_may")))
    async with running.open():
        keys = [(who, who) for who in PEOPLE] + [("both again", "both"), ("stranger", "stranger")]
        desk = Desk(running, tmp_path_factory.mktemp("keys"), keys)
        await desk.publish(STANDARD)
        await desk.publish(FREE)
        for team in TEAMS:
            async with desk.client(Accept="application/json", **{"Idempotency-Key": team}) as client:
                answer = await client.post("/rosters", json={"roster": roster(team)})
                assert answer.status_code == 201, answer.text
                await client.get("/rosters", headers={"Position": answer.headers["Position"]})
        yield desk


async def ask(desk, key, case, step, node="w1", **body):
    headers = {"Accept": "application/json", "Idempotency-Key": str(next(NUMBERS))}
    path = step if step in OF_CASES else f"nodes/{node}/{step}"
    path = {"request": f"nodes/{node}/gates/go/request", "decide": f"nodes/{node}/gates/go/decide"}.get(step, path)
    path = f"exceptions/stuck/{step}" if step in ("raise", "clear") else path
    async with desk.client(key, **headers) as client:
        return await client.post(f"/cases/{case}/{path}", json=body)


async def done(desk, key, case, step, node="w1", **body):
    answer = await ask(desk, key, case, step, node, **body)
    assert answer.status_code == 200, answer.text
    return answer


def refused(answer, code, status=403):
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}"), answer.text
    return answer.json()["detail"]


async def at_w1(desk, process="enforced"):
    """Let a case come and arrive at w1, where it waits."""
    case = f"w{next(NUMBERS)}"
    await desk.case(case, process)
    for step in ("start", "complete"):
        await done(desk, "writer", case, step, "w0", agent="worker own")
    return case


async def ready(desk, step, process="enforced", worker="worker own"):
    """Return a case in which the step is the next thing to do; `worker` has the work where it must have begun."""
    case = await at_w1(desk, process)
    if step in OF_CASES or step in ("raise", "clear"):
        if before := {"reopen": "close", "clear": "raise"}.get(step):
            await done(desk, "writer", case, before, **BODIES.get(before, {}))
        return case
    if step not in ("start", "skip", "return", "handover"):
        await done(desk, "writer", case, "start", agent=worker)
    if step in ("complete", "decide"):
        await done(desk, "writer", case, "request", agent=worker)
    if step == "complete":
        await done(desk, "writer", case, "decide", agent="boss other", decision="approved")
    return case


@pytest.mark.parametrize(("step", "role", "team"), [*product(MAY, ROLES, TEAMS)])
async def test_each_role_does_what_is_its_own(desk, step, role, team):
    who = f"{role} {team}"
    case = await ready(desk, step, worker=who if who in WORKS else "worker own")
    answers = [await ask(desk, who, case, step, **BODIES.get(step, {}))]
    if step in NAMING and who not in MAY[step]:
        answers.append(await ask(desk, "writer", case, step, agent=who, **BODIES.get(step, {})))
    for answer in answers:
        if who in MAY[step]:
            assert answer.status_code == 200, answer.text
        else:
            told = refused(answer, "not-entitled")
            assert told.startswith(f"{who} may not"), told
            assert " others." in told or all(one in told for one in MAY[step]), told


@pytest.mark.parametrize(("step", "role", "team"), [*product(MAY, ROLES, TEAMS)])
async def test_the_page_offers_and_takes_what_is_ones_own(desk, step, role, team):
    who = f"{role} {team}"
    case = await ready(desk, step, worker=who if who in WORKS else "worker own")
    everything = forms((await desk.page(f"/cases/{case}", "writer")).text)
    offered = forms((await desk.page(f"/cases/{case}", who)).text)
    here = {"node": "w1"} if step in ("start", "request", "decide") else {}
    fields = everything[step] | here | HERE.get(step, {}) | BODIES.get(step, {})
    answer = await send(desk, case, step, fields, who)
    assert (step in offered, answer.status_code) == ((True, 303) if who in MAY[step] else (False, 403)), answer.text


@pytest.mark.parametrize(("role", "team"), [*product(ROLES, TEAMS)])
async def test_each_role_reads_what_was_written_where_it_serves(desk, role, team):
    who, case = f"{role} {team}", await at_w1(desk)
    await done(desk, "writer", case, "note", note="she whispers")
    async with desk.client(who, Accept="application/json") as client:
        answers = [await client.get(f"/cases/{case}/{what}") for what in ("words", "notes")]
    page = (await desk.page(f"/cases/{case}", who)).text
    for answer in answers:
        assert answer.status_code == 200 if who in READS else refused(answer, "not-serving"), answer.text
    assert ["she whispers" in one for one in (*(answer.text for answer in answers), page)] == [who in READS] * 3


@pytest.mark.parametrize(
    ("why", "body", "code"),
    [
        ("somebody of the team", {"agent": "cleaner own"}, ""),
        ("somebody of another team", {"agent": "helper other"}, "agent-not-entitled"),
        ("with their team", {"team": "other", "agent": "helper other"}, ""),
        ("nobody knows them", {"team": "other", "agent": "nobody"}, "agent-not-entitled"),
        ("a team without a roster", {"team": "unlisted", "agent": "anybody"}, ""),
    ],
)
async def test_a_case_is_given_to_somebody_of_the_team(desk, why, body, code):
    answer = await ask(desk, "worker own", await at_w1(desk), "assign", **body)
    assert answer.status_code == 200 if not code else refused(answer, code, 422), (why, answer.text)


async def test_whom_a_system_names_for_the_case_is_of_the_team(desk):
    refused(await ask(desk, "writer", await at_w1(desk), "resolve", agent="helper other", **BODIES["resolve"]), "not-entitled")
    for agent in ("", "cleaner own"):
        await done(desk, "writer", await at_w1(desk), "resolve", agent=agent, **BODIES["resolve"])


@pytest.mark.parametrize("step", NAMING)
async def test_a_system_names_somebody_who_may(desk, step):
    who = "boss own" if step == "decide" else "helper other"
    case = await ready(desk, step, worker="worker own" if step == "decide" else who)
    await done(desk, "writer", case, step, agent=who, **BODIES.get(step, {}))


@pytest.mark.parametrize(("step", "refuses"), [("start", True), ("decide", True), ("complete", False), ("request", False)])
async def test_a_system_that_names_nobody_speaks_for_who_has_the_work(desk, step, refuses):
    answer = await ask(desk, "writer", await ready(desk, step), step, **BODIES.get(step, {}))
    assert refused(answer, "not-entitled").startswith("writer may not") if refuses else answer.status_code == 200


@pytest.mark.parametrize("step", MAY)
async def test_somebody_on_no_roster_may_nothing(desk, step):
    refused(await ask(desk, "stranger", await ready(desk, step), step, **BODIES.get(step, {})), "not-entitled")


@pytest.mark.parametrize("step", MAY)
async def test_where_the_team_has_no_roster_the_scope_is_enough(desk, step):
    case = await ready(desk, step, "free", "stranger")
    who = "boss own" if step == "decide" else "stranger"
    await done(desk, who, case, step, **BODIES.get(step, {}))


async def test_two_keys_of_one_person_are_two_eyes(desk):
    case = await at_w1(desk)
    await done(desk, "both", case, "start")
    await done(desk, "both again", case, "request")
    for key, named in (("both", ""), ("both again", ""), ("both", "both"), ("writer", "both")):
        refused(await ask(desk, key, case, "decide", decision="approved", agent=named), "four-eyes")


async def test_who_has_handed_the_work_over_has_still_done_it(desk):
    case = await at_w1(desk)
    await done(desk, "both", case, "start")
    await done(desk, "both", case, "handover", agent="worker own", reason="shift ends")
    await done(desk, "worker own", case, "request")
    refused(await ask(desk, "both again", case, "decide", decision="approved"), "four-eyes")
    await done(desk, "boss own", case, "decide", decision="approved")


async def test_to_whom_work_was_given_before_it_began_has_not_done_it(desk):
    case = await at_w1(desk)
    await done(desk, "worker own", case, "handover", agent="both", reason="knows it")
    await done(desk, "worker own", case, "handover", agent="worker own", reason="does not")
    await done(desk, "worker own", case, "start")
    await done(desk, "worker own", case, "request")
    await done(desk, "both", case, "decide", decision="approved")


@pytest.mark.parametrize(
    ("why", "worker", "who", "code"),
    [
        ("the deputy of somebody who is away", "worker own", "stand-in", ""),
        ("the deputy of somebody who is there", "worker own", "idle deputy", "not-entitled"),
        ("the deputy did the work", "stand-in", "stand-in", "four-eyes"),
        ("who is away decides all the same", "worker own", "away", ""),
    ],
)
async def test_a_deputy_decides_while_somebody_is_away(desk, why, worker, who, code):
    answer = await ask(desk, who, await ready(desk, "decide", worker=worker), "decide", decision="approved")
    assert answer.status_code == 200 if not code else refused(answer, code), why


@pytest.mark.parametrize(
    ("why", "body", "code"),
    [
        ("somebody of the team", {"agent": "worker own 2"}, ""),
        ("who supports the node", {"agent": "helper other"}, ""),
        ("nobody knows them", {"agent": "nobody", "reason": "why not"}, "agent-not-entitled"),
        ("they have another role", {"agent": "cleaner own", "reason": "why not"}, "agent-not-entitled"),
        ("a team without a roster", {"team": "unlisted", "agent": "anybody", "reason": "theirs"}, ""),
        ("who is away", {"agent": "ill"}, "reason-missing"),
        ("who is away, for a reason", {"agent": "ill", "reason": "is back at noon"}, ""),
    ],
)
async def test_work_is_handed_to_who_may_do_it(desk, why, body, code):
    answer = await ask(desk, "worker own", await at_w1(desk), "handover", **body)
    assert answer.status_code == 200 if not code else refused(answer, code, 422), (why, answer.text)


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("worker own", {"start", "skip", "return", "handover", *CASE_NOW}),
        ("lead own", {"handover", *CASE_NOW}),
        ("cleaner own", CASE_NOW),
        ("lead other", {"handover", "escalate", "raise"}),
        ("boss other", set()),
        ("writer", {"start", "skip", "return", "handover", *CASE_NOW}),
    ],
)
async def test_the_page_offers_what_one_may_and_no_more(desk, who, offered):
    case = await at_w1(desk)
    page = (await desk.page(f"/cases/{case}", who)).text
    assert {verb for verb in MAY if f"/forms/{verb}" in page} == offered and "/forms/note" in page
