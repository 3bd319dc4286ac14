"""`python -m tests.mutation --number 200 --seed 7`: change the rules a little, one change at a time, and see who notices."""

import argparse
import json
import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import yaml

from tests.mutation.changes import Change, changes_of, of_the_domains
from tests.mutation.trial import ROOT, SURVIVED, Round, ended, get_ready, rounds, start

LEAST = 0.97
EQUAL = Path(__file__).parent / "equal.yaml"
KEPT = ROOT / ".mutation.json"
JUDGED_BY = ("services", "libs", "deploy", "tests")
"""What a verdict depends on: while no file of these changes, a run that was cut short goes on where it stopped."""


@dataclass(slots=True)
class Trial:
    """A change under trial, by one round of tests after another until one of them notices it."""

    change: Change
    rounds: Sequence[Round]
    pid: int = 0
    begun: float = 0.0
    became: str = ""

    def begin(self, sources: dict[str, str]) -> "Trial":
        changed = self.change.applied(sources[self.change.file])
        self.begun, self.pid = time.monotonic(), start(self.change.file, changed, self.rounds[0].tests)
        return self

    def ended(self) -> bool:
        self.became = ended(self.pid, self.begun, self.rounds[0].seconds)
        return bool(self.became)


def drawn(sources: dict[str, str], number: int, seed: int, only: str = "") -> list[Change]:
    """Return so many changes from a seed; the same words give the same changes."""
    every = [change for file, source in sources.items() if file.startswith(only) for change in changes_of(file, source)]
    return Random(seed).sample(every, min(number, len(every)))


def tried(changes: list[Change], sources: dict[str, str], equal: dict[str, str], workers: int) -> dict[str, str]:
    """Return what became of each change. One that is said to be equal is shown to the tests of its own service only."""
    stamp, found = stamped(ROOT), dict[str, str]()
    if KEPT.exists() and (kept := json.loads(KEPT.read_text("utf-8")))["stamp"] == stamp:
        found = kept["found"]
    waiting = deque(Trial(one, rounds(one.file, everywhere=one.key not in equal)) for one in changes if one.key not in found)
    print(f"{len(waiting)} changes to try, {len(changes) - len(waiting)} known from a run that was cut short")
    running, passing, begun = list[Trial](), set[str](), time.monotonic()
    while waiting or running:
        while waiting and len(running) < workers:
            running.append(waiting.popleft().begin(sources))
        time.sleep(0.01)
        for trial in [one for one in running if one.ended()]:
            running.remove(trial)
            must_pass(trial, sources, passing)
            if trial.became == SURVIVED and len(trial.rounds) > 1:
                waiting.append(Trial(trial.change, trial.rounds[1:]))
                if trial.rounds[1].is_of_others and not trial.rounds[0].is_of_others:
                    print(f"\nno test of its service notices this; all others are shown it last: {trial.change.key}")
                continue
            found[trial.change.key] = trial.became
            KEPT.write_text(json.dumps({"stamp": stamp, "found": found}))
            print("." if trial.became != SURVIVED else "S", end="", flush=True)
            if len(found) % 50 == 0:
                print(f" {len(found)} of {len(changes)}, {time.monotonic() - begun:.0f} s", flush=True)
    print()
    return found


def must_pass(trial: Trial, sources: dict[str, str], passing: set[str]) -> None:
    """Stop when the tests that noticed a change fail without it too. `passing` are those that were seen to pass."""
    which = trial.rounds[0]
    named = f"pytest {' '.join(which.among)}"
    if trial.became == SURVIVED or named in passing:
        return
    begun, pid = time.monotonic(), start(trial.change.file, sources[trial.change.file], which.among)
    while not (became := ended(pid, begun, which.seconds)):
        time.sleep(0.01)
    if became != SURVIVED:
        sys.exit(f"The tests fail without any change; make them pass first: {named}")
    passing.add(named)


def stamped(root: Path) -> str:
    """Return a name for all that a verdict depends on."""
    files = (file for top in JUDGED_BY for file in sorted((root / top).rglob("*")) if file.is_file() and file.suffix != ".pyc")
    return sha256(b"".join(str(file).encode() + sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="how many changes")
    parser.add_argument("--seed", type=int, default=7, help="which ones")
    parser.add_argument("--only", default="", help="only in files whose path begins like this")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="trials at a time")
    asked = parser.parse_args()
    sources, equal = of_the_domains(ROOT), yaml.safe_load(EQUAL.read_text("utf-8")) or {}
    changes = drawn(sources, asked.number, asked.seed, asked.only)
    get_ready()
    begun_at = time.monotonic()
    found = tried(changes, sources, equal, asked.workers)
    print(f"{time.monotonic() - begun_at:.0f} s")
    return told(changes, found, sources, equal)


def told(changes: list[Change], found: dict[str, str], sources: dict[str, str], equal: dict[str, str]) -> int:
    """Show what survived, and return 1 when that is too much."""
    survivors = [change for change in changes if found[change.key] == SURVIVED]
    for change in sorted(survivors, key=lambda one: one.key):
        why = equal.get(change.key)
        print(f"\n{change.key}" + (f"\n  equal, because {why}" if why else f"\n{change.diff(sources[change.file])}"))
    explained = sum(change.key in equal for change in survivors)
    counted = len(changes) - explained
    noticed = counted - (len(survivors) - explained)
    print(f"\n{noticed} of {counted} changes were noticed ({noticed / max(counted, 1):.1%}); {explained} more change nothing")
    if noticed < LEAST * counted:
        print(f"At least {LEAST:.0%} must be. Write a test for each that is shown above, or say in {EQUAL.name} why it is equal.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
