"""The data of the release before comes up with this one: tables are made again, figures stay, old cases go on.

That release made the backup (`python -m tests.backups`), and wrote beside it what its views and its HTTP said. Here the
clocks of the machine and of the database are set back to that instant, so that nothing falls due that had not fallen due there.
"""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tests.backups.stack import PastStack, answers, kept, parked, views

RELEASE = "0.1.0"

CUT = "a stretch ends where the class, the severity or the grade of its case changes, so there are more and shorter ones"
GRANTED = "a case is cancelled when routing closed it as withdrawn, not when intake was asked for it"
CHANGED_VIEWS = {f"analytics.stretches.{column}": CUT for column in ("n", "since_at", "until_at")}
CHANGED_VIEWS |= {"intake.cases.cancelled_at": GRANTED}
"""Columns with another meaning now, and why. Of the rest of such a view the rows are compared, not how many there are."""

ROLLUPS = {
    "analytics.first_contact_resolution": ("num", "den"),
    "analytics.satisfaction": ("answers", "satisfied", "score_sum", "answers_apart"),
    "analytics.timeliness": ("met", "breached", "ended_late", "used_us", "decided", "ended"),
    "analytics.workload": ("registered", "assigned", "resolved", "closed", "reopened", "contacts"),
    "analytics.node_durations": ("visits", "waits", "worked", "wait_us", "work_elapsed_us", "touches", "touch_us"),
    "analytics.outcomes": ("cases",),
}
"""Views whose rows are kept apart by grade and class now: several rows may add up to one of before."""

OF_A_ROLLUP = ("day", "process_id", "process_version", "team", "agent", "rule", "kind", "clock", "node", "outcome")

CHANGED_ANSWERS = {"next": "where the next page begins is told in words of the release that answers", "cancelled_at": GRANTED}
"""Values of HTTP answers that have changed, by the last name on their way, and why."""

TOLD_NOW = ("used_us", "paused_us")
"""Values of HTTP answers that were null where a promise was not kept, and tell now what it has used so far."""

GROWN = {"routing.processes": ("process_id", "version"), "routing /processes/items": ("process_id", "version")}
"""Where this release adds its own versions of the shipped standards, and by what to know those that were there before."""

CHANGED_ORDER = {"routing /work/items": "what falls due first stands in front, no longer what waits longest"}
"""Lists whose order has changed, and why. What they say of each case is compared."""


@contextmanager
def come_up(folder, *, kafka=False):
    """Bring up the old data; on Kafka, with the records of its log where they would be if they had always been there."""
    dump, said = kept(RELEASE)
    past = PastStack(folder, kafka=kafka)
    try:
        past.open_database(dump)
        if kafka:
            past.move_log_to_broker()
        past.live_at(datetime.fromisoformat(said["at"]))
        past.running.come_to_rest()
        yield past, said
    finally:
        past.stop()


@pytest.fixture(scope="module")
def upgraded(server_folder):
    with come_up(server_folder / "upgraded") as made:
        yield made


@pytest.fixture
def running(upgraded):
    return upgraded[0].running


@pytest.fixture
def said(upgraded):
    return upgraded[1]


def test_every_view_has_the_rows_it_had(running, said):
    assert different_views(running, said) == []


def different_views(running, said):
    """Return the views whose rows are not those of before, with some of them."""
    then, now = ({name: summed(name, rows) for name, rows in one.items()} for one in (said["views"], views(running)))
    assert {name for name, rows in then.items() if rows} <= now.keys() and len(then) > 15
    different = []
    for name, rows in then.items():
        columns = [one for one in (rows[0] if rows else []) if f"{name}.{one}" not in CHANGED_VIEWS]
        told = (rows, known(rows, now[name], name))
        before, after = (sorted(json.dumps([row.get(one) for one in columns]) for row in given) for given in told)
        if rows and len(columns) < len(rows[0]):
            before, after = sorted(set(before)), sorted(set(after))
        if before != after:
            different.append((name, columns, sorted(set(before) - set(after))[:3], sorted(set(after) - set(before))[:3]))
    return different


def known(before, after, name):
    """Return what was there before; where nothing may be added, everything."""
    if (key := GROWN.get(name)) is None:
        return after
    there = {tuple(row[one] for one in key) for row in before}
    assert len(after) > len(there), f"nothing is added to {name} any more"
    return [row for row in after if tuple(row[one] for one in key) in there]


def summed(name, rows):
    """Return a rollup's sums by its former key; the rows of any other view."""
    if (measures := ROLLUPS.get(name)) is None:
        return rows
    sums = {}
    for row in rows:
        key = tuple((one, row[one]) for one in OF_A_ROLLUP if one in row)
        for one in measures:
            sums.setdefault(key, dict.fromkeys(measures, 0))[one] += row[one]
    return [{**dict(key), **counted} for key, counted in sums.items()]


def test_every_answer_says_what_it_said(running, said):
    assert different_answers(running, said) == []


def different_answers(running, said):
    """Return where the answers do not say what they said before."""
    before = said["http"]
    after = answers(running, [tuple(name.split(" ", 1)) for name in before])
    assert len(before) > 100
    return [one for name in before for one in unsaid(before[name], after[name], name)]


def unsaid(before, after, where):
    """Yield where the new answer does not say what the old one did; it may say more."""
    last = where.rpartition("/")[2]
    if last in CHANGED_ANSWERS or (before is None and last in TOLD_NOW):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before:
            yield from unsaid(before[name], after.get(name, "(nothing)"), f"{where}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after := known(before, after, where)):
        if where in CHANGED_ORDER:
            before, after = (sorted(one, key=lambda item: item["case_id"]) for one in (before, after))
        for n, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from unsaid(old, new, f"{where}/{n}")
    elif before != after:
        yield where, before, after


def test_what_was_set_aside_still_is_and_live_tables_equal_rebuilt_ones(running, said):
    assert parked(running) == said["parked"] and any(said["parked"].values())
    assert running.verify() == []


def test_a_request_that_was_answered_before_is_answered_the_same(running, said):
    asked = said["asked"]
    again = running.post("intake", "/cases", asked["body"], asked["headers"])
    assert (again.status_code, again.json()) == (201, asked["answer"])
    other = running.post("intake", "/cases", asked["body"] | {"external_ref": "T-2"}, asked["headers"])
    assert other.status_code == 422, "one key, one request"


def test_a_link_that_a_customer_has_still_works(running, said):
    form = running.http.get(f"{running.stack.url('survey')}{said['link']}", headers={"Authorization": ""})
    assert form.status_code == 200 and "<form" in form.text
    url = f"{running.stack.url('survey')}{said['link']}"
    assert running.http.post(url, data={"overall": "5", "comment": "later"}, headers={"Authorization": ""}).status_code == 200
    asked = running.get("survey", f"/surveys?case_id={said['cases']['asked']}")
    assert asked.status_code == 200, asked.text


def test_old_cases_go_on(running, said):
    cases = said["cases"]

    def say(service, path, body=None, status=200):
        answer = running.post(service, path, body)
        assert answer.status_code == status, answer.text
        return answer

    for node, outputs in {
        "n3": ["service_class=routine", "assignment"],
        "n4": ["handling_result"],
        "n5": ["result_notice"],
    }.items():
        say("routing", f"/cases/{cases['running']}/nodes/{node}/start", {"agent": "cs-1"})
        say("routing", f"/cases/{cases['running']}/nodes/{node}/complete", {"agent": "cs-1", "outputs": outputs})
    say("routing", f"/cases/{cases['answered']}/reopen", {"reason": "It does not work any more."})
    say("intake", f"/cases/{cases['project']}/cancel", {"reason": "The customer withdrew."})
    say("routing", "/processes/desk-that-began-late/versions/3/publish")
    running.come_to_rest()
    phases = {
        name: running.get("routing", f"/cases/{cases[name]}").json()["phase"] for name in ("running", "answered", "project")
    }
    assert phases == {"running": "resolved", "answered": "in_work", "project": "cancelled"}
    clocks = {one["clock"]: one["status"] for one in running.get("sla", f"/clocks/{cases['running']}").json()["items"]}
    assert (clocks["resolution"], clocks["node:n3"]) == ("met", "met")
    assert running.verify() == []


def test_what_had_to_wait_for_a_calendar_is_computed_when_it_comes(running, said):
    windows = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    year = datetime.fromisoformat(said["at"]).year
    calendar = {"id": "late-office", "version": 2, "timezone": "UTC", "years": [year - 2, year + 1], "windows": windows}
    assert running.post("sla", "/calendars", {"calendar": calendar}).status_code == 201
    running.eventually("sla", "/waiting", lambda found: not found["items"])
    path = f"/clocks/{said['cases']['waits']}"  # its instant passed long ago, and an alarm says so
    found = running.eventually("sla", path, lambda found: answer_of(found)["status"] == "breached")
    assert answer_of(found)["counted_by"] == 2


def answer_of(found):
    return next(one for one in found["items"] if one["clock"] == "answer")


def test_what_falls_due_later_is_said_with_its_instant(upgraded):
    past, said = upgraded
    past.live_at(past.now + timedelta(days=40))
    past.running.come_to_rest()
    case = said["cases"]["said once"]
    clocks = {one["clock"]: one for one in past.running.get("sla", f"/clocks/{case}").json()["items"]}
    before = {one["clock"]: one for one in said["http"][f"sla /clocks/{case}"]["items"]}
    assert (before["response"]["status"], clocks["response"]["status"]) == ("running", "breached")
    assert clocks["response"]["breached_at"] == before["response"]["due_at"]


def test_with_the_log_on_kafka_it_comes_up_and_says_the_same(server_folder):
    with come_up(server_folder / "upgraded_on_kafka", kafka=True) as (past, said):
        running = past.running
        assert (different_views(running, said), different_answers(running, said)) == ([], [])
        assert parked(running) == said["parked"]
        asked = said["asked"]
        assert running.post("intake", "/cases", asked["body"], asked["headers"]).json() == asked["answer"]
        assert running.post("routing", f"/cases/{said['cases']['answered']}/reopen", {"reason": "Again."}).status_code == 200
        assert running.verify() == []
