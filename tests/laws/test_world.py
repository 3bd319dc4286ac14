"""Five services, one log: in any storm, the tables are those that follow from the facts."""

from datetime import timedelta

import pytest

from libs.events.testing.world import World
from libs.events.words.refusal import Refused
from tests.asked import BEGIN, importing, rows, standards
from tests.laws.story import SERVICES, story

pytestmark = pytest.mark.slow


async def begun(seed, trouble):
    world = World(SERVICES, seed, at=BEGIN, trouble=trouble)
    await world.start()
    for asked in standards():
        await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    return world


async def ask(world, asked):
    try:
        await world.execute(asked.service, asked.make)
    except Refused:
        return False
    return True


async def tell(seed, *, trouble, steps, rest):
    """Tell a story. With `rest`, all services come to rest before time passes, except one that may lag behind."""
    world, accepted = await begun(seed, trouble), 0
    for at, asked_then in story(seed):
        if rest:
            await world.come_to_rest(without=world.random.choice(("", "sla", "survey", "analytics")) if trouble else "")
        world.clock.at = at
        if rest:
            await world.come_to_rest()
        for asked in asked_then:
            accepted += await ask(world, asked)
            await world.wander(steps)
    world.clock.advance(timedelta(days=80))
    await world.come_to_rest()
    return world, accepted


def everything(world):
    return {name: world.tables(name) for name in world.services}


@pytest.mark.parametrize("seed", range(6))
async def test_crashes_zombies_and_lost_answers_change_no_row(seed):
    stormy, accepted = await tell(seed, trouble=0.1, steps=6, rest=True)
    calm, _ = await tell(seed, trouble=0.0, steps=0, rest=True)
    await stormy.check()
    await calm.check()
    assert accepted > 10, "the story was mostly refused and proves little"
    assert sum(stormy.trouble.struck.values()) > 20, "nothing went wrong and this proves little"
    assert everything(stormy) == everything(calm)


@pytest.mark.parametrize("seed", range(100, 108))
async def test_live_tables_equal_a_replay_even_when_facts_come_after_their_alarm(seed):
    world, accepted = await tell(seed, trouble=0.1, steps=3, rest=False)
    await ask(world, importing(rows(seed), world.clock.at))
    await world.wander(10)
    await world.come_to_rest()
    await world.check()
    assert accepted > 3
