"""Every rule of one question stands on one page, with what the API says of it by week and in all."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from libs.pictures import numbers
from libs.pictures.words import EN
from services.analytics.domain.figures import FIGURES, answering
from services.analytics.pages.saying import Saying
from services.analytics.pages.weekly import monday_of
from tests.services.analytics.pages.agreeing import asked, page
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month, tables

QUESTION = "first_contact_resolution"
ADDRESS = f"/rules/{QUESTION}"


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(database_url, month(), NOW) as client:
        yield client


def test_all_figures_that_answer_a_question_have_a_rule() -> None:
    assert answering(QUESTION) == [one for one in FIGURES.values() if one.name.startswith(f"{QUESTION}.")] != []
    assert answering("") == answering("workload") == []


@pytest.mark.parametrize("narrow", [{}, {"process": "p", "team": "a"}])
async def test_every_number_is_the_one_that_the_api_says(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    since = str(NOW.date() - timedelta(28))
    whole, weekly = tables(await page(client, ADDRESS, **{"from": since}, **narrow))
    weeks = {row[0]: row[1:] for row in weekly[1:]}
    rules = answering(QUESTION)
    assert len(whole) - 1 == len(weekly[0]) - 1 == len(rules)
    for place, one in enumerate(rules):
        answer = await asked(client, f"/figures/{one.name}", by="week", **{"from": since}, **narrow)
        saying, total, row = Saying(one, EN), answer["total"], whole[place + 1]
        assert row[1:4] == [
            saying.answered(total["value"]), saying.interval(total), f"{total['numerator']:,} / {total['denominator']:,}",
        ], one.name  # fmt: skip
        assert row[4] == ("provisional" if total["provisional"] else "final") and row[5] == " ".join(one.definition.en.split())
        said = {numbers.day(monday_of(week["week"]), EN): week for week in answer["rows"]}
        assert {day for day, cells in weeks.items() if cells[place]} == said.keys(), one.name
        for day, week in said.items():
            parts = (saying.answered(week["value"]), f"{week['numerator']:,} / {week['denominator']:,}", saying.interval(week))
            assert weeks[day][place] == "".join(parts) + ("provisional" if week["provisional"] else ""), (one.name, day)


async def test_the_pictures_have_one_scale(client: httpx.AsyncClient) -> None:
    shown = await page(client, ADDRESS)
    pictures = shown.split("<svg")[1:]
    scales = {tuple(part.split("</text>")[0] for part in one.split('text-anchor="end" class="soft">')[1:]) for one in pictures}
    assert len(pictures) == len(answering(QUESTION)) and len(scales) == 1


async def test_the_list_and_each_rule_lead_there(client: httpx.AsyncClient) -> None:
    assert f'href="{ADDRESS}"' in await page(client, "/figures")
    assert f'href="{ADDRESS}?process=p"' in (await client.get("/figures?process=p")).text
    assert f'href="{ADDRESS}"' in await page(client, f"/figures/{answering(QUESTION)[0].name}")
    assert "/rules/" not in await page(client, "/figures/timeliness")


async def test_what_no_rules_answer_is_refused_in_words(client: httpx.AsyncClient) -> None:
    got = await client.get("/rules/first_contact")
    assert got.status_code == 404 and QUESTION in got.text
    got = await client.get(f"{ADDRESS}?process=nix")
    assert got.status_code == 422 and "Nothing here has the process nix" in got.text


async def test_nothing_counted_is_said_to_be_nothing(database_url: str) -> None:
    async with desk(database_url, {}, NOW) as empty:
        shown = await page(empty, ADDRESS)
    assert shown.count("No data") == len(answering(QUESTION))
