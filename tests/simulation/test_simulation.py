"""Hypothesis asks, lets time pass and does harm in any order it can think of; the tables still agree with the model."""

import asyncio
import logging
from datetime import timedelta

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from libs.events.testing.loop import StoppedLoop, run
from libs.events.testing.mishaps import MISHAPS
from tests.simulation.life import PROCESSES, Life
from tests.simulation.model import WAITING

pytestmark = pytest.mark.slow

TROUBLE = 0.1
MINUTES = st.sampled_from((1, 7, 60, 400, 1_500, 9_000))


class Days(RuleBasedStateMachine):
    """One life, in which Hypothesis chooses the requests and the mishaps."""

    cases = Bundle("cases")

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=StoppedLoop)

    def teardown(self):
        self.runner.run(self.life.rest())
        self.runner.close()

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        self.life = Life(seed, TROUBLE)
        self.runner.run(self.life.begin())

    @rule(target=cases, process=st.sampled_from(PROCESSES), affected=st.sampled_from(("one", "batch")))
    def register(self, process, affected):
        self.runner.run(self.life.register(process, affected))
        id = list(self.life.cases)[-1]
        self.runner.run(self.life.heard(id))
        return id

    @rule(id=cases, purpose=st.sampled_from(("response", "info")), ago=MINUTES)
    def contact(self, id, purpose, ago):
        self.runner.run(self.life.contact(id, purpose, ago=timedelta(minutes=ago)))

    @rule(id=cases, steps=st.integers(1, 6))
    def walk(self, id, steps):
        for _ in range(steps):
            self.runner.run(self.life.walk(id))
            self.life.pass_time(timedelta())

    @rule(id=cases, code=st.just(WAITING), verb=st.sampled_from(("raise_exception", "clear_exception")))
    def wait(self, id, code, verb):
        self.runner.run(self.life.routing(id, verb, code=code))

    @rule(id=cases, outcome=st.sampled_from(("resolved", "unreachable", "rejected")))
    def resolve(self, id, outcome):
        self.runner.run(self.life.routing(id, "resolve", outcome=outcome, reason="no more to do"))

    @rule(id=cases)
    def reopen(self, id):
        self.runner.run(self.life.routing(id, "reopen", reason="fails again"))

    @rule(id=cases)
    def cancel(self, id):
        self.runner.run(self.life.cancel(id))
        self.runner.run(self.life.heard(id))

    @rule(id=cases, agent=st.sampled_from(("cy", "di")))
    def assign(self, id, agent):
        self.runner.run(self.life.routing(id, "assign", team="quality", agent=agent))

    @rule(id=cases, overall=st.integers(1, 5))
    def answer(self, id, overall):
        self.runner.run(self.life.answer(id, overall))

    @rule(number=st.integers(0, 2))
    def bring_history(self, number):
        self.runner.run(self.life.bring_history(number))

    @rule(minutes=MINUTES)
    def time_passes(self, minutes):
        self.life.pass_time(timedelta(minutes=minutes))

    @rule(steps=st.integers(1, 12))
    def world_goes_on(self, steps):
        self.runner.run(self.life.world.wander(steps))

    @rule()
    def publish_the_calendar(self):
        self.runner.run(self.life.publish_calendar())

    @rule(mishap=st.sampled_from(sorted(set(MISHAPS), key=lambda one: one.__name__)))
    def mishap(self, mishap):
        self.runner.run(mishap(self.life.world))

    @rule()
    def rest(self):
        self.runner.run(self.life.rest())

    @invariant()
    def time_goes_on(self):
        if hasattr(self, "life"):
            self.life.pass_time(timedelta())  # two things that somebody did to one case have two instants


def test_any_life_that_hypothesis_thinks_of():
    run_state_machine_as_test(
        Days,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def a_wait_outlives_the_closing(life):
    """Seed 2: after a reopening the promise waited for ever, and never broke."""
    await life.register("complaint-quality", "one")
    (id,) = life.cases
    await life.heard(id)
    for ask in (
        lambda: life.routing(id, "raise_exception", code=WAITING),
        lambda: life.cancel(id),
        lambda: life.heard(id),
        lambda: life.routing(id, "reopen", reason="fails again"),
    ):
        life.pass_time(timedelta(hours=1))
        await ask()
    life.pass_time(timedelta(days=30))


async def a_database_goes_back_and_nobody_says_a_word(life):
    """Law seeds 100-105: what only the log remembered came back no sooner than something new was said."""
    store = life.world.stores["intake"]
    backup = store.backup()
    await life.register("inbound-call", "one")
    await life.world.come_to_rest()
    for instance in list(life.world.awake["intake"]):
        await life.world.bury(instance)
    store.restore(backup)


@pytest.mark.parametrize("what", [a_wait_outlives_the_closing, a_database_goes_back_and_nobody_says_a_word])
def test_what_was_found_stays_mended(what):
    async def lived():
        life = Life(1, trouble=0)
        await life.begin()
        await life.publish_calendar()
        await what(life)
        await life.rest()

    run(lived())
