"""A standstill is time without progress while there is work; it is counted while it lasts, not only when it ends."""

import pytest

from benchmarks.starved import Progress


@pytest.mark.parametrize(
    ("why", "seen", "longest"),
    [
        ("it goes on", [(10, 90, 0.0), (20, 80, 1.0), (30, 70, 2.0)], 1.0),
        ("it stands still, and goes on", [(10, 90, 0.0), (10, 90, 5.0), (20, 80, 7.0), (30, 70, 8.0)], 7.0),
        ("it stands still to the end", [(10, 90, 0.0), (20, 80, 1.0), (20, 80, 30.0)], 29.0),
        ("it has nothing to do", [(10, 0, 0.0), (10, 0, 30.0), (10, 0, 30.5), (11, 0, 31.0)], 0.0),
        ("it has not begun", [(0, 90, 0.0), (0, 90, 30.0), (10, 80, 31.0)], 0.0),
        ("it stands still with new work", [(10, 0, 0.0), (10, 5, 1.0), (10, 5, 9.0)], 9.0),
    ],
)
def test_the_longest_standstill(why, seen, longest):
    progress = Progress()
    for done, left, now in seen:
        progress.see(done, left, now)
    assert progress.longest == longest, why
