"""The policies as pages: which is in force, its rules as a table, what differs from another version, and a clock's own page."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from libs.events.catalogue.promise import CalendarRef, Change, Policy, PolicyRule, Target
from libs.events.catalogue.references import POLICY
from tests.services.sla.pages.desk import HOSTILE, desk
from tests.services.sla.samples import OFFICE, START

OWN = Target(clock="own", kind="own", limit="4h", start="registered", stop="closed")
FIRST = Policy(
    process_id="p",
    version=1,
    valid_from=START,
    rules=(
        PolicyRule(id="gold", when={"tier": "gold", "grade": HOSTILE}, then=Change(clock="response", limit="30m")),
        PolicyRule(id="all", then=Change(clock="whole", limit="1wd", calendar=CalendarRef(id=OFFICE.id, version=OFFICE.version))),
        PolicyRule(id="added", then=Change(clock="own", limit="4h", adds=OWN)),
    ),
)
SECOND = replace(
    FIRST,
    version=2,
    valid_from=START + timedelta(days=900),
    rules=(replace(FIRST.rules[0], then=Change(clock="response", limit="20m")), *FIRST.rules[2:]),
)


def rows(page):
    """Return the rows of a page's tables as texts."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))).strip() for row in found]


async def test_the_list_says_which_version_is_in_force(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        assert "No policy is published yet." in (await opened.page("/policies")).text
        opened.running.known.put(POLICY, FIRST)
        opened.running.known.put(POLICY, SECOND)
        (line,) = [row for row in rows((await opened.page("/policies")).text) if "version" in row and "Process" not in row]
        assert line.index("version 1") < line.index("version 2")


@pytest.mark.parametrize(("lang", "says"), [("en", "every case"), ("zh", "所有工单")])
async def test_a_version_is_a_table_of_its_rules(database_url, monkeypatch, lang, says):
    async with desk(database_url, monkeypatch, calendars=(OFFICE,)) as opened:
        opened.running.known.put(POLICY, FIRST)
        page = (await opened.page("/policies/p", lang)).text
        first, second, third = (row for row in rows(page) if row[0].isdigit())
        assert "tier = gold" in first and "<script>alert" not in page
        assert says in second and f'href="/calendars/{OFFICE.id}?version=1"' in page
        assert "registered" in third and "closed" in third


async def test_the_rules_that_differ_from_another_version_are_shown_side_by_side(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        opened.running.known.put(POLICY, FIRST)
        opened.running.known.put(POLICY, SECOND)
        opened.running.known.put(POLICY, replace(SECOND, version=3))
        page = (await opened.page("/policies/p?version=2")).text
        gold, added, gone = rows(page)[-3:]
        assert "30 minutes" in gold and "20 minutes" in gold
        assert added.startswith("added 3. every case") and "2. every case" in added, "its place is another one"
        assert gone.startswith("all") and gone.endswith("no such rule")
        assert "No rule differs." in (await opened.page("/policies/p?version=3")).text
        assert "version 1" in (await opened.page("/policies/p?version=3&before=1")).text
        for path in ("/policies/p?version=4", "/policies/p?before=9", "/policies/q"):
            assert (await opened.page(path)).status_code == 404, path


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "Rule all of the policy, version 1, holds"), ("zh", "策略第 1 版的规则 all 生效")]
)
async def test_a_clock_says_which_rule_holds_on_its_own_page_and_in_its_explanation(database_url, monkeypatch, lang, says):
    async with desk(database_url, monkeypatch, calendars=(OFFICE,), policies=(FIRST,)) as opened:
        told = (await opened.http.get("/clocks/c1/whole/explain", headers={"Accept-Language": lang})).json()
        assert (told["rule"], told["policy_version"], told["limit"]) == ("all", 1, "1wd")
        assert any(says in one for one in told["sentences"])
        page = (await opened.page("/clocks/c1/whole/explain", lang)).text
        assert says in page and 'href="/policies/p?version=1"' in page
        found = {row["clock"]: row["rule"] for row in await opened.items("/clocks?case_id=c1")}
        assert found["whole"] == "all" and found["response"] == "", "its rule asks for gold"
        assert {row["clock"] for row in await opened.items("/clocks?rule=added")} == {"own"}
        assert (await opened.page("/clocks?rule=added", lang)).status_code == 200
