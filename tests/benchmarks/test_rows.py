"""`make bench` runs every module of benchmarks/rows, each gives its rows, and one that fails does not cost the others."""

import sys
import types

import pytest
import typer

from benchmarks import __main__ as bench
from benchmarks import ground
from benchmarks.environment import PINNED, ROOT
from benchmarks.measure import Side, alone

MODULES = {path.stem: path for path in (ROOT / "benchmarks" / "rows").glob("*.py") if path.stem != "__init__"}


def test_no_module_of_rows_is_forgotten():
    assert set(bench.ROWS) == set(MODULES)


def test_every_peer_is_pinned():
    lines = [line for line in PINNED.read_text().splitlines() if line and not line.startswith("#")]
    assert lines and [line for line in lines if "==" not in line] == []


def test_one_that_fails_does_not_cost_the_others(monkeypatch, tmp_path):
    good, bad = types.ModuleType("good"), types.ModuleType("bad")
    good.rows = lambda: [alone("work", Side("ours", lambda: 1.0), limit="")]
    bad.rows = lambda: 1 / 0
    for module in (good, bad):
        monkeypatch.setitem(sys.modules, f"benchmarks.rows.{module.__name__}", module)
    monkeypatch.setattr(bench, "ROWS", ("bad", "good"))
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(bench.environment, "python", lambda: None)
    bench.RESULTS.write_text("")
    ended = []
    ground.closing.callback(ended.append, "all that was started")

    with pytest.raises(typer.Exit) as end:
        bench.main()

    assert end.value.exit_code == 1
    bad_one, good_one = bench.RESULTS.read_text().split("\n## ")[1:]
    assert bad_one.startswith("bad\n") and "ZeroDivisionError: division by zero" in bad_one
    assert good_one.startswith("good\n") and "| work |" in good_one
    assert ended
