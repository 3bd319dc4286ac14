"""Runs tests against a changed module, in a process that is forked: what is slow to import was imported before."""

import importlib.abc
import importlib.util
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import libs

ROOT = Path(__file__).parents[2]
NOTICED, SURVIVED, TIMED_OUT = "noticed", "survived", "ran too long"
READY = ("hypothesis", "jsonschema", "pytest_asyncio.plugin", "xdist.plugin", "yaml", "deploy.kafka", "deploy.postgres")
LEFT_OUT = [f"--ignore=tests/{folder}" for folder in ("architecture", "mutation")]
"""They look at how the code is written, not at what it does; what they say of a change says nothing of a rule."""


class Round(NamedTuple):
    """Tests as pytest is told them, and how long they may take; a rule that was changed may go round for ever.

    They are some of `among`. Those must pass without a change, because otherwise these would seem to notice every one.
    """

    tests: list[str]
    seconds: float
    among: list[str]

    @property
    def is_of_others(self) -> bool:
        """Test whether these are the tests of everything except the rule's own service."""
        return LEFT_OUT[0] in self.tests


@cache
def rounds(file: str, *, everywhere: bool = True) -> tuple[Round, ...]:
    """Return the tests that a change of a rule is shown to: its module's, its service's, then all others; quick ones first."""
    service, stem = f"tests/services/{file.split('/')[1]}", Path(file).stem
    near = sorted(str(path.relative_to(ROOT)) for path in (ROOT / service).rglob(f"test_{stem}*.py"))
    beside = (Round(["-m", "fast", *near], 60.0, ["-m", "fast", service]),) if near else ()
    own, others = _both_tiers(service, seconds=(120.0, 600.0)), [*LEFT_OUT, f"--ignore={service}"]
    return beside + own + _both_tiers(*others, seconds=(600.0, 1_800.0)) * everywhere


def _both_tiers(*which: str, seconds: tuple[float, float]) -> tuple[Round, ...]:
    tiers = ["-m", "fast", *which], ["-m", "slow", *which]
    return tuple(Round(tests, most, among=tests) for tests, most in zip(tiers, seconds, strict=True))


def get_ready() -> None:
    """Import what the trials need and what knows no rule."""
    for name in READY:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(libs.__path__, "libs."):
        if "testing" not in module.name:  # pytest wants to see these first
            importlib.import_module(module.name)


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, file: str, source: str) -> None:
        self.name, self._source = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__"), source
        self._path = ROOT / file

    def find_spec(self, fullname, path, target=None):
        if fullname != self.name:
            return None
        where = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self, submodule_search_locations=where)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, self._path, "exec"), module.__dict__)


def start(file: str, source: str, which: Sequence[str]) -> int:
    """Begin a trial and return its process; `which` tests is told as pytest is told it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    os.setsid()  # what a test starts can be ended with it
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1), os.dup2(silence, 2)
    os._exit(_tried(file, source, which))


def _tried(file: str, source: str, which: Sequence[str]) -> int:
    known = [name for name in sys.modules if name.startswith("services")]
    assert not known, f"{known[0]} was imported before it could be changed"
    sys.meta_path.insert(0, Changed(file, source))
    try:
        code = pytest.main(["-n0", "-x", "-p", "no:cacheprovider", "--no-header", *which])
        return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)
    except BaseException:
        return 1


def ended(pid: int, begun: float, seconds: float) -> str:
    """Return what became of a trial, or nothing while it runs; end it when its time is up."""
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else NOTICED
    if time.monotonic() - begun < seconds:
        return ""
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return TIMED_OUT
