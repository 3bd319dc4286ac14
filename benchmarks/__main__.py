"""`make bench`: measure everything beside its peers and write benchmarks/RESULTS.md, a chapter for each module of rows."""

import time
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import environment, ground
from benchmarks.measure import Row
from benchmarks.results import RESULTS, cells, chapter, written
from libs.events.words.now import real_now

ROWS = (
    *("write", "completing", "end_to_end", "projection", "replay", "reckoning", "meanwhile"),
    *("policies", "working_time", "reads", "growth", "pages"),
)
"""The modules of benchmarks/rows, in the order they run and stand in the table."""

console = Console()


def main(only: Annotated[list[str] | None, typer.Option(help="Only these; the other chapters stay as they are.")] = None) -> None:
    """Measure, show, write."""
    if unknown := set(only or ()) - set(ROWS):
        raise typer.BadParameter(f"There is no {', '.join(sorted(unknown))}; give one of {', '.join(ROWS)}.")
    environment.python()
    with ground.closing:
        failed = [name for name in only or ROWS if not measured(name)]
    console.print(f"written: {RESULTS}")
    raise typer.Exit(1 if failed else 0)


def measured(name: str) -> bool:
    """Measure one module's rows, show them, write them, and say whether that went well: a run that is ended keeps what it has."""
    begun, at = time.perf_counter(), real_now()
    rows: list[Row] = []
    failure = ""
    try:
        rows = import_module(f"benchmarks.rows.{name}").rows()
    except Exception as error:
        console.print_exception(max_frames=6)
        failure = f"{type(error).__name__}: {error}".splitlines()[0]
    for row in rows:
        console.print(" | ".join(cells(row)[:-1]), markup=False, highlight=False)
    minutes = (time.perf_counter() - begun) / 60
    console.print(f"{name}: {minutes:.1f} min")
    found = {name: chapter(rows, failure, at=at, minutes=minutes)}
    RESULTS.write_text(written(RESULTS.read_text(), found, ROWS))
    return not failure


if __name__ == "__main__":
    typer.run(main)
