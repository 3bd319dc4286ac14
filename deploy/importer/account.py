"""The account of an import: every row and every fact is in it exactly once."""

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from deploy.importer.facts import BACK, Outcome
from deploy.importer.source import SourceRow

VERDICTS = ("recorded", "duplicate", "conflict", "rejected")
REASONS_MAX = 20
LINES_MAX = 1_000
EXAMPLES_MAX = 3
"""Rows named for each oddity at most, so that one kind does not hide the others."""
UPSIDE_DOWN = "Most rows go back in time. Is the log newest first? Write `order: newest first`. If not, check its time formats."
HELD_BACK = (
    "Nothing was sent, because the log has faults. A fact is known by the place of its row within its case, so a row left "
    "out now and mended later would move the rows after it. Mend the places listed and import again. If nobody will ever mend "
    "them, write --with-faults: the faulty rows and facts are then left out for good."
)


@dataclass
class Account:
    """The numbers of rows read, facts made and verdicts. `reasons` has the first ones in full, each with its row or
    fact."""

    system: str
    cases: int = 0
    rows_read: int = 0
    rows_with_facts: int = 0
    rows_without: Counter[str] = field(default_factory=Counter)
    rows_malformed: int = 0
    lines_malformed: list[int] = field(default_factory=list)
    facts_made: int = 0
    facts_by_type: Counter[str] = field(default_factory=Counter)
    facts_unsaid: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    rows_going_back: int = 0
    reasons: list[str] = field(default_factory=list)
    is_held_back: bool = False

    @property
    def unanswered(self) -> int:
        """Return how many facts have no verdict: they were not sent, or the answer was lost."""
        return self.facts_made - self.verdicts.total()

    @property
    def is_balanced(self) -> bool:
        """Test whether the account has every row read, and one verdict for every fact made."""
        return self.rows_read == self.rows_with_facts + self.rows_without.total() and self.unanswered == 0

    @property
    def is_upside_down(self) -> bool:
        """Test whether most rows go back in time; if so, the order or the time formats are wrong."""
        return self.rows_going_back * 2 > max(self.rows_with_facts - self.cases, 0)

    @property
    def is_sound(self) -> bool:
        """Test whether the log could be turned into facts completely, in a plausible order."""
        return not (self.rows_malformed or self.facts_unsaid or self.is_upside_down)

    @property
    def is_clean(self) -> bool:
        """Test whether the whole log is now recorded."""
        return self.is_balanced and self.is_sound and not self.verdicts["conflict"] + self.verdicts["rejected"]

    def read(self, row: SourceRow, outcome: Outcome) -> None:
        """Enter one row and its facts."""
        self.rows_read += 1
        self.rows_with_facts += bool(outcome.facts)
        self.facts_made += len(outcome.facts)
        for fact in outcome.facts:
            self.facts_by_type[fact.type] += 1
        if not outcome.facts:
            self.rows_without[row.reason or outcome.reason] += 1
        if row.malformed:
            self.rows_malformed += 1
            if self.rows_malformed <= LINES_MAX:
                self.lines_malformed.append(row.line)
            self.note(f"line {row.line}: malformed: {row.reason}")
        self.rows_going_back += any(one.endswith(BACK) for one in outcome.odd)
        for one in dict.fromkeys((*row.odd, *outcome.odd) if row.odd else outcome.odd):
            self.odd[one] += 1
            if self.odd[one] <= EXAMPLES_MAX:
                self.note(f"line {row.line}, {row.case}: {one}")
        for why in outcome.unsaid:
            self.facts_unsaid[str(why)] += 1
            self.note(f"line {row.line}, {row.case}: {why}" + (f": {why.value!r}" if why.value else ""))

    def answered(self, status: str, which: str, detail: str) -> None:
        """Enter the verdict on one fact."""
        self.verdicts[status] += 1
        if status in ("conflict", "rejected"):
            self.note(f"{status}: {which}: {detail}")

    def note(self, reason: str) -> None:
        """Keep a reason in full while there is room."""
        if len(self.reasons) < REASONS_MAX:
            self.reasons.append(reason)

    def show(self, console: Console) -> None:
        """Print the account."""
        table = Table(title=f"Import of {self.system}", show_header=False)
        table.add_column(justify="left")
        table.add_column(justify="right")
        for name, count in self._lines():
            table.add_row(name, f"{count:,}")
        console.print(table)
        for reason in self.reasons:
            console.print(f"  {reason}", markup=False)
        if self.rows_malformed > 1:
            more = ", …" if self.rows_malformed > LINES_MAX else ""
            console.print(f"malformed lines: {', '.join(map(str, self.lines_malformed))}{more}", markup=False)
        if self.is_upside_down:
            console.print(UPSIDE_DOWN, markup=False)
        if self.is_held_back:
            console.print(HELD_BACK, markup=False)

    def _lines(self) -> list[tuple[str, int]]:
        return [
            ("cases", self.cases),
            ("rows read", self.rows_read),
            ("  with facts", self.rows_with_facts),
            *((f"  without: {reason}", count) for reason, count in self.rows_without.most_common()),
            *([("  of these malformed, not imported", self.rows_malformed)] if self.rows_malformed else []),
            ("facts made", self.facts_made),
            *((f"  {status}", self.verdicts[status]) for status in VERDICTS),
            *([("  not sent, or not answered", self.unanswered)] if self.unanswered else []),
            *((f"facts not made: {reason}", count) for reason, count in self.facts_unsaid.most_common()),
            *((f"rows to look at: {reason}", count) for reason, count in self.odd.most_common()),
        ]
