"""Judges a run: its history against the log, the tables and the answers. Each complaint is a sentence.

Pure: it gets a History and the Evidence, looks at nothing else, and can be shown to fail (test_checker.py).
"""

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.checks import CHECKS
from tests.faults.evidence import Evidence
from tests.faults.history import History
from tests.faults.view import View


@dataclass(slots=True)
class Judged:
    """The complaints, and how much was looked at."""

    complaints: list[str] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)


def judge(history: History, evidence: Evidence) -> Judged:
    """Return everything that is wrong."""
    view = View.of(history, evidence)
    complaints = [complaint for check in CHECKS for complaint in check(view)]
    return Judged(complaints, view.looked_at)
