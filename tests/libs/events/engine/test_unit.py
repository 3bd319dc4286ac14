"""A unit of work: in any order of arrival, state and rows are those of the set of facts."""

from random import Random

import pytest

from libs.events.catalogue.routing import NodeEntered
from libs.events.log.envelope import draft
from libs.events.testing.toy import TABLES, TOYS
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from tests.libs.events.kernel import KEY, SAME, Kernel, at, contact, deciding, entered, implied, registered

FACTS = [
    registered(0),
    contact(5, "web"),
    entered(7, "n1"),
    contact(9, "mail"),
    entered(9, "n2"),
    registered(3, SAME[1], "web"),
    contact(4, "phone", SAME[1]),
]


def tables(kernel):
    found = {name: dict(kernel.rows(name)) for name in TABLES}
    found["channels"] = {key: row for key, row in found["channels"].items() if any(row)}
    return found


@pytest.mark.parametrize("seed", range(25))
async def test_facts_in_any_order_batches_and_number_give_the_rows_of_their_set(seed):
    random, kernel = Random(seed), Kernel()
    told = random.sample(FACTS, len(FACTS)) + random.sample(FACTS, 3)
    while told:
        size = random.randint(1, 4)
        batch, told = told[:size], told[size:]
        # The heard and the own lie in different places of the store; a refold needs both.
        if random.random() < 0.5:
            await kernel.say(*(fact for fact in batch if fact.source == "intake"))
            await kernel.hear(*(fact for fact in batch if fact.source != "intake"))
        else:
            await kernel.hear(*batch)
    assert kernel.state() == TOYS.of(KEY, [fact for fact in FACTS if fact.key == KEY])
    assert tables(kernel) == implied(FACTS)


async def test_a_late_fact_is_seen_in_its_place_by_the_very_next_decision():
    kernel, seen = Kernel(), []
    await kernel.say(registered(0), contact(9, "mail"))
    async with kernel.store.transaction() as transaction:
        unit = deciding(transaction)
        await unit.load([(Topic.CASES, KEY)])
        unit.say([contact(5, "web")])
        await unit.decide((Topic.CASES, KEY), lambda toy: seen.append(list(toy.channels)) or [])
    assert seen == [["phone", "web", "mail"]]


async def test_only_rows_that_differ_are_written_and_sums_get_the_difference():
    kernel = Kernel()
    await kernel.say(registered(0, channel="web"), registered(0, SAME[1], "web"))
    async with kernel.store.transaction() as transaction:
        unit = deciding(transaction)
        await unit.load([(Topic.CASES, KEY), (Topic.CASES, SAME[1])])
        unit.say([contact(5, "mail")])
        await unit.write()
    changes = unit.changes
    assert [(row.table, row.key) for row in changes.upserts] == [
        ("toys", (KEY,)),
        ("contacts", (KEY, "mail")),
        ("timer", (Topic.CASES, KEY, "silence")),
        ("crowds", ("mail",)),
        ("crowds", ("web",)),
    ]
    assert [row.key for row in changes.deletes] == [(KEY, "web")]
    assert changes.additions == {("channels", ("web",)): (-1, -1), ("channels", ("mail",)): (1, 2)}
    assert kernel.rows("channels") == {("web",): (1, 1), ("mail",): (1, 2)}


async def test_timers_are_armed_moved_and_disarmed_with_the_state():
    kernel = Kernel()
    await kernel.say(registered(0))
    assert [due for _, due in kernel.store.memory.tables["timer"].values()] == [at(24 * 60)]
    await kernel.say(contact(5))
    assert [due for _, due in kernel.store.memory.tables["timer"].values()] == [at(24 * 60 + 5)]


async def test_what_a_service_does_not_own_it_cannot_say_and_what_is_malformed_nobody_can():
    kernel = Kernel()
    with pytest.raises(PermissionError, match="belongs to routing"):
        await kernel.say(draft(NodeEntered(node="n1"), KEY, at(0)))
    with pytest.raises(Refused, match="channel"):
        await kernel.say(contact(1, ""))
    assert (kernel.said(), kernel.state()) == ([], None)
