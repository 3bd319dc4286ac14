"""A histogram counts every value once, whatever is drawn together."""

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.axis import nice_step
from libs.pictures.histogram import Bar, bars_of, histogram
from libs.pictures.picture import Sheet
from tests.libs.pictures.seen import outside, overlapping, titles

SHEET = Sheet("h", "Values")


@given(st.lists(st.floats(-1e6, 1e6), max_size=200), st.booleans())
@settings(max_examples=40)
def test_every_value_is_in_one_bar(values, seconds):
    bars = bars_of(values, seconds=seconds)
    assert sum(bar.count for bar in bars) == len(values)
    assert [bar.count for bar in bars] == [sum(bar.since <= value < bar.until for value in values) for bar in bars]
    assert len(bars) <= 27


def test_what_lies_far_out_shares_the_last_bar():
    bars = bars_of([*range(1000), 10**6])
    assert bars[-1] == Bar(1000, inf, 1)
    assert bars_of([*range(1000)])[-1].until == 1000


@pytest.mark.parametrize(
    ("least", "seconds", "step"),
    [
        (0.3, False, 0.5),
        (1, False, 1),
        (1.1, False, 2),
        (700, True, 900),
        (90_000, True, 172_800),
        (5, False, 5),
        (0.2, True, 0.2),
    ],
)
def test_a_step_is_round(least, seconds, step):
    assert nice_step(least, seconds=seconds) == pytest.approx(step)


def test_a_hundred_thousand_values_are_a_small_picture():
    values = [(place * 7919) % 100_003 for place in range(100_000)]
    picture = histogram(SHEET, bars_of(values), str)
    assert len(picture.svg) < 15_000
    assert sum(int(row[2].replace(",", "")) for row in picture.rows) == 100_000


def test_too_many_bars_are_drawn_together_and_said_so():
    picture = histogram(SHEET, [Bar(place, place + 1, 1, "/x") for place in range(100)], str)
    assert len(picture.rows) == 34 and [row[2] for row in picture.rows] == ["3"] * 33 + ["1"]
    assert picture.left_out == "Each bar stands for 3 neighbouring ones."


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.booleans(), st.integers(-5, 70))
@settings(max_examples=40)
def test_it_is_whole_whatever_it_counts(counts, narrow, late_from):
    bars = [Bar(place * 1000.0, place * 1000.0 + 1000, number) for place, number in enumerate(counts)]
    picture = histogram(Sheet("h", "Values", narrow=narrow), bars, str, late_from=late_from)
    assert outside(picture) == [] and overlapping(picture) == []
    said = titles(picture)[1:]
    assert all(f": {row[2]}, {row[3]}" in said[place] for place, row in enumerate(picture.rows))


def test_nothing_is_said_to_be_nothing():
    assert "No data" in histogram(SHEET, [], str).svg and "No data" in histogram(SHEET, [Bar(0, 1, 0)], str).svg
