"""The toy desk that has lived a little, in PostgreSQL."""

import asyncpg
import pytest

from libs.events.store.postgres import PostgresStore
from libs.events.testing.memory_log import Broker, MemoryLog
from libs.events.testing.toy import TABLES, TOY, VAULT
from libs.events.upkeep.bootstrap import bootstrap
from tests.libs.events.upkeep.living import Lived, lived


@pytest.fixture
async def stored(database_url):
    """A life in PostgreSQL; its log is in memory and leaves holes between offsets."""
    version = await bootstrap(database_url, TOY)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=6) as pool:
        kernel = Lived(log=MemoryLog(Broker(stride=3)))
        kernel.store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT)
        kernel.one, kernel.url, kernel.pool = await lived(kernel), database_url, pool
        yield kernel
