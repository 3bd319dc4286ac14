"""One life from one seed: some days of some cases, with counts."""

import asyncio
import gc
import logging
import traceback
from datetime import timedelta

import structlog

from libs.events.testing.loop import run
from tests.asked import BEGIN
from tests.simulation.life import PROCESSES, Life
from tests.simulation.model import WAITING

MOMENTS, CASES_MAX, REST_EVERY = 36, 6, 12
MINUTES = (0, 1, 5, 20, 45, 130, 400, 1500, 3000, 6000)
AFTERWARDS = timedelta(days=30)


def lived(seed, moments=MOMENTS):
    """Live a seed's life to its end; return its days and counts."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return run(_live(seed, moments))


def attempted(seed):
    """Return a seed with its days and counts, or with what went wrong."""
    gc.set_threshold(100_000, 50, 100)  # a life is short: looking for cycles all the time would take a quarter of it
    try:
        return seed, lived(seed), ""
    except Exception:
        return seed, (0.0, {}), traceback.format_exc()


async def _live(seed, moments):
    life = Life(seed, trouble=0.1)
    await life.begin()
    for moment in range(1, moments + 1):
        life.pass_time(timedelta(minutes=life.random.choice(MINUTES)))
        await _moment(life)
        if moment % REST_EVERY == 0:
            await life.rest()
    days = (life.at - BEGIN) / timedelta(days=1)
    life.pass_time(AFTERWARDS)
    await life.rest()
    return days, {**life.counts, **life.world.trouble.struck}


async def _moment(life):
    """Some cases at once, each asked one thing, while the world goes on."""
    random = life.random
    if len(life.cases) < CASES_MAX and random.random() < 0.4:
        await life.register(random.choice(PROCESSES), random.choice(("one", "batch")))
    if random.random() < 0.05:
        await life.bring_history(random.randrange(3))
    live = [id for id, case in life.cases.items() if not case.is_imported]
    busy = random.sample(live, random.randint(0, len(live)))
    for id in busy:
        await life.heard(id)
    await asyncio.gather(*(_one_thing(life, id) for id in busy), life.world.wander(random.randint(0, 12)))
    if life.answers and random.random() < 0.3:
        await life.repeat()
    if life.lateness.random() < 0.08:
        await life.publish_calendar()


async def _one_thing(life, id):
    random = life.random
    if random.random() < 0.55:
        return await life.walk(id)
    things = (
        lambda: life.contact(id, random.choice(("response", "info"))),
        lambda: life.contact(id, "response", ago=timedelta(minutes=random.choice(MINUTES))),
        lambda: life.routing(id, "raise_exception", code=WAITING),
        lambda: life.routing(id, "clear_exception", code=WAITING),
        lambda: life.routing(id, "assign", team="quality", agent=random.choice(("cy", "di"))),
        lambda: life.routing(id, "grade", grade=random.choice(("normal", "urgent")), reason="looked again"),
        lambda: life.routing(id, "resolve", outcome=random.choice(("resolved", "unreachable", "rejected")), reason="r"),
        lambda: life.routing(id, "reopen", reason="fails again"),
        lambda: life.answer(id, random.randint(1, 5)),
        lambda: life.answer(id, random.randint(1, 5)),
        lambda: life.cancel(id) if random.random() < 0.3 else life.walk(id),
        lambda: _both(life, id),
        lambda: _both(life, id),
    )
    return await random.choice(things)()


async def _both(life, id):
    """Two colleagues do the same at once."""
    await asyncio.gather(life.walk(id, "bo"), life.walk(id, "cy"))
