"""`make bench`: measure everything beside its peers in one run and write benchmarks/RESULTS.md."""

import time
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import environment, ground
from benchmarks.measure import Row
from benchmarks.results import RESULTS, cells, written
from libs.events.words.now import real_now

ROWS = ("write", "end_to_end", "projection", "replay", "working_time", "reads", "growth", "pages")
"""The modules of benchmarks/rows, in the order they run and stand in the table."""

console = Console()


def main(
    only: Annotated[list[str] | None, typer.Option(help="Only these; the table is then shown, not written.")] = None,
) -> None:
    """Measure, show, write."""
    if unknown := set(only or ()) - set(ROWS):
        raise typer.BadParameter(f"There is no {', '.join(sorted(unknown))}; give one of {', '.join(ROWS)}.")
    begun, at = time.perf_counter(), real_now()
    environment.python()
    rows, failures = measured(only or ROWS)
    if only is None:
        RESULTS.write_text(written(rows, failures, at=at, minutes=(time.perf_counter() - begun) / 60))
        console.print(f"written: {RESULTS}")
    raise typer.Exit(1 if failures else 0)


def measured(names: Sequence[str]) -> tuple[list[Row], dict[str, str]]:
    """Return all rows, and why some modules have none: one that fails does not cost the others' minutes."""
    rows: list[Row] = []
    failures: dict[str, str] = {}
    with ground.closing:
        for name in names:
            begun = time.perf_counter()
            try:
                found: list[Row] = import_module(f"benchmarks.rows.{name}").rows()
            except Exception as error:
                console.print_exception(max_frames=6)
                failures[name] = f"{type(error).__name__}: {error}".splitlines()[0]
                continue
            for row in found:
                console.print(" | ".join(cells(row)[:-1]), markup=False, highlight=False)
            console.print(f"{name}: {time.perf_counter() - begun:.0f} s")
            rows += found
    return rows, failures


if __name__ == "__main__":
    typer.run(main)
