"""The simulation can fail: it catches every mutant of the kernel, and lets the sound kernel through the same seeds."""

import re

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.testing.loop import run
from libs.events.words.event import TYPES
from tests.mutants import MUTANTS
from tests.simulation.life import Life
from tests.simulation.seeds import lived

pytestmark = pytest.mark.slow

MOMENTS, SEEDS = 24, range(24)
CAUGHT = {
    "drop-fence": "checkpoint of .* went back",
    "skip-read-back": "on the log stands|differ from a replay|not on the log|not what the facts imply",
    "checkpoint-apart": "differ from a replay|not what the facts imply|the model says",
    "forget-answers": "answered differently|two answers",
    "fire-early": "a breach due .* but facts up to|the watermark is .* but .* was read to",
    "own-clock": "a breach due .* was said at|the model says|at rest, and knows its partitions until|the watermark is .* but",
    "ignore-versions": "differ from a replay|not what the facts imply|the model says",
    "keep-half": "differ from a replay|not what the facts imply|the model says|went back|set something aside",
    "one-partition": "the watermark is .* but .* was read to",
}
HOLE = "number 2 follows 0"


def wrong_with(seed):
    """Return the fault that is found in a seed's life."""
    try:
        lived(seed, MOMENTS)
    except AssertionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("mutant", "by"), CAUGHT.items())
def test_the_simulation_catches(mutant, by):
    with MUTANTS[mutant]():
        found = next(filter(None, map(wrong_with, SEEDS)), "")
    assert re.search(by, found), f"{mutant}: {found or 'nobody noticed'}"


@pytest.mark.parametrize("seed", SEEDS)
def test_and_lets_the_kernel_through(seed):
    assert wrong_with(seed) == ""


async def with_a_hole():
    """Live a day on which the log loses a record that nobody has read yet; return whether somebody stopped."""
    life = Life(1, trouble=0)
    await life.begin()
    await life.register("inbound-call", "one")
    (id,) = life.cases
    for _ in range(2):
        await life.contact(id, "info")
    world = life.world
    await world.awake["intake"][0].send()
    await world.awake["intake"][1].send()
    (line,) = (line for line in world.broker.partitions.values() if any(record.key == id for record in line.records))
    assert TYPES[ContactLogged].wire.encode() in line.records.pop(1).body
    await world.come_to_rest()
    return [stopped for group in world.awake.values() for one in group for stopped in one.leases.stopped()]


def test_a_hole_in_the_log_stops_the_kernel():
    with pytest.raises(AssertionError, match=HOLE):
        run(with_a_hole())


def test_and_not_the_one_that_forgot_to_count():
    with MUTANTS["forget-sequence"]():
        assert run(with_a_hole()) == [], "a mutant that stops is none"


def test_every_mutant_is_caught_somewhere():
    in_the_kernels_own_law = {"unlocked"}  # tests/libs/events/engine/test_books.py: so few cases of a life meet there
    assert CAUGHT.keys() | {"forget-sequence"} | in_the_kernels_own_law == MUTANTS.keys()
