"""Works on reckonings in a process of its own, one case at a time, until somebody kills it: `python -m … URL`."""

import asyncio
import sys

import asyncpg

from libs.events.upkeep.bootstrap import bootstrap
from services.sla.reckonings import work
from services.sla.service import SERVICE
from tests.services.sla.reckonings.desk import NOW, Instance, known


async def main(url):
    work.CASES_MOST = 1
    version = await bootstrap(url, SERVICE)
    async with asyncpg.create_pool(url, min_size=1, max_size=4) as pool:
        job = Instance(pool, known(), version, lambda: NOW).job
        while True:
            await job.step()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
