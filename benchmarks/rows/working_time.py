"""Working time between two instants of one year, on the Chinese calendar: holidays, make-up days, a lunch break."""

import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks import environment
from benchmarks.measure import Goal, Row, Side, compare
from services.sla.domain.calendars import calendar_of
from services.sla.domain.working_time import working_time

# 2023 is the last year of China that workalendar knows.
BEGAN, MINUTES, LONGEST = datetime(2023, 1, 6, tzinfo=UTC), 300 * 24 * 60, 45 * 24 * 60
CALENDAR = {
    "id": "benchmark",
    "version": 1,
    "timezone": "Asia/Shanghai",
    "country": "CN",
    "years": [2023, 2023],
    "windows": {day: ["09:00-12:00", "13:30-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
OURS, THEIRS = 200_000, {"businesstimedelta": 40, "workalendar": 10_000}

Pair = tuple[datetime, datetime]


def rows() -> list[Row]:
    """Return a row for each library."""
    peers = [
        (Side("businesstimedelta, the same hours", partial(_asked, "businesstimedelta")), Goal(500)),
        (Side("workalendar, whole days only", partial(_asked, "workalendar")), Goal(5)),
    ]
    limit = "the interpreter: two binary searches and a dozen integer operations in Python for each question"
    return compare("working time between two instants, up to 45 days apart", Side("ours", _ours), peers, limit=limit)


def pairs(count: int) -> list[Pair]:
    """Return pairs of instants, the same ones in each run."""
    drawn = random.Random(7)  # noqa: S311  figures, not secrets
    begins = [BEGAN + timedelta(minutes=drawn.randrange(MINUTES)) for _ in range(count)]
    return [(since, since + timedelta(minutes=drawn.randrange(1, LONGEST))) for since in begins]


def _ours() -> float:
    between, asked = working_time(calendar_of(CALENDAR)).between, pairs(OURS)
    begun = time.perf_counter()
    for since, until in asked:
        between(since, until)
    return OURS / (time.perf_counter() - begun)


def _asked(peer: str) -> float:
    asked = [[one.isoformat() for one in pair] for pair in pairs(THEIRS[peer])]
    answer: float = environment.ask("working_time", peer=peer, pairs=asked)
    return answer
