"""Every number on the board is the one that the API or the view has, for a month of cases."""

import asyncpg
import pytest

from tests.services.analytics.pages import agreeing
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month


@pytest.mark.parametrize("process", [None, "p"])
async def test_the_board_says_what_the_views_and_the_api_say(database_url: str, process: str | None) -> None:
    async with desk(database_url, month(), NOW) as client, asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        await agreeing.board(client, pool, lambda: NOW, process)
