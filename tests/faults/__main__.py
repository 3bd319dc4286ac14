"""`python -m tests.faults --runs 200 --seed 7 [--kafka]`: harm everything at random and judge the result, run by run."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from tests.faults.driver import Outcome, run_once
from tests.faults.house import House, some_twins

RUNS_OF_A_HOUSE, REBUILT_EVERY = 10, 5
INTERRUPTED = 130
console = Console()


def main() -> int:
    """Return 0 when every run was clean, 130 after Ctrl-C."""
    asked = _arguments()
    outcomes: list[Outcome] = []
    try:
        _run(asked, outcomes)
        return 1 if any(one.complaints for one in outcomes) else 0
    except KeyboardInterrupt:
        console.print("stopped")
        return INTERRUPTED
    finally:
        _summary(outcomes)


def _run(asked: argparse.Namespace, outcomes: list[Outcome]) -> None:
    """Do the runs and tell each; `outcomes` has them even when it is cut short."""
    numbers = [asked.run] if asked.run is not None else list(range(asked.first, asked.first + asked.runs))
    while numbers:
        # A run that is repeated alone gets the house it would have had.
        first = numbers[0] // RUNS_OF_A_HOUSE * RUNS_OF_A_HOUSE
        here = [number for number in numbers if number < first + RUNS_OF_A_HOUSE]
        numbers = numbers[len(here) :]
        with _house(asked.seed, first, kafka=asked.kafka) as house:
            for number in here:
                rebuilds = number % REBUILT_EVERY == REBUILT_EVERY - 1 or number == here[-1]
                outcomes.append(asyncio.run(run_once(house, asked.seed, number, rebuilds=rebuilds)))
                _tell(outcomes[-1], asked)
                if outcomes[-1].complaints:
                    _keep(house, outcomes[-1])
                    if not asked.go_on:
                        return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="how many runs")
    parser.add_argument("--seed", type=int, default=7, help="decides everything that is random")
    parser.add_argument("--first", type=int, default=0, help="the number of the first run, to go on where one has stopped")
    parser.add_argument("--run", type=int, help="only this run, again")
    parser.add_argument("--kafka", action="store_true", help="the log on a real Kafka broker")
    parser.add_argument("--go-on", action="store_true", help="do not stop at the first violation")
    return parser.parse_args()


@contextmanager
def _house(seed: int, first: int, *, kafka: bool) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="loopdesk-faults-"))
    folder.chmod(0o711)  # PostgreSQL's own user must be able to enter
    house = House(folder, some_twins(Random(f"{seed}/house/{first}")), kafka=kafka, module="services")
    try:
        with console.status("starting five services, and second instances of some"):
            house.start()
        yield house
    finally:
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave servers behind
        house.stop()
        signal.signal(signal.SIGINT, handler)
        shutil.rmtree(folder, ignore_errors=True)


def _tell(one: Outcome, asked: argparse.Namespace) -> None:
    harm = ", ".join(f"{name} × {n}" if n > 1 else name for name, n in sorted(one.mishaps().items()))
    verdict, numbers = "[red]VIOLATED[/]" if one.complaints else "clean", one.numbers()
    told = f"{numbers['acknowledged']} of {numbers['requests']} requests acknowledged, {numbers['repeated']} repetitions"
    console.print(f"run {one.run:>3} {verdict} {one.seconds:5.1f} s  {told}; {harm}", soft_wrap=True)
    for complaint in one.complaints[:20]:
        console.print(f"  [red]-[/] {complaint}", soft_wrap=True, markup=True, highlight=False)
    if one.complaints:
        again = f"python -m tests.faults --seed {asked.seed} --run {one.run}{' --kafka' if asked.kafka else ''}"
        console.print(f"  {len(one.complaints)} complaints; repeat with: {again}", soft_wrap=True)


def _keep(house: House, one: Outcome) -> None:
    """Keep the history and the output of the services; the rest of the house goes."""
    kept = Path(tempfile.mkdtemp(prefix=f"loopdesk-violation-run{one.run}-"))
    if one.history.file is not None:
        shutil.copy(one.history.file, kept)
    shutil.copytree(house.stack.home.folder / "logs", kept / "logs")
    console.print(f"  kept: {kept}", soft_wrap=True)


def _summary(outcomes: list[Outcome]) -> None:
    console.print(f"{len(outcomes)} runs, {sum(not one.complaints for one in outcomes)} clean")
    table = Table("", "times")
    for count in (Outcome.numbers, Outcome.mishaps, lambda one: {f"checked: {name}": n for name, n in one.looked_at.items()}):
        counted = sum((Counter(count(one)) for one in outcomes), Counter[str]())
        for name, n in sorted(counted.items()):
            table.add_row(name, f"{n:,}")
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
