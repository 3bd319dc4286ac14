"""What a reckoning found: filtered, as a table, summed by part, and beside another one."""

import csv
import io
from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.services.sla.reckonings.desk import desk

LIMITS = {"response": "5m", "quick": "2wh", "whole": "9wd"}
BY = {
    "process": lambda row: row["process_id"],
    "grade": lambda row: row["grade"],
    "team": lambda row: row["team"],
    "month": lambda row: datetime.fromisoformat(row["registered_at"]).astimezone(ZoneInfo("UTC")).strftime("%Y-%m"),
}


def sums(rows):
    """Count in Python what the service counts in SQL."""
    told = {
        f"{verdict}_{when}": sum(row[f"{which}_verdict"] == verdict for row in rows)
        for verdict in ("kept", "broken")
        for when, which in (("before", "contracted"), ("after", "asked"))
    }
    return told | {
        "cases": len({row["case_id"] for row in rows}),
        "promises": len(rows),
        "differ": sum(row["difference"] != "none" for row in rows),
        "flips": sum(row["flips"] for row in rows),
        "cases_that_flip": len({row["case_id"] for row in rows if row["flips"]}),
    }


@pytest.mark.parametrize("by", BY)
async def test_the_sums_of_each_part_are_those_of_its_rows(database_url, by):
    async with desk(database_url) as opened:
        done = await opened.reckon(limits=LIMITS)
        rows, parts = await opened.rows(done["reckoning_id"]), defaultdict(list)
        assert done["summary"] == sums(rows) and done["summary"]["kept_before"] != done["summary"]["kept_after"]
        for row in rows:
            parts[BY[by](row)].append(row)
        found = (await opened.get(f"/reckonings/{done['reckoning_id']}/summary?by={by}")).json()["items"]
        assert found == [{"part": part, **sums(parts[part])} for part in sorted(parts)]
        assert len(found) == {"process": 1, "grade": 3, "team": 3, "month": 1}[by]


async def test_a_month_is_that_of_the_desks_zone(database_url, monkeypatch):
    monkeypatch.setenv("LOOPDESK_ZONE", "Pacific/Kiritimati")
    async with desk(database_url) as opened:
        done = await opened.reckon()
        await opened.pool.execute("update sla_core.reckoned set registered_at = '2025-06-30T12:00:00Z'")
        [part] = (await opened.get(f"/reckonings/{done['reckoning_id']}/summary?by=month")).json()["items"]
        assert part["part"] == "2025-07"


@pytest.mark.parametrize(
    ("query", "takes"),
    [
        ("&flips=true", lambda row: row["flips"]),
        ("&flips=false", lambda row: not row["flips"]),
        ("&process=p&clock=quick", lambda row: row["clock"] == "quick"),
        ("&process=q", lambda row: False),
        ("&grade=urgent", lambda row: row["grade"] == "urgent"),
        ("&case_id=case-004", lambda row: row["case_id"] == "case-004"),
    ],
)
async def test_rows_can_be_narrowed(database_url, query, takes):
    async with desk(database_url) as opened:
        id = (await opened.reckon(limits=LIMITS))["reckoning_id"]
        every = await opened.rows(id)
        assert await opened.rows(id, query) == [row for row in every if takes(row)]
        assert 0 < sum(row["flips"] for row in every) < len(every)


async def test_rows_are_a_table_for_who_asks_for_one(database_url):
    async with desk(database_url) as opened:
        id = (await opened.reckon(limits=LIMITS))["reckoning_id"]
        rows = (await opened.get(f"/reckonings/{id}/rows?limit=20")).json()["items"]
        answer = await opened.get(f"/reckonings/{id}/rows?limit=20", headers={"Accept": "text/csv"})
        table = list(csv.DictReader(io.StringIO(answer.text)))
        assert [list(line) for line in table] == [list(row) for row in rows] and len(rows) == 20
        assert [(line["case_id"], line["asked_status"]) for line in table] == [
            (row["case_id"], row["asked_status"]) for row in rows
        ]


async def test_two_reckonings_are_compared_by_what_was_asked_for(database_url):
    async with desk(database_url) as opened:
        one = (await opened.reckon(limits=LIMITS))["reckoning_id"]
        other = (await opened.reckon(scope={"grade": "urgent"}))["reckoning_id"]
        verdicts = [
            {(row["case_id"], row["clock"], row["occurrence"]): row["asked_verdict"] for row in await opened.rows(id)}
            for id in (one, other)
        ]
        pairs = {key: (verdicts[0].get(key, ""), verdicts[1].get(key, "")) for key in sorted({*verdicts[0], *verdicts[1]})}
        expected = [(key, *pair) for key, pair in pairs.items() if pair[0] != pair[1]]
        found, cursor = [], ""
        while cursor is not None:
            page = (await opened.get(f"/reckonings/{one}/compare/{other}?limit=7{cursor and '&cursor=' + cursor}")).json()
            found += page["items"]
            cursor = page["next"]
        told = [((row["case_id"], row["clock"], row["occurrence"]), row["one_verdict"], row["other_verdict"]) for row in found]
        assert told == expected and len(expected) > 20
        counts = {(each["one_verdict"], each["other_verdict"]): each["promises"] for each in page["counts"]}
        assert counts == Counter(pairs.values()) and {("kept", "broken"), ("broken", "kept"), ("kept", "")} & counts.keys()
        same = (await opened.get(f"/reckonings/{one}/compare/{one}")).json()
        assert same["items"] == [] and sum(each["promises"] for each in same["counts"]) == len(verdicts[0])
        assert (await opened.get(f"/reckonings/{one}/compare/none")).status_code == 404
