"""What one worker does alone and in order, where tests share stacks of five processes (make's --dist loadscope)."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

STACKS = frozenset({"calm", "harmed", "on_kafka"})
"""The stacks that files of tests/stack share."""

SHARED = "shared stacks"
ROOT = Path(__file__).parents[1]


class Lanes(LoadScopeScheduling):
    """Gives a worker one lane at a time, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)


def lane_of(nodeid: str) -> str:
    """Return the lane of a test: what shares stacks, what shares the desk of faults on one log, else its file."""
    file = nodeid.partition("::")[0]
    if file.startswith("tests/faults/test_matrix_"):
        return "faults on kafka" if "[kafka" in nodeid else "faults on postgres"
    return SHARED if _names_a_stack(file) else file


@cache
def _names_a_stack(file: str) -> bool:
    words = re.findall(r"\w+", (ROOT / file).read_text("utf-8")) if file.startswith("tests/stack/") else ()
    return not STACKS.isdisjoint(words)
