"""`make bench` runs every module of benchmarks/rows, each gives its rows, and one that fails does not cost the others."""

import sys
import types

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


def test_one_that_fails_does_not_cost_the_others(monkeypatch):
    good, bad = types.ModuleType("good"), types.ModuleType("bad")
    good.rows = lambda: [alone("work", Side("ours", lambda: 1.0), limit="")]
    bad.rows = lambda: 1 / 0
    for module in (good, bad):
        monkeypatch.setitem(sys.modules, f"benchmarks.rows.{module.__name__}", module)
    ended = []
    ground.closing.callback(ended.append, "all that was started")

    rows, failures = bench.measured(["bad", "good"])

    assert [row.work for row in rows] == ["work"]
    assert failures == {"bad": "ZeroDivisionError: division by zero"}
    assert ended
