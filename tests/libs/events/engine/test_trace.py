"""The trace of what made us speak goes into every fact that follows from it, and nobody's into a neighbour's."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from libs.events.engine.writer import Command
from libs.events.store.values import Answer
from libs.events.testing.toy import CROWDS, TOY, TOYS
from libs.events.words.event import Topic
from tests.libs.events.kernel import KEY, SAME, Kernel, contact, entered, registered

ONE, OTHER = (f"00-{digit * 32}-{digit * 16}-01" for digit in "12")


def command(key, trace, as_it_is):
    fact = registered(key=key)
    what = {"facts": [fact]} if as_it_is else {"subject": (Topic.CASES, key), "decide": lambda toy: [fact]}
    return Command(lambda outcome: Answer(200, b""), **what, trace=trace)


def settle(key, state, known, until):
    """Say of each node that somebody spoke, as a service does that looks at the state only."""
    return [] if until else [contact(n, f"about-{node}", key) for n, node in enumerate(state.nodes)]


@pytest.mark.parametrize(
    ("why", "commands", "expected"),
    [
        ("as decided", [(KEY, ONE, False)], {KEY: ONE}),
        ("as it is said", [(KEY, ONE, True)], {KEY: ONE}),
        ("nobody's", [(KEY, "", False)], {KEY: ""}),
        ("each its own, in one group", [(KEY, ONE, False), (SAME[1], OTHER, True)], {KEY: ONE, SAME[1]: OTHER}),
    ],
)
async def test_a_commands_facts_carry_its_trace(why, commands, expected):
    kernel = Kernel()
    writer = (await kernel.open()).writer
    running = asyncio.create_task(writer.run())
    await asyncio.gather(*(writer.execute(command(*one)) for one in commands))
    running.cancel()
    assert {fact.key: fact.trace for fact in kernel.said()} == expected


@pytest.mark.parametrize(
    "service", [TOY, replace(TOY, books=(replace(TOYS, reactions={}, settle=settle), CROWDS))], ids=["a reaction", "a settling"]
)
async def test_what_follows_from_a_fact_carries_the_facts_trace(service):
    kernel = Kernel(service=service)
    instance = await kernel.open()
    await kernel.put(msgspec.structs.replace(entered(0, "n1"), trace=ONE))
    while await instance.read(wait=0):
        pass
    assert [fact.trace for fact in kernel.said()] == [ONE]
