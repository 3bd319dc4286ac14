"""The progress of a step: a bar in a terminal, elsewhere a line at every tenth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Told = Callable[[float], None]
"""Takes the part that is done, 0 to 1; the same part again changes nothing."""


@contextmanager
def step(console: Console, title: str) -> Iterator[Told]:
    """Show a step until the block ends; without an exception it is done."""
    with _bar(console, title) if console.is_terminal else _lines(console, title) as told:
        yield told
        told(1.0)


@contextmanager
def _bar(console: Console, title: str) -> Iterator[Told]:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as bar:
        task, furthest = bar.add_task(title, total=1.0), 0.0

        def told(part: float) -> None:
            nonlocal furthest
            furthest = max(furthest, part)
            bar.update(task, completed=furthest)

        yield told


@contextmanager
def _lines(console: Console, title: str) -> Iterator[Told]:
    tenths = 0

    def told(part: float) -> None:
        nonlocal tenths
        if int(part * 10) > tenths:
            tenths = int(part * 10)
            console.print(f"{title}: {tenths}0 %", highlight=False)

    yield told
