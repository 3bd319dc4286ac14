"""`make faults` ends tidily: whoever has enough sees what the runs so far came to, and no house is left burning."""

import sys
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.faults import __main__ as faults
from tests.faults.driver import Outcome

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("ends", "code", "told", "why"),
    [
        (None, 0, "3 runs, 3 clean", "nothing happened"),
        (["lost"], 1, "3 runs, 2 clean", "a run was violated"),
        (KeyboardInterrupt, 130, "2 runs, 2 clean", "Ctrl-C in the third run"),
    ],
)
def test_it_tells_what_it_came_to(monkeypatch, capsys, ends, code, told, why):
    left = []

    @contextmanager
    def house(*_, **__):
        try:
            yield
        finally:
            left.append("the house")

    async def run_once(_, seed, run, **__):
        if run == 2 and ends is KeyboardInterrupt:
            raise KeyboardInterrupt
        complaints = ends if run == 2 and ends else []
        return Outcome(run, 1.0, 10, 9, 1, Counter({"kill sla": 1}), Counter(), complaints)

    monkeypatch.setattr(faults, "_house", house)
    monkeypatch.setattr(faults, "run_once", run_once)
    monkeypatch.setattr(faults, "_keep", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["faults", "--runs", "3"])
    assert faults.main() == code, why
    assert told in capsys.readouterr().out
    assert left == ["the house"]
