"""When the City of Boston's requests of 2011 would have been due if nobody worked on public holidays: a script of its own.

It reads the raw log and the city's table, counts the days one by one, and knows nothing of Loopdesk. `python FILE FOLDER`, with
the folder of the real logs, lists the requests that were late and would have been in time.
"""

import csv
import gzip
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

HOLIDAYS = frozenset(
    {
        date(2011, 7, 4),  # Independence Day
        date(2011, 9, 5),  # Labor Day
        date(2011, 10, 10),  # Columbus Day
        date(2011, 11, 11),  # Veterans Day
        date(2011, 11, 24),  # Thanksgiving
        date(2011, 12, 26),  # Christmas, which was a Sunday
    }
)
"""Those of Massachusetts that fall on weekdays in the second half of 2011. No limit in working days reaches beyond it."""
CLOSES, RESUMES = time(17), time(8, 30)
_DAY = timedelta(days=1)


def requests(folder):
    """Return request → (when it was due, when it would be due with holidays off, when it was closed if it was)."""
    figures = json.loads((folder / "truth" / "boston311_2011q3.json").read_text("utf-8"))["figures"]
    table = {row["type"]: (row["rule"], row["n"]) for row in figures["deadline_policy"]}
    with gzip.open(folder / "boston311_2011q3.csv.gz", "rt", encoding="utf-8", newline="") as text:
        return {row["case_enquiry_id"]: _judged(row, *table[row["type"]]) for row in csv.DictReader(text) if row["type"] in table}


def flips(found):
    """Return the requests that were late and would have been in time, or the other way round."""
    return {request for request, (due, later, closed) in found.items() if _late(due, closed) != _late(later, closed)}


def _judged(row, rule, days):
    opened, closed = _at(row["open_dt"]), row["closed_dt"] and _at(row["closed_dt"])
    if rule == "cal":
        return opened + days * _DAY, opened + days * _DAY, closed
    return _due(opened, days, frozenset()), _due(opened, days, HOLIDAYS), closed


def _at(written):
    return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _due(opened, days, holidays):
    day, comes_late = opened.date(), opened.time() >= CLOSES
    while _is_off(day, holidays):
        day += _DAY
    for _ in range(days + comes_late):
        day += _DAY
        while _is_off(day, holidays):
            day += _DAY
    return datetime.combine(day, RESUMES if comes_late else opened.time(), UTC)


def _is_off(day, holidays):
    return day.weekday() >= 5 or day in holidays


def _late(due, closed):
    return not closed or closed > due


if __name__ == "__main__":
    print("\n".join(sorted(flips(requests(Path(sys.argv[1]))))))
