"""`python -m benchmarks.starved`: analytics reads a long log while busy loops take every processor. Does it ever stand still?

Prints a line a second, then the longest time without progress; exit code 1 when that was more than ten seconds.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from benchmarks.desk import filled, run
from benchmarks.history import history
from deploy.postgres import PostgresServer
from deploy.process import free_port
from services.analytics.service import SERVICE

EVENTS = int(os.environ.get("STARVED_EVENTS", "300000"))
STILL_SECONDS_MAX = 10.0
POLL_SECONDS = 0.25
READ = f"select coalesce(sum(next_offset), 0)::bigint from {SERVICE.name}_v1.checkpoint"


@contextmanager
def busy() -> Iterator[None]:
    """Keep two loops busy on every processor."""
    burn = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
    loops = [subprocess.Popen([sys.executable, "-c", burn, str(cpu)]) for cpu in sorted(os.sched_getaffinity(0)) * 2]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@contextmanager
def reading(url: str, output: Path) -> Iterator[None]:
    """Run analytics as an operator would."""
    environment = {**os.environ, "LOOPDESK_DATABASE_URL": url, "LOOPDESK_ANALYTICS_PORT": str(free_port())}
    with output.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "services", SERVICE.name], env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()


async def watched(url: str, end: int) -> float:
    """Return the longest time in which nothing was read, from the first event read to the last."""
    connection, read, longest, told = await asyncpg.connect(url), 0, 0.0, 0.0
    since = time.monotonic()
    while read < end:
        await asyncio.sleep(POLL_SECONDS)
        try:
            now_read = int(await connection.fetchval(READ))
        except asyncpg.UndefinedTableError:
            continue  # it is still starting
        at = time.monotonic()
        if now_read > read:
            longest, since = max(longest, at - since if read else 0.0), at
            read = now_read
        if at > told + 5:
            told = at
            sys.stdout.write(f"{read:>9,} of {end:,} read; longest standstill {max(longest, at - since):.1f} s\n")
            sys.stdout.flush()
    await connection.close()
    return longest


def main() -> int:
    """Fill, starve, watch, tell."""
    folder = Path(tempfile.mkdtemp(prefix="starved-"))
    folder.chmod(0o711)
    per_case = sum(1 for _ in history(0, 100)) / 100
    cases = round(EVENTS / per_case)
    with PostgresServer(folder / "postgres") as server:
        url = server.create_database("starved")
        run(filled(url, cases))
        events = sum(1 for _ in history(0, cases))
        begun = time.monotonic()
        with busy(), reading(url, folder / "analytics.log"):
            longest = run(watched(url, events))
        took = time.monotonic() - begun
    lines = (folder / "analytics.log").read_text(errors="replace").splitlines()
    again = [line for line in lines if "will be tried again" in line or "cannot go on" in line]
    sys.stdout.write(
        f"{events:,} events in {took:.0f} s beside {2 * len(os.sched_getaffinity(0))} busy loops; longest standstill "
        f"{longest:.1f} s (at most {STILL_SECONDS_MAX:.0f} s are allowed); {len(again)} batches done again\n"
    )
    for line in again[:5]:
        sys.stdout.write(f"  {line[:300]}\n")
    return 1 if longest > STILL_SECONDS_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
