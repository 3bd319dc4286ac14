"""`python -m tests.mutation --number 200 --seed 7`: change the rules a little, one change at a time, and see who notices."""

import argparse
import os
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from tests.mutation.changes import Change, changes_of, of_the_domains
from tests.mutation.reached import IN_TIERS, ROOT, Reached, reached
from tests.mutation.trial import SURVIVED, ended, get_ready, start

LEAST = 0.97
EQUAL = Path(__file__).parent / "equal.yaml"
OF_THE_SERVICE, ALL = 1, 2
ALL_SECONDS_MAX = 900.0
SPARE_SECONDS = 20.0


@dataclass(slots=True)
class Trial:
    """A change under trial: first by the quick tests that reach it, then by all of its service, then by all there are."""

    change: Change
    stage: int = 0
    pid: int = 0
    begun: float = 0.0
    seconds: float = 0.0


def drawn(sources: dict[str, str], number: int, seed: int, only: str = "") -> list[Change]:
    """Return so many changes from a seed; the same words give the same changes."""
    every = [change for file, source in sources.items() if file.startswith(only) for change in changes_of(file, source)]
    return Random(seed).sample(every, min(number, len(every)))


def tried(changes: list[Change], sources: dict[str, str], known: Reached, workers: int) -> dict[str, str]:
    """Return what became of each change."""
    waiting = deque(Trial(change) for change in changes)
    running, found = [], {}
    while waiting or running:
        while waiting and len(running) < workers:
            running.append(begun(waiting.popleft(), sources, known))
        time.sleep(0.01)
        for trial in list(running):
            if not (became := ended(trial.pid, trial.begun, trial.seconds)):
                continue
            running.remove(trial)
            if became == SURVIVED and trial.stage < ALL:
                waiting.append(Trial(trial.change, trial.stage + 1))
                continue
            found[trial.change.key] = became
            print("." if became != SURVIVED else "S", end="", flush=True)
    print()
    return found


def begun(trial: Trial, sources: dict[str, str], known: Reached) -> Trial:
    change, trial.seconds = trial.change, ALL_SECONDS_MAX
    tests = known.tests_of(change.file, change.line)
    if not tests:
        trial.stage = max(trial.stage, OF_THE_SERVICE)
    if trial.stage == 0:
        trial.seconds = SPARE_SECONDS + 10 * known.seconds_of(tests)
    which = (tests, [*IN_TIERS, f"tests/services/{change.file.split('/')[1]}"], [*IN_TIERS])[trial.stage]
    trial.begun, trial.pid = time.monotonic(), start(change.file, change.applied(sources[change.file]), which)
    return trial


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="how many changes")
    parser.add_argument("--seed", type=int, default=7, help="which ones")
    parser.add_argument("--only", default="", help="only in files whose path begins like this")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="trials at a time")
    asked = parser.parse_args()
    sources = of_the_domains(ROOT)
    changes = drawn(sources, asked.number, asked.seed, asked.only)
    known = reached(sources)
    get_ready()
    begun_at = time.monotonic()
    found = tried(changes, sources, known, asked.workers)
    print(f"{time.monotonic() - begun_at:.0f} s")
    return told(changes, found, sources, yaml.safe_load(EQUAL.read_text("utf-8")) or {})


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
