"""What accepting cases costs while sla reckons beside it, on the same processors: the same load with and without a reckoning."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import httpx

from benchmarks import cases, served
from benchmarks.load import CLIENTS, Load, at_rate, closed
from benchmarks.measure import Goal, Row, beside, take_turns
from deploy.settled import settled
from deploy.stack import Stack

FILL_SECONDS, SECONDS, RATE = 6.0, 6.0, 200.0
SETTLED_SECONDS_MAX = 600.0
LOOK_SECONDS, ASK_SECONDS_MAX = 0.2, 60.0
RUNNING = ("intake", "sla")
LIMITS = {"response": "10m", "resolution": "2h"}
WITHOUT, WITH = "without a reckoning", "while sla reckons"
LIMIT = (
    "two processors: the load takes both of them, and so does a reckoning. Its two processes give way, at niceness 10; "
    "sla, which hands them cases, and PostgreSQL, which writes what they find, do not"
)
_keys = count(1)


def rows() -> list[Row]:
    """Measure both in turn: as many cases as the clients can post, and a steady rate of them."""
    with served.stack("meanwhile") as stack:
        for name in set(stack.ports) - set(RUNNING):
            stack.kill(name)  # only their standards were needed
        intake = f"{stack.url('intake')}/cases"
        _fill(stack, intake)
        most = _turns(stack, lambda: closed(intake, cases.posts(intake), seconds=SECONDS))
        steady = _turns(stack, lambda: at_rate(intake, cases.posts(intake), RATE, seconds=SECONDS))
    rates = {name: [load.rate for load in loads] for name, loads in most.items()}
    work = f"POST /cases {WITH}, {CLIENTS} clients"
    return [
        beside(work, "1/s", rates[WITH], WITHOUT, rates[WITHOUT], goal=Goal(0.85), limit=LIMIT),
        *(_waits(share, steady) for share in (50, 99)),
    ]


def _fill(stack: Stack, intake: str) -> None:
    """Post the cases that sla will reckon, and wait until it has read them."""
    closed(intake, cases.posts(intake), seconds=FILL_SECONDS)
    asyncio.run(settled(RUNNING, stack.database_url, stack.log_url, seconds=SETTLED_SECONDS_MAX))


def _turns(stack: Stack, load: Callable[[], Load]) -> dict[str, list[Load]]:
    def beside_it() -> Load:
        with _reckoning(f"{stack.url('sla')}/reckonings"):
            return load()

    return take_turns({WITHOUT: load, WITH: beside_it})


def _waits(share: int, loads: dict[str, list[Load]]) -> Row:
    ours, theirs = ([load.percentile(share / 100) for load in loads[name]] for name in (WITH, WITHOUT))
    return beside(f"the same at {RATE:.0f} cases/s, p{share}", "ms", ours, WITHOUT, theirs, limit="")


@contextmanager
def _reckoning(url: str) -> Iterator[None]:
    """Let sla reckon all the time, from before the load until after it."""
    begun, ended = threading.Event(), threading.Event()

    def reckon() -> None:
        with httpx.Client(timeout=ASK_SECONDS_MAX) as http:
            while not ended.is_set():
                _reckon(http, url, begun, ended)

    with ThreadPoolExecutor(1) as beside_it:
        running = beside_it.submit(reckon)
        try:
            while not begun.wait(LOOK_SECONDS):
                if running.done():
                    running.result()  # says why
            yield
        finally:
            ended.set()
        running.result()


def _reckon(http: httpx.Client, url: str, begun: threading.Event, ended: threading.Event) -> None:
    """Ask for a reckoning and look at it until it is done or the load is over; what is left of it then is cancelled."""
    asked = http.post(url, json={"limits": LIMITS}, headers=_key()).raise_for_status()
    while (state := http.get(f"{url}?limit=1").raise_for_status().json()["items"][0]["state"]) in ("queued", "running"):
        if state == "running":
            begun.set()
        if ended.wait(LOOK_SECONDS):
            answer = http.post(f"{url}/{asked.json()['reckoning_id']}/cancel", headers=_key())
            assert answer.status_code in (200, 409), answer.text  # 409 where it has just ended
            return
    assert state == "done", state


def _key() -> dict[str, str]:
    return {"Idempotency-Key": f"meanwhile {next(_keys)}"}
