"""Which tests reach which line of the rules, and how long each takes: measured once, and again when a rule has changed.

Only tests of the fast tier are measured: they come first. A change that they do not notice is shown to all tests of both tiers.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutation.json"
LEFT_OUT = ("tests/architecture", "tests/mutation")
"""They look at how the code is written, not at what it does; what they say of a change says nothing of a rule."""
IGNORED = [f"--ignore={folder}" for folder in LEFT_OUT]
IN_TIERS = ["-m", "fast or slow", *IGNORED]


@dataclass(frozen=True, slots=True)
class Reached:
    """`lines`: file -> line -> numbers of tests, quickest first; `seconds` of each test."""

    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[str, list[int]]]

    def tests_of(self, file: str, line: int) -> list[str]:
        """Return the tests that reach a line, those of the rule's own folder first, then the quickest."""
        lines = self.lines.get(file, {})
        found = lines.get(str(line)) or sorted({test for tests in lines.values() for test in tests})
        own = "tests/" + file.rsplit("/", 1)[0]
        return [self.tests[n] for n in sorted(found, key=lambda n: (not self.tests[n].startswith(own), self.seconds[n]))]

    def seconds_of(self, tests: list[str]) -> float:
        took = dict(zip(self.tests, self.seconds, strict=True))
        return sum(took[test] for test in tests)


class Watcher:
    """A pytest plugin: tells coverage which test runs, and notes how long it took."""

    def __init__(self, coverage) -> None:
        self._coverage, self.seconds = coverage, {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        begun = time.perf_counter()
        done = yield
        self.seconds[item.nodeid] = round(time.perf_counter() - begun, 3)
        self._coverage.switch_context("")
        return done


def reached(sources: Mapping[str, str]) -> Reached:
    """Return what was measured of these sources; measure where that is not kept."""
    stamp = sha256(json.dumps(dict(sources), sort_keys=True).encode()).hexdigest()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if kept.get("stamp") != stamp:
        print("measuring which tests reach which line (once; a few minutes)", flush=True)
        # A process of its own: this one must not know the rules, so that it can read them changed.
        subprocess.run([sys.executable, "-m", "tests.mutation.reached", stamp], cwd=ROOT, check=True)
        kept = json.loads(KEPT.read_text())
    return Reached(kept["tests"], kept["seconds"], kept["lines"])


def measure(stamp: str) -> None:
    import coverage

    watched = coverage.Coverage(data_file=None, include=["services/*/domain/*"], config_file=False)
    watched.start()
    watcher = Watcher(watched)
    code = pytest.main(["-n0", "-m", "fast", "-p", "no:cacheprovider", *IGNORED], plugins=[watcher])
    watched.stop()
    if code:
        sys.exit("The tests fail without any change; make them pass first.")
    tests, data = list(watcher.seconds), watched.get_data()
    number = {test: n for n, test in enumerate(tests)}
    lines = {
        str(Path(file).relative_to(ROOT)): {
            str(line): sorted(number[one] for one in contexts if one in number)
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    seconds = [watcher.seconds[test] for test in tests]
    KEPT.write_text(json.dumps({"stamp": stamp, "tests": tests, "seconds": seconds, "lines": lines}))


if __name__ == "__main__":
    measure(sys.argv[1])
