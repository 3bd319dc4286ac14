"""How many facts a second the `eventsourcing` library replays in memory: every case read back from its recorder."""

import json
import sys
import time
from typing import Any

from eventsourcing_case import Case, Desk


def main(cases: dict[str, list[Any]]) -> float:
    """Save the cases in memory, then reconstruct each from its events."""
    desk = Desk()
    for case_id, facts in cases.items():
        desk.take(case_id, facts)
    begun = time.perf_counter()
    for case_id in cases:
        desk.repository.get(Case.create_id(case_id))
    return sum(map(len, cases.values())) / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
