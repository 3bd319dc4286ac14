"""Sides take turns, ratios are taken round by round, and the border of a goal is met."""

import pytest

from benchmarks.measure import Goal, Side, Spread, alone, compare, spread, take_turns


def counting(*figures):
    left = iter(figures)
    return lambda: next(left)


def test_the_sides_take_turns_and_the_warm_up_does_not_count():
    order = []

    def turn(name):
        order.append(name)
        return len(order)

    found = take_turns({"ours": lambda: turn("ours"), "theirs": lambda: turn("theirs")}, rounds=2, warm=1)

    assert order == ["ours", "theirs"] * 3
    assert found == {"ours": [3, 5], "theirs": [4, 6]}


def test_a_ratio_is_taken_round_by_round():
    ours, theirs = Side("ours", counting(0, 10, 30, 20)), Side("theirs", counting(0, 10, 10, 40))

    (row,) = compare("work", ours, [(theirs, Goal(1.0))], limit="the disk", rounds=3)

    # The ratio of the medians would be 2: what disturbs one round disturbs both sides of it.
    assert row.ratio == Spread(1.0, 0.5, 3.0)
    assert (row.ours, row.theirs) == (Spread(20, 10, 30), Spread(10, 10, 40))


def test_every_peer_has_its_row():
    rows = compare("work", Side("ours", lambda: 1.0), [(Side("a", lambda: 2.0), None), (Side("b", lambda: 4.0), None)], limit="")
    assert [(row.peer, row.ratio.median) for row in rows] == [("a", 0.5), ("b", 0.25)]


def test_ours_alone_has_no_ratio():
    row = alone("work", Side("ours", counting(3.0, 1.0), "ms"), goal=Goal(2.0, at_most=True), limit="", rounds=2)
    assert (row.ours, row.ratio, row.theirs) == (Spread(2.0, 1.0, 3.0), None, None)


@pytest.mark.parametrize(
    ("why", "goal", "reached", "is_met"),
    [
        ("the border is met", Goal(0.6), 0.6, True),
        ("more is better", Goal(0.6), 0.59, False),
        ("the border is met, also from above", Goal(1.5, at_most=True), 1.5, True),
        ("less is better", Goal(1.5, at_most=True), 1.51, False),
    ],
)
def test_a_goal(why, goal, reached, is_met):
    assert goal.is_met(reached) is is_met, why


def test_the_spread_of_an_even_number_of_rounds_lies_between_the_middle_two():
    assert spread([1, 2, 4, 100]) == Spread(3, 1, 100)
