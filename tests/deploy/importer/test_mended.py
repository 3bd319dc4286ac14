"""A log with faults sends nothing, so that it can be mended and imported again: nothing is doubled then, and nothing is lost."""

import os
from io import StringIO

import pytest
from rich.console import Console

from deploy.importer import BadSource, rehearse, run_import
from deploy.importer.account import LINES_MAX
from deploy.importer.mapping import read_mapping
from deploy.importer.source import measure, read_within
from tests.deploy.importer.fake_intake import FakeIntake, Pauses
from tests.deploy.importer.samples import HEAD, row, write_log, write_mapping

pytestmark = pytest.mark.slow

RULES = """\
  - {on: every, when: {count: {missing: no}}, fact: case.graded, at: at, data: {grade: {column: count, map: grade}}}
  - {on: every, fact: case.assigned, at: at, data: {team: {column: team}}}
  - {on: last, fact: case.resolved, at: at}
"""
GRADES = HEAD.replace("maps:\n", "maps:\n  grade: {1: p1, 2: p2}\n")
ROWS = [row(case=case, minute=minute, team=f"T{minute}", count="1") for minute in range(1, 6) for case in ("c1", "c2")]


async def into(intake, folder, rows, *, head=GRADES, **options):
    paths = write_mapping(folder, RULES, head=head), write_log(folder, rows)
    return await run_import(*paths, "http://intake", "", transport=intake, pause=Pauses(), progress=False, **options)


async def clean(folder, rows=ROWS):
    intake = FakeIntake()
    assert (await into(intake, folder, rows)).is_clean
    return intake.kept


SPOILED = [
    ("a quote is not closed", "Open", '"Open'),
    ("a cell too many", "Open", "Open,x"),
    ("a cell too few", ",Open", ""),
    ("no case id", "c1", ""),
    ("a NUL", "c1", "c1\0"),
    ("a time that no format reads", "2024-01-01", "01.01.2024"),
    ("a word that a map lacks", ",1,true", ",9,true"),
]


@pytest.mark.parametrize(("why", "old", "new"), SPOILED, ids=[why for why, _, _ in SPOILED])
async def test_a_log_that_is_mended_is_imported_as_if_it_had_never_been_spoiled(tmp_path, why, old, new):
    intake, spoiled = FakeIntake(), [*ROWS]
    spoiled[2] = spoiled[2].replace(old, new, 1)
    account = await into(intake, tmp_path, spoiled)
    assert (account.is_held_back, account.is_clean, intake.requests) == (True, False, [])
    assert account.reasons[0].startswith("line 4")
    assert (await into(intake, tmp_path, ROWS)).is_clean
    assert intake.kept == await clean(tmp_path)


async def test_a_log_in_the_wrong_order_is_sent_in_none(tmp_path):
    intake, newest_first = FakeIntake(), [*reversed(ROWS)]
    account = await into(intake, tmp_path, newest_first)
    assert (account.is_held_back, account.is_upside_down, intake.requests) == (True, True, [])
    assert (await into(intake, tmp_path, newest_first, head=f"order: newest first\n{GRADES}")).is_clean
    assert intake.kept == await clean(tmp_path)


async def test_a_log_may_grow_between_two_imports_and_during_one(tmp_path):
    """The rows that come while an import reads are those of the next one."""

    class Growing(FakeIntake):
        async def handle_async_request(self, request):
            if not self.batches:
                with (tmp_path / "log.csv").open("a") as file:
                    file.write(row(case="c1", minute=50, team="T50") + "\n")
            return await super().handle_async_request(request)

    first, second = FakeIntake(), Growing()
    await into(first, tmp_path, ROWS[:6])
    await into(second, tmp_path, ROWS[:6], batch=1, parallel=1)
    assert first.kept == second.kept


@pytest.mark.parametrize(
    ("why", "head", "change", "refused"),
    [
        ("as it was", GRADES, None, False),
        ("grown at its end", GRADES, lambda file: file.write_bytes(file.read_bytes() + b"x"), False),
        (
            "newest first, and grown",
            f"order: newest first\n{GRADES}",
            lambda file: file.write_bytes(file.read_bytes() + b"x"),
            True,
        ),
        ("cut short", GRADES, lambda file: file.write_text("id"), True),
        ("put in its place", GRADES, lambda file: file.with_suffix(".new").replace(file), True),
    ],
)
def test_a_log_that_was_replaced_while_it_was_read_is_refused(tmp_path, why, head, change, refused):
    plan, file = read_mapping(write_mapping(tmp_path, RULES, head=head)), write_log(tmp_path, ROWS)
    extent = measure(file, plan)
    file.with_suffix(".new").write_bytes(file.read_bytes())
    if change:
        change(file)
    if refused:
        with pytest.raises(BadSource, match="was changed while it was read"):
            list(read_within(file, plan, extent))
    else:
        assert len(list(read_within(file, plan, extent))) == len(ROWS)


async def test_what_nobody_will_mend_is_left_out_when_that_is_said(tmp_path):
    intake, spoiled = FakeIntake(), [*ROWS]
    spoiled[2] = '"' + spoiled[2]
    account = await into(intake, tmp_path, spoiled, with_faults=True)
    assert (account.is_held_back, account.is_balanced, account.is_clean, account.rows_malformed) == (False, True, False, 1)
    assert intake.kept == await clean(tmp_path, spoiled[:2] + spoiled[3:])


def test_every_malformed_line_is_listed(tmp_path):
    spoiled = [f"{one},x" for one in ROWS * 3]
    account = rehearse(write_mapping(tmp_path, RULES, head=GRADES), write_log(tmp_path, spoiled))
    out = Console(file=StringIO(), width=1000)
    account.show(out)
    assert f"malformed lines: {', '.join(map(str, range(2, 32)))}\n" in out.file.getvalue()
    assert len(spoiled) < LINES_MAX


def test_what_comes_through_a_pipe_is_refused_because_it_is_read_more_than_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadSource, match="write the output of a pipe to a file first"):
        rehearse(write_mapping(tmp_path), tmp_path / "pipe")
