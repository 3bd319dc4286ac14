"""`make faults` fails when a run was violated, and after Ctrl-C it tells what the runs so far came to."""

import sys
from collections import Counter
from contextlib import nullcontext

import pytest

from tests.faults import __main__ as faults
from tests.faults.driver import Outcome
from tests.faults.history import History

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("third_run", "code", "told"),
    [
        ([], 0, "3 runs, 3 clean"),
        (["something is lost"], 1, "3 runs, 2 clean"),
        (KeyboardInterrupt, 130, "2 runs, 2 clean"),
    ],
)
def test_it_tells_what_it_came_to(monkeypatch, capsys, third_run, code, told):
    async def run_once(_, seed, run, **__):
        if run == 2 and third_run is KeyboardInterrupt:
            raise KeyboardInterrupt
        return Outcome(run, History(), third_run if run == 2 else [], Counter())

    monkeypatch.setattr(faults, "_house", lambda *_, **__: nullcontext())
    monkeypatch.setattr(faults, "run_once", run_once)
    monkeypatch.setattr(faults, "_keep", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["faults", "--runs", "3"])
    assert (faults.main(), told in capsys.readouterr().out) == (code, True)
