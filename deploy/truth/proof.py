"""The result of comparing a log with its truth, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from deploy.importer.account import Account
from deploy.truth.compare import Checked, Difference

SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """One log's account, its figures beside the truth, and the words of its `cases` that differ."""

    name: str
    account: Account
    figures: Sequence[Checked]
    different: Sequence[Difference]
    cases: int

    @property
    def figures_wrong(self) -> int:
        return sum(not line.is_equal for line in self.figures)

    @property
    def cases_wrong(self) -> int:
        return len({one.case for one in self.different})

    @property
    def wrong(self) -> int:
        """Return the number of differences; an account that is not clean is one, too."""
        return self.figures_wrong + len(self.different) + (not self.account.is_clean)


def show(console: Console, proof: Proof) -> None:
    """Print the account, every figure and the first cases that differ."""
    proof.account.show(console)
    title = f"{proof.name}: what analysts read, and the truth"
    table = Table(
        Column("figure", overflow="fold"), "analysts read", "truth", "equal", "our own figure of that name", title=title
    )
    for line in proof.figures:
        table.add_row(line.figure, _written(line.read), _written(line.truth), "yes" if line.is_equal else "[red]NO[/]", line.ours)
    console.print(table)
    for one in proof.different[:SHOWN_MAX]:
        console.print(f"  {one.case}: {one.column} is {one.read!r}, truth {one.truth!r}", markup=False)


def show_summary(console: Console, proofs: Sequence[Proof]) -> None:
    """Print one line for each log."""
    table = Table(
        "log", "facts imported", "figures equal", "cases equal", "differences", title="What analysts read, and the truth"
    )
    for proof in proofs:
        figures, cases = len(proof.figures), proof.cases
        table.add_row(
            proof.name,
            f"{proof.account.facts_made:,}",
            f"{figures - proof.figures_wrong:,} of {figures:,}",
            f"{cases - proof.cases_wrong:,} of {cases:,}",
            f"[red]{proof.wrong:,}[/]" if proof.wrong else "0",
        )
    console.print(table)


def _written(value: Any) -> str:
    return f"{value:,.6f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
