"""The real logs: where each one's rows, its truth and its cases lie in the folder of real data."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.truth import boston, cases, figures
from deploy.truth.figures import Figure


@dataclass(frozen=True, slots=True)
class Log:
    """One real log, the questions that must give its figures, and the one that must give its cases.

    `key` is the column of the truth's cases that names a case; `known` adds what a row of the truth implies.
    """

    file: str
    truth: str
    cases: str
    figures: Callable[[Mapping[str, Any]], Iterator[Figure]]
    rows: str
    key: str = "request"
    known: Callable[[dict[str, str]], dict[str, str]] = dict

    def figures_in(self, data: Path) -> dict[str, Any]:
        """Return the truth's figures, by their names."""
        read = json.loads((data / "truth" / self.truth).read_text("utf-8"))
        return {**read["figures"], "checks": read.get("checks", {})}

    def cases_in(self, data: Path) -> dict[str, dict[str, str]]:
        """Return the truth's cases, by their names."""
        with gzip.open(data / "truth" / "cases" / self.cases, "rt", encoding="utf-8") as text:
            return {row[self.key]: self.known(row) for row in csv.DictReader(text)}


LOGS = {
    "uci498": Log("uci498_incident_event_log.csv.gz", "uci498.json", "uci498.csv.gz", figures.uci498, cases.UCI498),
    "helpdesk": Log("helpdesk_italy.csv.gz", "helpdesk.json", "helpdesk.csv.gz", figures.helpdesk, cases.HELPDESK),
    "boston311": Log(
        "boston311_2011q3.csv.gz",
        "boston311_2011q3.json",
        "boston311_2011q3_deadlines.csv.gz",
        boston.figures,
        boston.ROWS,
        key="case_enquiry_id",
        known=boston.known,
    ),
}
"""By the name of its mapping."""
