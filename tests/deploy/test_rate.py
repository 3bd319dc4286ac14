"""The line of a replay's progress: facts a second, the part that is done, and an estimate of what is left."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.rate import Rate
from libs.events.testing.clocks import StoppedClock
from libs.events.upkeep.replay import Reached


@pytest.mark.parametrize(
    ("reached", "says"),
    [
        ([], "0 facts, 0/s"),
        ([(10, Reached(0, 0, 0))], "0 facts, 0/s"),
        ([(10, Reached(5_000, 5_000, 20_000))], "5,000 facts, 500/s, 25 %, 0:00:30 left"),
        ([(10, Reached(2_500, 5_000, 20_000))], "2,500 facts, 250/s, 25 %, 0:00:30 left"),  # a log with holes
        ([(10, Reached(9_999, 9_999, 10_000))], "9,999 facts, 1,000/s, 99 %, 0:00:00 left"),
        ([(10, Reached(5_000, 5_000, 9_000)), (5, Reached(9_000, 9_000, 9_000))], "9,000 facts, 600/s, 100 %, 0:00:00 left"),
        # What was longer ago than half a minute does not count.
        ([(100, Reached(100, 100, 1_000)), (30, Reached(400, 400, 1_000))], "400 facts, 10/s, 40 %, 0:01:00 left"),
    ],
)
def test_it_says_how_fast_how_far_and_how_long_still(reached, says):
    clock = StoppedClock(datetime(2025, 7, 1, tzinfo=UTC))
    rate = Rate(clock.ticks)
    for seconds, one in reached:
        clock.advance(timedelta(seconds=seconds))
        rate.reach(one)
    assert str(rate) == says


def test_at_the_end_it_says_what_it_came_to():
    clock = StoppedClock(datetime(2025, 7, 1, tzinfo=UTC))
    rate = Rate(clock.ticks)
    clock.advance(timedelta(seconds=80))
    rate.reach(Reached(4_000, 4_000, 4_000))
    assert rate.whole == "4,000 facts in 0:01:20, 50/s"
