"""Cases that wait for a calendar are taken up when it comes, by their owner then; the tables are those of a rebuild."""

from datetime import date, timedelta

import pytest

from libs.events.testing.loop import run
from libs.events.testing.world import World
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.service import SERVICE as INTAKE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from tests.asked import BEGIN, cancel, publish_calendar, publish_processes, register

pytestmark = pytest.mark.slow

CASES = [f"case-{n}" for n in range(4)]
SHORT = date(2025, 6, 30)
"""A last day of a calendar on which the cases have just begun."""


async def begun(*calendars):
    world = World((INTAKE, ROUTING, SLA, ANALYTICS), 1, at=BEGIN, trouble=0.0)
    await world.start()
    for asked in (*calendars, *publish_processes(["complaint-quality"])):
        await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    for case in CASES:
        asked = register(f"register {case}", case, "complaint-quality", "one", at=BEGIN, customer=case)
        await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    return world


def clocks(world, service="sla"):
    """Return the rows of the clocks by case and clock."""
    names = [column.name for column in world.services[service].tables["clocks"].stored if not column.is_key]
    return {key: dict(zip(names, row, strict=True)) for key, row in world.tables(service)["clocks"].items()}


def statuses(world, service="sla"):
    """Return the different statuses of all clocks, with the calendar each waits for or was counted by."""
    rows = clocks(world, service).values()
    return {(row["status"], row["waits_for"], row["waits_because"], row["counted_by"]) for row in rows}


async def publish(world, asked):
    await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    await world.check()


WAITING = [("not_published", ()), ("too_late", (publish_calendar(last_day=SHORT),))]


@pytest.mark.parametrize(("reason", "first"), WAITING)
@pytest.mark.parametrize("moves", [False, True])
def test_live_tables_after_a_late_calendar_are_those_of_a_rebuild(reason, first, moves):
    async def lived():
        world = await begun(*first)
        await world.check()
        assert ("waiting", "cn-business", reason, 0) in statuses(world) & statuses(world, "analytics")
        assert ("running", "", "", 0) in statuses(world), "what is promised in elapsed time runs"
        if moves:  # no instance that is awake when the calendar comes has seen the cases
            for instance in list(world.awake["sla"]):
                await world.bury(instance)
        version = 2 if first else 1
        await publish(world, publish_calendar(version=version))
        assert {status for status, *_ in statuses(world)} == {"running"}
        assert {counted for *_, counted in statuses(world)} == ({0, 2} if first else {0})
        assert statuses(world) == statuses(world, "analytics")
        said = len(world.stores["sla"].memory.outbox)
        await publish(world, publish_calendar(version=version + 1))
        assert len(world.stores["sla"].memory.outbox) == said + 1, "what is computed needs no other version"

    run(lived())


def test_no_calendar_that_comes_makes_cases_wait_that_never_waited():
    async def lived():
        world = await begun(publish_calendar())
        assert {name for _, _, name in world.stores["sla"].memory.tables["awaiting"]} == {"policy complaint-quality"}
        await publish(world, publish_calendar(version=2))
        assert {counted for *_, counted in statuses(world)} == {0}

    run(lived())


@pytest.mark.parametrize(("days", "judged"), [(1, {("cancelled", False)}), (90, {("breached", True)})])
def test_a_promise_whose_case_ends_while_it_waits_says_so_in_every_service_and_is_judged_when_the_calendar_comes(days, judged):
    async def lived():
        world = await begun()
        world.clock.advance(timedelta(days=days))
        await world.come_to_rest()
        asked = cancel("cancel", CASES[0], at=BEGIN + timedelta(days=days))
        await world.execute(asked.service, asked.make)
        await world.come_to_rest()
        await world.check()
        for service in ("sla", "analytics"):
            mine = {key: row for key, row in clocks(world, service).items() if row["status"] == "waiting"}
            assert mine and {case for case, *_ in mine} == {*CASES}
            over = {case for (case, *_), row in mine.items() if row["ended_at"] is not None}
            assert over == {CASES[0]} and all(row["ended_at"] for (case, *_), row in mine.items() if case == CASES[0])
            assert {row["lapse"] for (case, *_), row in mine.items() if case == CASES[0]} == {"cancelled"}
        waited = {key for key, row in clocks(world, "sla").items() if key[0] == CASES[0] and row["status"] == "waiting"}
        await publish(world, publish_calendar())
        for service in ("sla", "analytics"):
            found = [clocks(world, service)[key] for key in waited]
            assert {(row["status"], row["breached_at"] is not None) for row in found} == judged
            assert all(row["ended_at"] and row["lapse"] == "cancelled" and not row["waits_because"] for row in found)

    run(lived())


def test_a_promise_that_was_long_due_breaks_at_its_instant_once_the_calendar_is_there():
    async def lived():
        world = await begun()
        world.clock.advance(timedelta(days=60))
        await world.come_to_rest()
        before = {row for row in statuses(world) if row[0] == "waiting"}
        assert before
        await publish(world, publish_calendar())
        assert "waiting" not in {status for status, *_ in statuses(world)}

    run(lived())
