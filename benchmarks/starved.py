"""`python -m benchmarks.starved`: five services read a long log while busy loops take every processor. Does one ever stand still?

The same is done without the loops first. Exit code 1 when a service stood still for more than ten seconds, or when a promise
that was kept was called broken.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

import asyncpg

from benchmarks import ground
from benchmarks.backlog import said
from benchmarks.desk import run
from deploy.home import Home
from deploy.process import free_port
from deploy.stack import DATABASE, Stack
from libs.events.log.opening import open_log
from libs.events.log.port import Log
from services.__main__ import PORTS, service_of

EVENTS = int(os.environ.get("STARVED_EVENTS", "300000"))
SECONDS_MAX = float(os.environ.get("STARVED_SECONDS", "600"))
STILL_SECONDS_MAX = 10.0
POLL_SECONDS, TELL_SECONDS, START_SECONDS_MAX = 0.25, 15.0, 300.0
TROUBLE = ("will be tried again", "cannot go on", "a step failed", "lease of the partition is over", "this machine's clock is")
FALSE_BREACHES = """
select count(*) filter (where type = 'clock.withdrawn')
  + count(*) filter (where type = 'clock.breached' and convert_from(body, 'utf8')::jsonb->'data'->>'clock' = 'response')
from sla_core.outbox"""


@dataclass
class Progress:
    """The progress of a service, and the longest time for which it stood still although it had work."""

    done: int = 0
    left: int = 0
    longest: float = 0.0
    since: float = 0.0

    def see(self, done: int, left: int, now: float) -> None:
        """Look at it `now`."""
        if self.done and self.left:  # until it has begun, its process is starting
            self.longest = max(self.longest, now - self.since)
        if done != self.done or not left:
            self.since = now
        self.done, self.left = done, left


@dataclass
class Told:
    """The result of one run: the events that each service read and sent, and the complaints of the processes."""

    seconds: float
    read: dict[str, Progress]
    sent: dict[str, Progress]
    trouble: list[str]
    false_breaches: int

    @property
    def rate(self) -> float:
        return sum(one.done for one in self.read.values()) / self.seconds

    @property
    def longest(self) -> float:
        return max(one.longest for one in (*self.read.values(), *self.sent.values()))


@contextmanager
def busy() -> Iterator[None]:
    """Keep a loop busy on every processor."""
    burn = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
    loops = [subprocess.Popen([sys.executable, "-c", burn, str(cpu)]) for cpu in sorted(os.sched_getaffinity(0))]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


async def _read(db: "asyncpg.Connection[asyncpg.Record]", log: Log, name: str) -> tuple[int, int]:
    """Return how many events a service has read, and how many more there are."""
    version = await db.fetchval(f"select version from {name}_core.live")
    rows = await db.fetch(f"select topic, part, next_offset from {name}_v{version}.checkpoint")
    done = sum(row["next_offset"] for row in rows)
    return done, sum([sum((await log.ends(topic)).values()) for topic in service_of(name).topics_heard]) - done


async def _sent(db: "asyncpg.Connection[asyncpg.Record]", name: str) -> tuple[int, int]:
    """Return how many events a service has sent, and how many wait."""
    row = await db.fetchrow(
        "select coalesce(sum(c.last_seq + 1), 0)::bigint, coalesce(sum(p.next_seq - c.last_seq - 1), 0)::bigint "
        f"from {name}_core.relay_cursor c join {name}_core.outbox_partition p using (topic, part)"
    )
    assert row is not None
    return row[0], row[1]


async def watched(url: str, seconds: float) -> tuple[dict[str, Progress], dict[str, Progress]]:
    """Watch all five until they have read and sent everything, or the time is over."""
    read, sent = {name: Progress() for name in PORTS}, {name: Progress() for name in PORTS}
    db, log, begun, told = await asyncpg.connect(url), open_log(url), time.monotonic(), 0.0
    while (now := time.monotonic()) < begun + seconds:
        left = 0
        for name in PORTS:
            for progress, (done, more) in ((read[name], await _read(db, log, name)), (sent[name], await _sent(db, name))):
                progress.see(done, more, time.monotonic())
                left += more
        if not left:
            break
        if now > told + TELL_SECONDS:
            told = now
            _tell(
                f"{now - begun:4.0f} s  " + "  ".join(f"{name} {one.done:,}" for name, one in read.items()) + f"  left {left:,}"
            )
        await asyncio.sleep(POLL_SECONDS)
    await db.close()
    await log.close()
    return read, sent


async def _false_breaches(url: str) -> int:
    db = await asyncpg.connect(url)
    try:
        return int(await db.fetchval(FALSE_BREACHES))
    finally:
        await db.close()


def one_run(name: str, *, starved: bool) -> Told:
    """Fill a log, let five services read it, and return how that went."""
    stack = Stack(Home(ground.folder() / name), ports={service: free_port() for service in PORTS})
    stack.home.make()
    with stack.postgres as server:
        run(said(server.create_database(DATABASE), EVENTS))
    with ExitStack() as ending:
        ending.callback(stack.stop)
        stack.start(seconds=START_SECONDS_MAX)
        begun = time.monotonic()
        with busy() if starved else nullcontext():
            read, sent = run(watched(stack.database_url, SECONDS_MAX))
            seconds = time.monotonic() - begun
        false_breaches = run(_false_breaches(stack.database_url))
    lines = [f"{one}: {line}" for one in PORTS for line in stack.home.log(one).read_text(errors="replace").splitlines()]
    return Told(seconds, read, sent, [line for line in lines if any(words in line for words in TROUBLE)], false_breaches)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(how: str, told: Told) -> None:
    """Print what a run showed."""
    _tell(f"\n{how}: {told.seconds:.0f} s, {told.rate:,.0f} events read a second by all five together")
    for name, one in told.read.items():
        out = told.sent[name]
        _tell(
            f"  {name:<10} read {one.done:>9,}, longest standstill {one.longest:5.1f} s; "
            f"sent {out.done:>9,}, longest standstill {out.longest:5.1f} s"
        )
    _tell(f"  kept promises called broken: {told.false_breaches}; complaints in the processes' output: {len(told.trouble)}")
    for line in told.trouble[:10]:
        _tell(f"    {line[:300]}")


def main() -> int:
    """Let them read undisturbed, then beside busy loops, and compare."""
    quiet = one_run("quiet", starved=False)
    tell("without loops", quiet)
    starved = one_run("starved", starved=True)
    tell(f"beside {len(os.sched_getaffinity(0))} pinned busy loops", starved)
    _tell(
        f"\n{starved.rate / quiet.rate:.2f} × the rate without loops; longest standstill {starved.longest:.1f} s beside them, "
        f"{quiet.longest:.1f} s without; at most {STILL_SECONDS_MAX:.0f} s are allowed"
    )
    return 1 if starved.longest > STILL_SECONDS_MAX or starved.false_breaches or quiet.false_breaches else 0


if __name__ == "__main__":
    with ground.closing:
        status = main()
    sys.exit(status)
