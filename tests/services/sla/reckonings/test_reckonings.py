"""Reckonings, put to a real PostgreSQL: with nothing changed they are live, as of an instant they are what one case answers."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from libs.events.catalogue.references import PROCESS
from libs.events.testing.told import Teller
from services.sla.reckonings import jobs, queries
from tests.services.sla.reckonings.desk import DAY, NOW, PROMISES, desk, known, stories
from tests.services.sla.samples import OFFICE, REGISTERED, RESPONSE, START, at, standard, target

ASKED = ("status", "due_at", "used_us")
SHORT = replace(OFFICE, last_day=date(2025, 6, 12))
"""Of half the cases, no promise in working time can be computed."""


def shown(row, which="asked"):
    return tuple(row[f"{which}_{name}"] for name in ASKED)


@pytest.mark.parametrize(
    ("calendar", "seen"),
    [(OFFICE, {"met", "running", "paused", "breached", "ended_late", "cancelled"}), (SHORT, {"met", "breached", "waiting"})],
)
async def test_with_nothing_changed_it_is_live_row_by_row(database_url, calendar, seen):
    async with desk(database_url, shelf=known(calendars=[calendar])) as opened:
        done = await opened.reckon(name="again")
        assert (done["state"], done["cases"], done["cases_done"], done["left_out"]) == ("done", 40, 40, 0)
        live = await opened.pool.fetch("select * from sla.clocks order by case_id, clock, occurrence")
        names = ("case_id", "clock", "occurrence", *ASKED, "kind", "node", "process_version")
        view = await opened.pool.fetch("select * from sla.reckoned order by case_id, clock, occurrence")
        for which in ("asked", "contracted"):
            told = [tuple(row[f"{which}_{name}" if name in ASKED else name] for name in names) for row in view]
            assert told == [tuple(row[name] for name in names) for row in live]
        assert {row["difference"] for row in view} == {"none"} and not any(row["flips"] for row in view)
        assert seen <= {row["status"] for row in live} and len(live) > 100
        assert max(row["occurrence"] for row in live) > 1 and any(row["imported"] for row in live)
        assert done["promises"] == len(live) == done["summary"]["promises"]


@pytest.mark.parametrize("instants", [{"as_of": 5 * DAY}, {"known_at": 5 * DAY}, {"as_of": 9 * DAY, "known_at": 7 * DAY}])
async def test_as_of_it_is_what_each_case_answers(database_url, instants):
    asked = {name: at(minute).isoformat() for name, minute in instants.items()}
    query = "&".join(f"{name}={quote(instant)}" for name, instant in asked.items())
    async with desk(database_url) as opened:
        done = await opened.reckon(**asked)
        found = {}
        for row in await opened.rows(done["reckoning_id"]):
            found.setdefault(row["case_id"], {})[row["clock"], row["occurrence"]] = shown(row)
        some = 0
        for case in opened.states:
            answer = await opened.get(f"/clocks/{case}?{query}")
            said = answer.json().get("items", [])  # none where the case was not known then
            one = {key: told for key, told in found.get(case, {}).items() if told[0]}
            # The list of a case has the time used until then; a row has it once the promise is over.
            assert {key: told[:2] for key, told in one.items()} == {
                (each["clock"], number_of(each, said)): (each["status"], each["due_at"]) for each in said
            }
            used = {(each["clock"], number_of(each, said)): each["used_us"] for each in said}
            assert all(told[2] in (None, used[key]) for key, told in one.items())
            some += len(said)
        assert some > 50


def number_of(each, said):
    """Return which clock of its name it is: they follow each other."""
    same = sorted((one for one in said if one["clock"] == each["clock"]), key=lambda one: one["started_at"])
    return same.index(each) + 1


POLICY = {"process": "p", "version": 1, "rules": [{"id": "all", "then": {"clock": "response", "limit": "20m"}}]}
OTHER_VERSION = msgspec.to_builtins(replace(standard(), version=7))
HOLIDAYS = (date(2025, 6, 5), date(2025, 6, 9))


def answered(cases=60):
    """Return cases that came at any minute of ten days, most of them answered within a week."""
    random = Random("holidays")
    for n in range(cases):
        teller = Teller(f"case-{n:03}", at(random.randint(0, 10 * DAY)))
        answers = [(random.randint(1, 7 * DAY), RESPONSE)] * (n % 6 > 0)
        yield teller.key, teller.facts([(0, REGISTERED), *answers], first=0)


async def test_a_holiday_more_flips_the_cases_that_a_script_of_its_own_computes(database_url):
    told = dict(answered())
    async with desk(database_url, shelf=known(target("18wh")), told=told) as opened:
        written = OFFICE_WRITTEN | {"added": [day.isoformat() for day in HOLIDAYS]}
        done = await opened.reckon(calendars=[written])
        assert done["asked"]["calendars"][0]["holidays"] == [day.isoformat() for day in HOLIDAYS]
        rows = await opened.rows(done["reckoning_id"], "&flips=true")
        expected = {case for case, facts in told.items() if is_late(facts) != is_late(facts, HOLIDAYS)}
        assert {row["case_id"] for row in rows} == expected and 5 < len(expected) < 55
        assert done["summary"]["cases_that_flip"] == len(expected) == done["flips"]
        late = [sum(is_late(facts, off) for facts in told.values()) for off in ((), HOLIDAYS)]
        assert [done["summary"]["broken_before"], done["summary"]["broken_after"]] == late


OFFICE_WRITTEN = {
    "id": "office",
    "version": 1,
    "timezone": "Asia/Shanghai",
    "years": [2025, 2026],
    "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}


def is_late(told, off=()):
    """Count 18 working hours minute by minute from the registration, and see whether the answer came after them, if it came."""
    moment, answer = told[0].time, told[1].time if len(told) > 1 else at(NOW)
    left = 18 * 60
    while left:
        here = moment.astimezone(ZoneInfo("Asia/Shanghai"))
        left -= here.weekday() < 5 and 9 <= here.hour < 18 and here.date() not in off
        moment += timedelta(minutes=1)
    return answer > moment


@pytest.mark.parametrize(
    ("why", "changed", "moved"),
    [
        ("a policy for all cases", {"policies": [POLICY]}, -40 * 60),
        ("a limit over a policy", {"policies": [POLICY], "limits": {"response": "30m"}}, -30 * 60),
        ("a limit for every promise of a clock", {"limits": {"response": "30m"}}, -30 * 60),
        (
            "a standard in place of its version",
            {"standards": [msgspec.to_builtins(standard(target("90m"), *PROMISES[1:]))]},
            1800,
        ),
    ],
)
async def test_other_terms_move_what_they_change_and_nothing_else(database_url, why, changed, moved):
    async with desk(database_url) as opened:
        done = await opened.reckon(**changed)
        for row in await opened.rows(done["reckoning_id"]):
            if row["clock"] == "response":
                assert row["due_moved_us"] == moved * 1_000_000, why
            else:
                assert row["difference"] == "none" and shown(row) == shown(row, "contracted"), why
        live = await opened.pool.fetchval("select count(*) from sla.clocks where clock = 'response' and time_limit = '60m'")
        assert live == 40 and opened.instances[0].running.known.version(PROCESS, "p", 1).targets[0].limit == "60m"


async def test_a_promise_that_is_added_or_gone_says_so(database_url):
    other = standard(*PROMISES[1:], target("1h", "closed", clock="more", kind="more"))
    async with desk(database_url, told=stories(5)) as opened:
        done = await opened.reckon(standards=[msgspec.to_builtins(other)])
        rows = await opened.rows(done["reckoning_id"])
        told = {row["clock"]: (row["difference"], row["contracted_status"] == "", row["asked_status"] == "") for row in rows}
        assert (told["response"], told["more"]) == (("removed", False, True), ("added", True, False))


@pytest.mark.parametrize(
    ("scope", "takes"),
    [
        ({}, lambda case, state: True),
        ({"process": "q"}, lambda case, state: False),
        ({"grade": "urgent"}, lambda case, state: state.grade == "urgent"),
        ({"registered_since": at(5 * DAY).isoformat()}, lambda case, state: state.registered_at >= at(5 * DAY)),
        ({"registered_until": at(5 * DAY).isoformat()}, lambda case, state: state.registered_at < at(5 * DAY)),
        ({"case_ids": ["case-007", "case-003", "none"]}, lambda case, state: case in ("case-003", "case-007")),
    ],
)
async def test_the_scope_is_what_is_counted_before_and_reckoned_then(database_url, scope, takes):
    async with desk(database_url) as opened:
        counted = (await opened.post("/reckonings", {"scope": scope, "dry": True})).json()
        done = await opened.reckon(scope=scope)
        rows = await opened.rows(done["reckoning_id"])
        cases = {case for case, state in opened.states.items() if takes(case, state)}
        assert {row["case_id"] for row in rows} == cases
        assert counted == {"cases": len(cases), "promises": len(rows)} and done["cases"] == len(cases)


@pytest.mark.parametrize(
    ("why", "body", "code", "says"),
    [
        ("the future has not happened",  {"as_of": (START + timedelta(days=999)).isoformat()}, "future-time", "past"),
        ("a calendar of another name",   {"calendars": [OFFICE_WRITTEN | {"id": "ofice"}]}, "bad-terms", "ofice version 1"),
        ("an unsound calendar",          {"calendars": [{"id": "office"}]}, "bad-calendar", "version"),
        ("a version that is not there",  {"standards": [OTHER_VERSION]}, "bad-terms", "version 7"),
        ("no standard at all",           {"standards": [{"id": "p"}]}, "bad-terms", "number 1"),
        ("a clock of another name",      {"limits": {"respons": "5m"}}, "bad-terms", "response"),
        ("an unsound policy",            {"policies": [POLICY | {"process": "q"}]}, "bad-policy", "q"),
        ("a limit that is none",         {"limits": {"response": "soon"}}, "bad-terms", "30m or 3wd"),
        ("a field of another name",      {"limit": {}}, "invalid-request", "limit"),
    ],
)  # fmt: skip
async def test_what_cannot_be_reckoned_is_refused_at_once(database_url, why, body, code, says):
    async with desk(database_url, told={}) as opened:
        for dry in (False, True):
            refused = await opened.post("/reckonings", body | {"dry": dry})
            assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (422, code), why
            assert says in refused.text, why
        assert (await opened.get("/reckonings")).json()["items"] == []


async def test_a_calendar_that_promises_wait_for_may_be_tried_before_it_is_published(database_url):
    async with desk(database_url, told=stories(6), shelf=known(calendars=())) as opened:
        done = await opened.reckon(calendars=[OFFICE_WRITTEN])
        told = {row["contracted_status"]: row["asked_status"] for row in await opened.rows(done["reckoning_id"], "&clock=whole")}
        assert told.keys() == {"waiting"} and "waiting" not in told.values()


async def test_the_same_request_is_the_same_reckoning_and_too_many_are_refused(database_url):
    async with desk(database_url, told=stories(2)) as opened:
        first = await opened.post("/reckonings", {"name": "one"}, key="same")
        for _ in range(jobs.UNFINISHED_MAX - 1):
            await opened.ask()
        again = await opened.post("/reckonings", {"name": "one"}, key="same")
        assert again.json() == first.json() and again.headers["Idempotent-Replayed"] == "true"
        refused = await opened.post("/reckonings", {})
        assert refused.status_code == 429 and "cancel one" in refused.json()["detail"] and "Retry-After" in refused.headers
        while await opened.job.step():
            pass
        assert (await opened.post("/reckonings", {})).status_code == 202
        listed = (await opened.get("/reckonings?limit=3")).json()
        assert len(listed["items"]) == 3 and listed["next"] and "asked" not in listed["items"][0]
        every = await opened.pool.fetch("select state, asked_by, begun_at, ended_at from sla.reckonings order by asked_at")
        assert {row["asked_by"] for row in every} == {"local"} and [row["state"] for row in every].count("done") == 10


async def test_of_many_that_are_asked_for_at_once_at_two_instances_no_more_are_taken_than_may_wait(database_url, monkeypatch):
    unfinished = queries.unfinished

    async def slowly(db):
        found = await unfinished(db)
        await asyncio.sleep(0.02)  # time enough for others to come in between
        return found

    monkeypatch.setattr(queries, "unfinished", slowly)
    async with desk(database_url, told={}, instances=2) as opened:
        apps = [httpx.ASGITransport(app=one.app) for one in opened.instances]
        clients = [httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") for app in apps]
        asking = (
            client.post("/reckonings", json={}, headers={"Idempotency-Key": f"{place} {n}"})
            for n in range(8)
            for place, client in enumerate(clients)
        )
        answers = await asyncio.gather(*asking)
        assert Counter(one.status_code for one in answers) == {202: jobs.UNFINISHED_MAX, 429: 16 - jobs.UNFINISHED_MAX}
        assert await opened.pool.fetchval("select count(*) from sla.reckonings") == jobs.UNFINISHED_MAX
        for client in clients:
            await client.aclose()


async def test_one_that_is_not_here_is_not_found(database_url):
    async with desk(database_url, told={}) as opened:
        for id in ("none", "00000000-0000-4000-8000-000000000000"):
            answer = await opened.get(f"/reckonings/{id}")
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "unknown-reckoning")
