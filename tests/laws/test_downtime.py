"""After a day of downtime sla says each breach and each warning once, with its own instant; under a wrong clock it says none."""

from datetime import timedelta

import pytest
import yaml

from libs.events.catalogue.sla import ClockBreached, ClockWarned
from libs.events.log.envelope import fact_of
from libs.events.testing.world import World
from services.routing.commands import draft_command, publish_command
from services.routing.domain.standards.standard import sound
from tests.asked import BEGIN, DEPLOY, Asked, contact, publish_calendar, register
from tests.laws.story import SERVICES

pytestmark = pytest.mark.slow

FIRST, SECOND = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
MINUTE = timedelta(minutes=1)
PROMISED = {"response": {"limit": "30m", "until": "first_response", "warn": {"80%": "agent", "5m": "supervisor"}}}
"""It warns after 24 and 25 minutes, and breaks after 30."""


def standard():
    """Publish a calendar and a process with one promise that warns."""
    written = yaml.safe_load((DEPLOY / "standards" / "inbound-call-1.yaml").read_text())
    for severity in written["severities"].values():
        severity.pop("promises")
    for one in written["exceptions"]:
        one.pop("pauses", None)
    read = sound(written | {"promises": PROMISED})
    yield publish_calendar()
    yield Asked("routing", lambda _: draft_command(read, at=BEGIN, actor="it"), "draft")
    yield Asked("routing", lambda _: publish_command("inbound-call", 1, at=BEGIN, actor="it"), "publish")


async def begun():
    """Return a calm world in which one case was registered."""
    world = World(SERVICES, 1, at=BEGIN, trouble=0.0)
    await world.start()
    for asked in standard():
        await world.execute(asked.service, asked.make)
    await world.come_to_rest()
    await ask(world, register("k1", FIRST, "inbound-call", "one", at=BEGIN, customer="anna"))
    await world.come_to_rest()
    return world


async def ask(world, asked):
    await world.execute(asked.service, asked.make)


def said(world):
    """Return what was said of the promise to answer: of which case, after how many minutes, and what."""
    lines = (line for partition, line in world.broker.partitions.items() if partition.topic == "cases")
    facts = [fact_of(record.body) for line in lines for record in line.records]
    mine = [one for one in facts if isinstance(one.data, ClockWarned | ClockBreached) and one.data.clock == "response"]
    return sorted((one.key, (one.time - BEGIN) / MINUTE, getattr(one.data, "mark", "broken")) for one in mine)


async def test_after_a_day_of_downtime_each_is_said_once_with_its_own_instant():
    world = await begun()
    world.clock.at = BEGIN + 10 * MINUTE
    await ask(world, register("k2", SECOND, "inbound-call", "one", at=world.clock.at, customer="ben"))
    world.clock.at = BEGIN + timedelta(days=1)
    await world.come_to_rest(without="sla")
    assert said(world) == [], "sla is down"
    await ask(world, contact("k3", SECOND, "response", at=world.clock.at, occurred_at=BEGIN + (10 + 24.5) * MINUTE))
    await world.come_to_rest(without="sla")
    await world.come_to_rest()
    all_of_it = [(FIRST, 24.0, "80%"), (FIRST, 25.0, "5m"), (FIRST, 30.0, "broken"), (SECOND, 34.0, "80%")]
    assert said(world) == all_of_it
    world.clock.advance(timedelta(days=1))
    await world.come_to_rest()
    assert said(world) == all_of_it, "and never again"
    await world.check()


@pytest.mark.parametrize("wrong", [timedelta(hours=1), -timedelta(hours=1)])
async def test_under_a_wrong_clock_nothing_is_said_before_or_after_its_time(wrong):
    world = await begun()
    for instance in world.awake["sla"][1:]:
        world.own_clocks[instance].by = wrong
    second = 1 / 60
    told = [
        (24 - second, ""),
        (24, ""),
        (24 + second, "80%"),
        (25 + second, "80% 5m"),
        (30, "80% 5m"),
        (30 + second, "80% 5m broken"),
    ]
    for minute, found in told:
        world.clock.at = BEGIN + minute * MINUTE
        await world.come_to_rest()
        assert [what for _, _, what in said(world)] == found.split(), minute
    assert [after for _, after, _ in said(world)] == [24, 25, 30]
