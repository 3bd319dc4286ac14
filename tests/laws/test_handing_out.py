"""Two hundred cases, handed out by each strategy while people come, go and overlap: whose they are, at every instant."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClosed,
    NodeAssigned,
    NodeCompleted,
    NodeEntered,
    NodeStarted,
    RosterPublished,
)
from libs.events.log.envelope import open_envelope, read_fact
from libs.events.testing.tables import states_of
from libs.events.testing.world import World
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.intake.service import SERVICE as INTAKE
from services.routing.commands import roster_command
from services.routing.domain.people.reading import roster_of
from services.routing.domain.people.strategies import STRATEGIES
from services.routing.service import SERVICE as ROUTING
from services.routing.tables import case_row
from services.sla.service import SERVICE as SLA
from tests import asked
from tests.asked import BEGIN, Asked, shipped, standards

pytestmark = pytest.mark.slow

TEAM, CASES, INSTANTS = "customer_service", 200, 40
EARLY = {day: ["08:00-12:00", "13:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
LATE = {day: ["12:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
AWAY = {"ada": [{"from": "2025-07-01", "until": "2025-07-01"}], "cy": [{"from": "2025-07-02", "until": "2025-07-10"}]}


ROSTERS = {13: 2, 27: 3}
"""At which instants another version is published."""

HANDING_ON = ("least_loaded", "remaining_time")


def roster(strategy, version):
    """Return a version of the team's roster: from one to the next some are absent, one leaves, one comes."""
    people = [("ada", EARLY, "bea"), ("bea", EARLY, ""), ("cy", LATE, "dan"), ("dan", LATE, ""), ("eve", LATE, "")][: 7 - version]
    listed = [
        {"id": id, "roles": ["cs_agent", "cs_supervisor"], "capacity": 3 + n, "hours": hours, "absences": AWAY.get(id, [])}
        | ({"deputy": deputy} if deputy else {})
        for n, (id, hours, deputy) in enumerate(people)
    ]
    come = [{"id": "fay", "roles": ["cs_agent", "cs_supervisor"], "capacity": 5, "hours": LATE}] if version > 1 else []
    return {
        "schema": "roster/v1", "team": TEAM, "version": version, "name": {"en": "CS", "zh": "客服部"}, "timezone": "UTC",
        "people": listed + come, "assignment": {"strategy": strategy, "relax_after": "30m", "hand_on": strategy in HANDING_ON},
    }  # fmt: skip


def publish(strategy, version, at):
    written = roster_of(roster(strategy, version))
    return Asked("routing", lambda _: roster_command(written, at=at, actor="it"), f"roster {version}")


async def ask(world, one):
    try:
        await world.execute(one.service, one.make)
    except Refused:
        return False
    return True


async def tell(strategy, seed, trouble):
    """Let cases come and people work at what they have for some days, while the roster changes twice."""
    random, world = Random(f"{strategy} {seed}"), World([INTAKE, ROUTING, SLA], seed, at=BEGIN, trouble=trouble)
    await world.start()
    for one in [*standards(), publish(strategy, 1, BEGIN)]:
        await world.execute(one.service, one.make)
    await world.come_to_rest()
    ids, count = [], 0
    for n in range(INSTANTS):
        for _ in range(CASES // INSTANTS):
            ids.append(str(derived_id(strategy, seed, len(ids))))
            await ask(world, asked.register(ids[-1], ids[-1], "complaint-quality", "one", at=world.clock.at, customer=ids[-1]))
        for id, row in sorted(rows(world).items()):
            if row["visit_agent"] and row["visit_team"] == TEAM and random.random() < 0.5:
                node = next(one for one in shipped("complaint-quality").standard.nodes if one.id == row["node"])
                count, at, agent = count + 1, world.clock.at, row["visit_agent"]
                if row["started"]:
                    await ask(world, asked.complete(f"{count}", id, node, at=at, agent=agent))
                else:
                    await ask(world, asked.of_routing(f"{count}", id, "start", at=at, node=node.id, agent=agent))
        if n in ROSTERS:
            await ask(world, publish(strategy, ROSTERS[n], world.clock.at))
        await world.wander(6)
        await world.come_to_rest()
        world.clock.advance(timedelta(minutes=random.choice((20, 60, 110, 180))))
        await world.come_to_rest()
    return world


def rows(world):
    columns = [one.name for one in ROUTING.tables["cases"].stored if not one.is_key]
    return {key[0]: dict(zip(columns, row, strict=True)) for key, row in world.tables("routing")["cases"].items()}


def said(world):
    """Return what routing said, as it occurred."""
    facts = [read_fact(open_envelope(record.body)) for _, record in world.stores["routing"].memory.outbox.values()]
    return sorted(facts, key=lambda one: one.order)


def held_at_every_instant(facts):
    """Yield instant, capacities, who has which cases and whose they are, at the end of each instant: a model of its own."""
    has, team, capacity = {}, {}, {}
    for n, fact in enumerate(facts):
        match fact.data:
            case RosterPublished(roster=new):
                capacity = {one.id: one.capacity for one in new.people}
            case CaseAssigned(team=of, agent=agent):
                team[fact.key], has[fact.key] = of, agent
            case NodeEntered():
                has[fact.key] = ""
            case NodeAssigned(team=of, agent=agent, rule=rule) if rule != "roster":
                team[fact.key], has[fact.key] = of, agent
            case NodeStarted(agent=agent):
                has[fact.key] = agent
            case NodeCompleted():
                has[fact.key] = ""
            case CaseClosed():
                team.pop(fact.key), has.pop(fact.key)
        if n + 1 == len(facts) or facts[n + 1].time > fact.time:
            yield fact.time, capacity, dict(has), dict(team)


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_nobody_has_too_much_and_every_case_has_an_owner(strategy):
    world = await tell(strategy, 9, trouble=0.03)
    await world.check()
    facts = said(world)
    assert len({fact.key for fact in facts if isinstance(fact.data, NodeEntered)}) == CASES
    for at, capacity, has, team in held_at_every_instant(facts):
        load = Counter(agent for agent in has.values() if agent)
        assert not {id: n for id, n in load.items() if n > capacity.get(id, n)}, at
        assert all(team.values()) and team.keys() >= has.keys(), f"{at}: a case without an owner"
    rules = Counter(fact.data.rule for fact in facts if isinstance(fact.data, NodeAssigned | CaseAssigned))
    assert rules[strategy] > CASES // 3, rules
    causes = {rule.partition(":")[0] for rule in rules if ":" in rule}
    assert causes >= ({"shift_over"} if strategy in HANDING_ON else {"absent", "left"}), rules


async def test_the_same_owners_follow_from_the_facts_in_any_order():
    """A strategy chooses once. What it chose is on the log, and no order in which the log is read chooses otherwise."""
    world = await tell("round_robin", 8, trouble=0.0)
    facts = said(world)
    owners = {id: (row["team"], row["agent"], row["visit_team"], row["visit_agent"]) for id, row in rows(world).items()}
    shuffled = Random(1).sample(facts, len(facts))
    for state in (value for (name, _), value in states_of(ROUTING, shuffled).items() if name == "cases"):
        row = case_row(state)
        assert (row.team, row.agent, row.visit_team, row.visit_agent) == owners[row.case_id]
    assert len(owners) == CASES and sum(bool(agent) for *_, agent in owners.values()) > 5
