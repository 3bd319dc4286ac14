"""Restating: another version of the policy for what is open. What has ended stays, and nobody is told anything twice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.references import POLICY
from libs.events.catalogue.sla import TermsRestated
from libs.events.engine.known import NotYetKnown
from libs.events.testing.spec import knowing
from libs.events.words.event import Occurrence
from services.sla.domain.history import history
from tests.services.sla.reckonings.desk import NOW, PROMISES, desk, known
from tests.services.sla.samples import CLOSED, OFFICE, REOPENED, RESOLVED, RESPONSE, START, at, standard, state_of, target
from tests.services.sla.test_in_force import INSTANT, NODE, Desk, changes, policy

CYCLE = Occurrence("cycle")
NEW = policy(changes(limit="2h", id="new"), version=2, valid_from=START + INSTANT)
RESTATED = TermsRestated(policy_version=2)


def opened(*published: Any) -> Desk:
    return Desk(policy(changes(id="old")), *(published or (NEW,)))


@pytest.mark.parametrize(
    ("why", "events", "found"),
    [
        ("what is open is counted from its beginning",    [(RESTATED, 20)], ("2h", "running", 120, None)),
        ("what ended before keeps its terms",             [(RESOLVED, 19), (RESTATED, 20)], ("30m", "met", 30, 19)),
        ("what ends at that instant, too",                [(RESOLVED, 20), (RESTATED, 20)], ("30m", "met", 30, 20)),
        ("what ends an instant later is restated",        [(RESTATED, 20), (RESOLVED, 20.001)], ("2h", "met", 120, 20.001)),
        ("what broke and is open is broken no more",      [(RESTATED, 40)], ("2h", "running", 120, None)),
        ("what broke and ended stays broken",             [(RESOLVED, 35), (RESTATED, 40)], ("30m", "ended_late", 30, 35)),
        ("the last version that was set holds",           [(RESTATED, 20), (TermsRestated(policy_version=1), 21)],
            ("30m", "breached", 30, None)),
    ],
)  # fmt: skip
def test_only_what_is_open_is_restated(why: str, events: Any, found: Any) -> None:
    late = opened()
    for one in sorted(events, key=lambda one: one[1]):
        late.settle(one[1]).hear(one)
    clock = late.settle(50).stands[CYCLE]
    shown = clock.limit, str(clock.status), clock.due_at, clock.ended_at
    assert shown == (*found[:2], at(found[2]), None if found[3] is None else at(found[3])), why


def test_the_old_due_instant_stays_in_the_history_and_nothing_is_said_twice() -> None:
    late = opened().settle(40).hear((RESTATED, 45)).settle(50)
    told = [(one.what, one.at, one.due_at, one.withdrawn) for one in history(state_of(late.facts), CYCLE)]
    assert told == [
        ("started", at(0), at(30), True),
        ("started", at(0), at(120), False),
        ("breached", at(30), at(30), True),
    ]
    before = late.ids
    assert late.settle(100).ids == before
    assert late.settle(121).stands[CYCLE].breached_at == at(120)


def test_a_promise_that_is_shorter_by_the_new_terms_breaks_at_its_own_instant() -> None:
    shorter = policy(changes(limit="10m", id="new"), version=2, valid_from=START + INSTANT)
    clock = opened(shorter).settle(20).hear((RESTATED, 20)).settle(21).stands[CYCLE]
    assert (str(clock.status), clock.breached_at) == ("breached", at(10))


def test_what_the_new_version_adds_is_promised_and_what_it_drops_is_not() -> None:
    own = target("4h", "closed", clock="own", kind="own")
    adds = policy(changes("own", "4h", id="own", adds=own), version=2, valid_from=START + INSTANT)
    late = opened(adds).hear((RESTATED, 20)).settle(21)
    assert (late.stands[CYCLE].limit, late.stands[Occurrence("own")].due_at) == ("60m", at(240))
    first = Desk(policy(changes("own", "4h", id="own", adds=own)), NEW)
    assert Occurrence("own") in first.stands
    assert Occurrence("own") not in first.hear((RESTATED, 20)).settle(21).stands


def test_a_case_is_not_judged_by_an_instance_that_has_not_read_the_version() -> None:
    late = opened().hear((RESTATED, 20))
    with pytest.raises(NotYetKnown, match="policy p version 2"):
        late.settle(known=knowing(standard(NODE), OFFICE, policy(changes(id="old"))))


def test_imported_history_that_is_restated_is_no_work_of_ours() -> None:
    late = opened().hear((RESTATED, 20))
    assert late.stands.keys() and state_of([one for one in late.facts if one.data == RESTATED]).live_since is None


EVENTS = [(RESPONSE, 20), (RESTATED, 25), (RESOLVED, 40), (REOPENED, 50), (CLOSED, 90)]


@settings(max_examples=60, deadline=None)
@given(st.permutations(EVENTS))
def test_the_order_in_which_it_becomes_known_changes_no_answer(events: list[Any]) -> None:
    late, whole = opened(), opened().hear(*EVENTS)
    for one in events:
        late.hear(one)
    assert late.settle(100).stands == whole.settle(100).stands


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 120), st.integers(0, len(EVENTS)))
def test_restated_with_equal_terms_equals_contracted(minute: int, number: int) -> None:
    events = [one for one in EVENTS[:number] if one[0] is not RESTATED]
    equal = policy(changes(id="old"), version=2, valid_from=START + INSTANT)
    whole = opened(equal).hear(*events).settle(130)
    again = opened(equal).hear(*events, (RESTATED, minute)).settle(130)
    figures = [
        [(one.status, one.due_at, one.breached_at, one.used_us) for one in desk.stands.values()] for desk in (whole, again)
    ]
    assert figures[0] == figures[1]


HTTP = "/policies/p/versions/2"
LONGER = policy(changes("whole", "9wd", id="longer"), version=2, valid_from=at(NOW))


def told_by_http() -> Any:
    shelf = known(*PROMISES)
    shelf.put(POLICY, LONGER)
    return shelf


async def changed(opened: Any) -> dict[str, Any]:
    found = (await opened.get(f"{HTTP}/restating?limit=200")).json()["items"]
    return {one["case_id"]: one["changes"] for one in found if one["changes"]}


async def test_what_would_change_is_listed_first_and_then_done_once(database_url: str) -> None:
    async with desk(database_url, shelf=told_by_http()) as opened:
        would = await changed(opened)
        assert would and {one["clock"] for each in would.values() for one in each} == {"whole"}
        assert all(one["new_due_at"] != one["due_at"] for each in would.values() for one in each)
        some = sorted(would)[:3]
        first = await opened.post(f"{HTTP}/restate", {"case_ids": some}, key="once")
        assert first.status_code == 200 and {one["case_id"]: one["changes"] for one in first.json()["items"]} == {
            id: would[id] for id in some
        }
        again = await opened.post(f"{HTTP}/restate", {"case_ids": some}, key="once")
        assert [(one["policy_version"], one["changes"]) for one in again.json()["items"]] == [(2, [])] * 3
        assert await changed(opened) == {id: each for id, each in would.items() if id not in some}
        rows = await opened.pool.fetch("select * from sla.clocks where case_id = any($1) and clock = 'whole'", some)
        shown = {row["case_id"]: (row["rule"], row["policy_version"]) for row in rows}
        assert shown == dict.fromkeys(some, ("longer", 2))
        said = await opened.pool.fetch("select count(*) from sla_core.outbox where type like '%terms.restated%'")
        assert said[0][0] == 3


async def test_a_case_in_which_nothing_changes_yet_goes_by_the_version_from_now_on(database_url: str) -> None:
    async with desk(database_url, shelf=told_by_http()) as opened:
        would = (await opened.get(f"{HTTP}/restating?limit=200")).json()["items"]
        still = next(one["case_id"] for one in would if not one["changes"])
        for version in (0, 2):
            [told] = (await opened.post(f"{HTTP}/restate", {"case_ids": [still]})).json()["items"]
            assert (told["policy_version"], told["changes"]) == (version, [])
        assert await opened.pool.fetchval("select count(*) from sla_core.outbox where type = 'terms.restated.v1'") == 1


@pytest.mark.parametrize(
    ("where", "body", "code"),
    [
        (HTTP, {"case_ids": []}, (422, "invalid-request")),
        (HTTP, {"case_ids": ["x"] * 201}, (422, "invalid-request")),
        (HTTP, {"case_ids": ["nobody"]}, (404, "unknown-case")),
        (HTTP, {"case_ids": ["case-000"], "dry": True}, (422, "invalid-request")),
        ("/policies/p/versions/9", {"case_ids": ["case-000"]}, (404, "unknown-policy")),
        ("/policies/q/versions/1", {"case_ids": ["case-000"]}, (422, "other-process")),
    ],
)
async def test_what_is_refused_restates_nothing(database_url: str, where: str, body: Any, code: Any) -> None:
    shelf = told_by_http()
    shelf.put(POLICY, type(LONGER)(process_id="q", version=1, valid_from=START, rules=()))
    async with desk(database_url, shelf=shelf) as opened:
        answer = await opened.post(f"{where}/restate", body)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == code
        assert (await opened.pool.fetchval("select count(*) from sla_core.outbox")) == 0


async def test_the_list_goes_on_page_by_page(database_url: str) -> None:
    async with desk(database_url, shelf=told_by_http()) as opened:
        whole = (await opened.get(f"{HTTP}/restating?limit=200")).json()["items"]
        found, cursor = [], ""
        while cursor is not None:
            page = (await opened.get(f"{HTTP}/restating?limit=7{cursor and '&cursor=' + cursor}")).json()
            found, cursor = [*found, *page["items"]], page["next"]
        assert found == whole and len(whole) > 7
