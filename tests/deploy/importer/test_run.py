"""A whole import against an intake in memory: the account, again, shuffled, cut short, stopped."""

import asyncio
from dataclasses import replace
from functools import partial
from io import StringIO

import httpx
import pytest
from rich.console import Console

from deploy.importer import Account, BadSource, ImportStopped, read_mapping, rehearse, run_import
from deploy.importer.run import in_batches, make_facts
from deploy.importer.source import measure
from tests.deploy.importer.fake_intake import FakeIntake, Pauses, disconnected
from tests.deploy.importer.samples import row, write_log, write_mapping

pytestmark = pytest.mark.slow

RULES = """\
  - {on: every, when: {state: {is: Hold, changed: yes}}, fact: case.exception_raised, at: at, data: {code: awaiting_customer}}
  - {on: {change: [team]}, when: {team: {missing: no}}, fact: case.assigned, at: at, data: {team: {column: team}}}
  - {on: every, when: {state: Graded, count: {missing: no}}, fact: case.graded, at: at,
      data: {grade: {column: count, map: waits}}}
  - {on: otherwise, when: {state: Hold}, reason: still on hold}
"""
ROWS = [
    *(row("Hold", case=f"c{n}", minute=minute, team="T") for n in range(10) for minute in range(3)),
    row("Graded", case="c3", minute=9),
    "",
    row(case="bad"),
]


@pytest.fixture
def paths(tmp_path):
    return write_mapping(tmp_path, RULES), write_log(tmp_path, ROWS)


def go(paths, intake, **options):
    # One row of the log asks for a fact that cannot be made.
    options = {"progress": False, "pause": Pauses(), "batch": 7, "with_faults": True} | options
    return run_import(*paths, "http://intake", "key", transport=intake, **options)


async def test_every_row_and_every_fact_is_accounted_for(paths):
    intake = FakeIntake()
    account = await go(paths, intake)
    assert (account.system, account.cases, account.rows_read, account.rows_with_facts) == ("desk", 11, 33, 11)
    assert account.rows_without == {
        "still on hold": 20,
        "blank line": 1,
        "count has a word that its map does not list": 1,
    }
    assert account.facts_made == 31
    assert account.facts_by_type == {"case.registered": 11, "case.exception_raised": 10, "case.assigned": 10}
    assert account.verdicts == {"recorded": 30, "rejected": 1}
    assert account.facts_unsaid == {"count has a word that its map does not list": 1}
    assert account.reasons == [
        "line 32, c3: count has a word that its map does not list: '0'",
        "rejected: bad 16 case.registered: said otherwise before",
    ]
    assert (account.is_balanced, account.is_clean) == (True, False)
    assert sum(intake.batches) == 31
    assert max(intake.batches) == 7


async def test_run_again_everything_is_a_duplicate(paths):
    intake = FakeIntake()
    await go(paths, intake)
    account = await go(paths, intake, shuffle=1)
    assert account.verdicts == {"duplicate": 30, "rejected": 1}


async def test_a_changed_mapping_meets_conflicts(paths, tmp_path):
    intake = FakeIntake()
    await go(paths, intake)
    write_mapping(tmp_path, RULES.replace("code: awaiting_customer", "code: awaiting_supplier"))
    account = await go(paths, intake)
    assert account.verdicts == {"duplicate": 20, "conflict": 10, "rejected": 1}
    assert "conflict: c0 17 case.exception_raised: said otherwise before" in account.reasons
    assert not account.is_clean


@pytest.mark.parametrize("failures", [[disconnected] * 5, [partial(httpx.Response, 503)] * 3 + [disconnected]])
async def test_trouble_on_the_way_changes_nothing(paths, failures):
    intake = FakeIntake(failures, lost=2)
    account = await go(paths, intake)
    assert account.is_balanced
    assert len(intake.kept) == 30
    assert account.verdicts.total() == 31


async def test_a_shuffle_sends_the_same_facts_in_the_order_of_its_seed(paths):
    plain, one, again, other = (FakeIntake() for _ in range(4))
    for intake, seed in ((plain, None), (one, 1), (again, 1), (other, 2)):
        await go(paths, intake, shuffle=seed, parallel=1)
    assert plain.kept == one.kept == other.kept
    assert one.order == again.order
    assert len({tuple(plain.order), tuple(one.order), tuple(other.order)}) == 3


async def test_a_limit_takes_the_first_cases(paths):
    intake = FakeIntake()
    account = await go(paths, intake, limit=2)
    assert {identity[1] for identity in intake.kept} == {"c0", "c1"}
    assert (account.cases, account.rows_read, account.rows_with_facts) == (2, 33, 2)
    assert account.rows_without == {"still on hold": 4, "blank line": 1, "beyond the first 2 cases asked for": 26}
    assert account.is_clean


@pytest.mark.parametrize("size", [1, 7, 31, 1000])
@pytest.mark.parametrize("shuffle", [None, 5])
def test_batches_hold_every_fact_and_count_every_row_once(paths, size, shuffle):
    plan = read_mapping(paths[0])
    account = Account("desk")
    found = list(in_batches(paths[1], plan, measure(paths[1], plan), account, size, shuffle))
    assert sum(batch.rows for batch in found) == account.rows_read == 33
    facts = [fact for batch in found for fact in batch.facts]
    assert len({(fact.case, fact.sequence) for fact in facts}) == len(facts) == 31
    assert {len(batch.facts) for batch in found[:-1]} <= {size}


async def test_many_are_in_flight_and_no_more(paths):
    class Busy(FakeIntake):
        flying = most = 0

        async def handle_async_request(self, request):
            self.flying += 1
            self.most = max(self.most, self.flying)
            await asyncio.sleep(0)
            self.flying -= 1
            return await super().handle_async_request(request)

    intake = Busy()
    await go(paths, intake, batch=1, parallel=3)
    assert intake.most == 3


async def test_a_stop_carries_the_account_so_far(paths):
    class Closing(FakeIntake):
        async def handle_async_request(self, request):
            if len(self.batches) == 2:
                return httpx.Response(401, text="who are you")
            return await super().handle_async_request(request)

    with pytest.raises(ImportStopped, match="401 who are you") as stopped:
        await go(paths, Closing(), parallel=1)
    account = stopped.value.account
    assert (account.verdicts.total(), account.unanswered) == (14, 7)
    assert not account.is_balanced


async def test_another_log_is_refused_before_anything_is_sent(paths, tmp_path):
    intake = FakeIntake()
    with pytest.raises(BadSource, match="no column at, count, id, state, team"):
        await go((paths[0], write_log(tmp_path, [], header="x,y")), intake)
    assert intake.requests == []


async def test_an_empty_log_is_an_empty_account(paths, tmp_path):
    account = await go((paths[0], write_log(tmp_path, [])), FakeIntake())
    assert (account.rows_read, account.facts_made, account.is_clean) == (0, 0, True)


@pytest.mark.parametrize("options", [{"batch": 0}, {"batch": 1001}, {"parallel": 0}, {"parallel": 65}])
async def test_limits(paths, options):
    with pytest.raises(ValueError, match=r"batch must be 1\.\.1000"):
        await go(paths, FakeIntake(), **options)


async def test_the_account_and_the_bar_are_shown(paths):
    account = await go(paths, FakeIntake(), progress=True)
    out = Console(file=StringIO(), width=100)
    account.show(out)
    for line in ("rows read", "without: still on hold", "recorded", "facts not made: count has a word"):
        assert line in out.file.getvalue()


def test_a_rehearsal_sends_nothing_and_counts_the_same(paths):
    account = rehearse(*paths)
    assert (account.rows_read, account.rows_with_facts, account.facts_made) == (33, 11, 31)
    assert account.unanswered == 31


def test_only_the_first_reasons_are_kept(tmp_path):
    rule = (
        "  - {on: every, when: {count: {missing: no}}, fact: case.graded, at: at, data: {grade: {column: count, map: waits}}}\n"
    )
    account = rehearse(write_mapping(tmp_path, rule), write_log(tmp_path, [row(minute=m) for m in range(50)]))
    assert (len(account.reasons), account.facts_unsaid.total()) == (20, 50)


TEAM = "  - {on: every, fact: case.assigned, at: at, data: {team: x}}\n"


@pytest.mark.parametrize(
    ("why", "rows", "odd", "is_sound"),
    [
        ("in order", [0, 1, 2, 3], {}, True),
        ("two rows at one instant", [0, 1, 1, 2], {}, True),
        ("one row goes back", [0, 5, 1, 6], {"at goes back in time within its case": 1}, True),
        ("half of them do", [5, 6, 5, 7, 6], {"at goes back in time within its case": 2}, True),
        (
            "newest first",
            [3, 2, 1, 0],
            {
                "at goes back in time within its case": 3,
                "case.assigned happened before its case was registered": 3,
            },
            False,
        ),
    ],
)
def test_rows_that_go_back_in_time_are_counted(tmp_path, why, rows, odd, is_sound):
    account = rehearse(write_mapping(tmp_path, TEAM), write_log(tmp_path, [row(minute=minute) for minute in rows]))
    assert (account.odd, account.is_sound) == (odd, is_sound)


def test_a_log_that_is_newest_first_gives_the_facts_of_the_same_log_turned_round(tmp_path):
    rows = [row("A", minute=1), row("B", minute=2), row("C", case="c2", minute=3), row("D", minute=4)]
    mapping = write_mapping(tmp_path, TEAM)
    plan = read_mapping(mapping)
    file = write_log(tmp_path, rows)
    turned = write_log(tmp_path / "turned", [*reversed(rows)]) if (tmp_path / "turned").mkdir() is None else file
    newest_first = replace(plan, is_newest_first=True)
    made = [
        [fact for facts in make_facts(log, one, measure(log, one), Account("desk")) for fact in facts]
        for log, one in ((file, plan), (turned, newest_first))
    ]
    assert made[0] == made[1] != []


def test_a_malformed_row_is_in_the_account_and_makes_the_import_unclean(tmp_path):
    rows = [row(minute=n) for n in range(200)]
    rows[1] = rows[1].replace("Open", '"Open')
    account = rehearse(write_mapping(tmp_path, TEAM), write_log(tmp_path, rows))
    assert (account.rows_read, account.rows_with_facts, account.rows_malformed) == (200, 199, 1)
    assert account.reasons == ["line 3: malformed: a quote is not closed"]
    assert account.is_sound is account.is_clean is False
