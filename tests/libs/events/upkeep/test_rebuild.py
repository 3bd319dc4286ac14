"""What `loopdesk verify` compares besides rows: the outbox's counter with the last own number on the log."""

import pytest

from libs.events.upkeep.comparing import Difference, following


@pytest.mark.parametrize(
    ("why", "last", "counter", "is_equal"),
    [
        ("nothing was ever said", (1, -1), (1, 0), True),
        ("all that was said is there", (1, 4), (1, 5), True),
        ("one is not there", (1, 3), (1, 5), False),
        ("one was never counted", (1, 5), (1, 5), False),
        ("a new epoch after a restore, in which nothing was said yet", (1, 4), (2, 0), True),
        ("one of the new epoch is there", (2, 0), (2, 1), True),
        ("none of the new epoch is there", (1, 4), (2, 1), False),
        ("the log is of a later epoch", (2, 0), (1, 5), False),
    ],
)
def test_a_counter_follows_the_log(why, last, counter, is_equal):
    assert (following(last, counter[0]) == counter) is is_equal


@pytest.mark.parametrize(
    ("live", "rebuilt", "says"),
    [
        ("nx", "n1", 'nodes is "nx", rebuilt "n1"'),
        (None, 7, "nodes is null, rebuilt 7"),
        ("a" * 99 + "x", "a" * 99 + "y", f'nodes is …{"a" * 78}x", rebuilt …{"a" * 78}y"'),
        ("a" * 99 + "x" * 99, "a" * 99, f'nodes is …{"a" * 20}{"x" * 60}…, rebuilt …{"a" * 79}"'),
        ("x" * 99, "y", f'nodes is "{"x" * 79}…, rebuilt "y"'),
    ],
)
def test_of_a_long_value_one_sees_where_it_differs(live, rebuilt, says):
    row = {"case_id": "c1", "nodes": live, "channels": "alike"}
    assert str(Difference(["case_id"], row, row | {"nodes": rebuilt})) == f"case_id c1: {says}"
