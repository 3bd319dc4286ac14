"""Every number on the board is the one that the API or the view has, for a month of cases."""

import re
from datetime import timedelta

import asyncpg
import pytest

from libs.pictures import numbers
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.board import DAYS, SHOWN
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month
from tests.services.analytics.pages.test_figure_pages import asked, page


def lanes(text: str) -> list[tuple[str, int, int, int, int]]:
    """Return of each lane its name, how many cases are open, broken and at risk, and how many it shows or counts as others."""
    found = []
    for lane in text.split('<li class="lane')[1:]:
        name, cases = re.findall(r'<h3>(.*?) <span class="soft">(\d+)</span>', lane)[0]
        broken, risk, others = (
            sum(map(int, re.findall(form, lane))) for form in (r">(\d+) broken<", r">(\d+) at risk<", r">\+ (\d+) more")
        )
        found.append((name, int(cases), broken, risk, lane.count('<li class="ticket') + others))
    return found


@pytest.mark.parametrize("process", [None, "p"])
async def test_the_board_says_what_the_views_and_the_api_say(database_url: str, process: str | None) -> None:
    async with desk(database_url, month(), NOW) as client:
        shown = await page(client, "/", **({"process": process} if process else {}))
        since = str(NOW.date() - timedelta(DAYS - 1))
        answers = {name: await asked(client, f"/figures/{name}", by="", **{"from": since}) for name in SHOWN}
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(
        "select c.process_id, c.node, count(*) as cases, count(*) filter (where exists (select from analytics.clocks k where "
        "k.case_id = c.case_id and k.ended_at is null and (k.breached_at is not null or k.due_at <= $1))) as broken "
        "from analytics.cases c where c.ended_at is null and ($2::text is null or c.process_id = $2) group by 1, 2 order by 1, 2",
        NOW,
        process,
    )
    await connection.close()
    assert lanes(shown) == [(row["node"] or "At no node", row["cases"], row["broken"], 0, row["cases"]) for row in rows] != []
    heads = re.findall(r'<h2 id="process-\d+">(.*?) <span class="soft">(\d+) open', shown)
    opened = {name: int(cases) for name, cases in heads}
    assert opened == {
        id: sum(row["cases"] for row in rows if row["process_id"] == id) for id in {row["process_id"] for row in rows}
    }
    tiles = re.findall(r'/figures/([\w.]+)">[^<]*</a>\s*<span class="value">([^<]*)</span>.*?n = (\d+)', shown, re.DOTALL)
    assert [name for name, _, _ in tiles] == [*SHOWN]
    for name, value, n in tiles:
        total = answers[name]["total"]
        # What waits for its days to settle does so by PostgreSQL's clock in the view, and by the desk's in the answer.
        if not FIGURES[name].awaits:
            assert (value, n) == (numbers.share(total["numerator"], total["denominator"]), str(total["n"])), name
