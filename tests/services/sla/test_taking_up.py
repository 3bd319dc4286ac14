"""Cases that wait for a calendar are taken up when it comes, by whoever owns them then; the tables are those of a rebuild."""

from datetime import timedelta

import pytest

from libs.events.testing.loop import run
from libs.events.testing.world import World
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.service import SERVICE as INTAKE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from tests.laws.late import SHORT, of_the_standards, published, registered
from tests.laws.story import BEGIN

CASES = [f"case-{n}" for n in range(4)]


async def begun(*calendars):
    world = World((INTAKE, ROUTING, SLA, ANALYTICS), 1, at=BEGIN, trouble=0.0)
    await world.start()
    for asked in (*calendars, *of_the_standards()):
        await world.execute(asked.service, asked.make)
    await world.settle()
    for case in CASES:
        asked = registered(case)
        await world.execute(asked.service, asked.make)
    await world.settle()
    return world


def statuses(world, service="sla"):
    """Return what the clocks of all cases wait for, and how many of each clock run."""
    names = [column.name for column in world.services[service].tables.tables["clocks"].columns if not column.primary_key]
    rows = [dict(zip(names, row, strict=True)) for row in world.tables(service)["clocks"].values()]
    return {(row["status"], row["waits_for"], row["waits_because"], row["counted_by"]) for row in rows}


async def publish(world, asked):
    await world.execute(asked.service, asked.make)
    await world.settle()
    await world.check()


WAITING = [("not_published", ()), ("too_late", (published(1, SHORT),))]


@pytest.mark.parametrize(("reason", "first"), WAITING)
@pytest.mark.parametrize("moves", [False, True])
def test_live_tables_after_a_late_calendar_are_those_of_a_rebuild(reason, first, moves):
    async def lived():
        world = await begun(*first)
        await world.check()
        assert ("waiting", "cn-business", reason, 0) in statuses(world) & statuses(world, "analytics")
        assert ("running", "", "", 0) in statuses(world), "what is promised in elapsed time runs"
        if moves:  # nobody who is awake when the calendar comes has seen the cases
            for instance in list(world.awake["sla"]):
                await world.bury(instance)
        version = 2 if first else 1
        await publish(world, published(version))
        assert {status for status, *_ in statuses(world)} == {"running"}
        assert {counted for *_, counted in statuses(world)} == ({0, 2} if first else {0})
        assert statuses(world) == statuses(world, "analytics")
        said = len(world.stores["sla"].memory.outbox)
        await publish(world, published(version + 1))
        assert len(world.stores["sla"].memory.outbox) == said + 1, "what is computed needs no other version"

    run(lived())


def test_no_calendar_that_comes_makes_cases_wait_that_never_waited():
    async def lived():
        world = await begun(published())
        assert not world.stores["sla"].memory.awaiting
        await publish(world, published(2))
        assert {counted for *_, counted in statuses(world)} == {0}

    run(lived())


def test_a_promise_that_was_long_due_breaks_at_its_instant_once_the_calendar_is_there():
    async def lived():
        world = await begun()
        world.clock.advance(timedelta(days=60))
        await world.settle()
        before = {row for row in statuses(world) if row[0] == "waiting"}
        assert before
        await publish(world, published())
        assert "waiting" not in {status for status, *_ in statuses(world)}

    run(lived())
