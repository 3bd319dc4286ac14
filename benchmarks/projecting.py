"""One process of analytics reads a full log to its end and prints its memory after 100 thousand events and after all."""

import json
import os
import sys
from pathlib import Path

from benchmarks.desk import instance_of, run
from libs.events.engine.runtime import collect_rarely
from services.analytics.service import SERVICE

EARLY = 100_000


def main(url: str, log_url: str, count: int) -> dict[str, int]:
    """Project the log."""
    collect_rarely()
    return run(_project(url, log_url, count))


async def _project(url: str, log_url: str, count: int) -> dict[str, int]:
    handled, early = 0, 0
    async with instance_of(SERVICE, url, log_url) as instance:
        while handled < count:
            handled += await instance.read(wait=0.5)
            await instance.lease()
            if handled >= min(EARLY, count) and not early:
                early = resident()
        return {"early": early, "late": resident()}


def resident() -> int:
    """Return the bytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(**json.loads(sys.argv[1]))) + "\n")
