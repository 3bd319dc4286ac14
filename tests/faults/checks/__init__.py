"""Judges a run: its history against the log, the tables and the answers. Each complaint is a sentence.

Pure: each check is a function of a View, looks at nothing else, and can be shown to fail (test_checker.py).
"""

from collections import Counter

from tests.faults.checks.answers import ANSWERS
from tests.faults.checks.numbers import NUMBERS
from tests.faults.checks.promises import PROMISES
from tests.faults.checks.readers import READERS
from tests.faults.checks.tables import TABLES
from tests.faults.evidence import Evidence
from tests.faults.history import History
from tests.faults.view import View

CHECKS = (*ANSWERS, *NUMBERS, *READERS, *PROMISES, *TABLES)


def judge(history: History, evidence: Evidence) -> tuple[list[str], Counter[str]]:
    """Return everything that is wrong, and how much was looked at."""
    view = View.of(history, evidence)
    return [complaint for check in CHECKS for complaint in check(view)], view.looked_at
