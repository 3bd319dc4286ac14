"""History may come in any order, twice, and in any parts: the tables of all five services are the same, to the row."""

from datetime import datetime, timedelta
from random import Random

import pytest

from libs.events.testing.world import World
from tests.asked import BEGIN, importing, rows, standards
from tests.laws.story import SERVICES

pytestmark = pytest.mark.slow

AT = BEGIN + timedelta(days=120)
"""The day of the import: after all of the history, so that no promise's end depends on the day of the import."""


async def imported(seed, batches, *, steps):
    """Import batches in a world with zombies and faults, which reads on between them as far as the seed likes."""
    world = World(SERVICES, seed, at=AT, trouble=0.05 if steps else 0.0)
    await world.start()
    for asked in standards():
        await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    for batch in batches:
        asked = importing(batch, AT)
        await world.execute(asked.service, asked.make)
        await world.wander(steps)
    await world.come_to_rest()
    await world.check()
    return {name: world.tables(name) for name in world.services}


def in_parts(random, told):
    batches = []
    while told:
        size = random.choice((1, 3, 20))
        batches.append(told[:size])
        told = told[size:]
    return batches


def shuffled(random, told):
    return random.sample(told, len(told))


def withdrawn(told):
    """Return the rows with a cancellation of each case: before it was closed, at that instant, too late."""
    for n, closed in enumerate([row for row in told if row["type"] == "case.closed"], -1):
        at = datetime.fromisoformat(closed["time"]) + timedelta(hours=n)
        words = {"type": "case.cancelled", "time": at.isoformat(), "sequence": 100, "data": {"reason": "solved itself"}}
        told = [*told, closed | words]
    return told


@pytest.mark.parametrize("seed", (0, 1, 3))  # whose first case is not reopened in the hour before it is closed
async def test_cancellations_that_come_in_time_or_too_late_give_the_same_tables_in_any_order(seed):
    random = Random(f"cancelled {seed}")
    told = withdrawn(list(rows(seed, cases=3)))
    in_order = await imported(seed, [told], steps=0)
    assert str(in_order["analytics"]["cases"]).count("'cancelled'") == 1
    assert await imported(seed, in_parts(random, shuffled(random, told)), steps=2) == in_order


@pytest.mark.parametrize("seed", range(4))
async def test_imported_facts_give_the_same_tables_in_any_order(seed):
    random, told = Random(seed), rows(seed, cases=3)
    told_twice = [*told, *random.sample(told, len(told) // 3)]
    in_order = await imported(seed, [told], steps=0)
    mixed = await imported(seed, in_parts(random, shuffled(random, told_twice)), steps=2)
    assert in_order["analytics"]["cases"] and in_order["sla"]["clocks"] and in_order["survey"]["surveys"]
    assert mixed == in_order


async def test_importing_all_of_it_again_adds_no_row_and_no_event():
    told = rows(9, cases=2)
    assert await imported(9, [told, told], steps=0) == await imported(9, [told], steps=0)
