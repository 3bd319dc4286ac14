"""A clock's life is drawn without a gap and in bounds, however long it was; its sums are of everything, drawn or not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.clock_life import KINDS, MOMENTS_MAX, SHORTEST, Moment, Part, clock_life, lanes_of, together
from libs.pictures.picture import Sheet
from libs.pictures.words import WORDS
from tests.libs.pictures.samples import SHANGHAI, at
from tests.libs.pictures.seen import outside, overlapping, texts, titles

SHEET = Sheet("l", "A life")
START = datetime(2026, 1, 1, tzinfo=UTC)


def exactly(length):
    return str(length)


def parts_of(*told):
    """Return the parts that follow each other, each of so many minutes."""
    found, since = [], START
    for what, minutes in told:
        found.append(Part(what, since, since + timedelta(minutes=minutes), "why" if what == "paused" else ""))
        since = found[-1].until
    return found


def scale(minutes_each):
    """Return an axis on which a unit is so many minutes."""
    return lambda instant: (instant - START) / timedelta(minutes=minutes_each)


@pytest.mark.parametrize(
    ("why", "told", "drawn"),
    [
        ("all can be seen",                [("counted", 9), ("hours", 15)], [("counted", 0, 9), ("hours", 9, 24)]),
        ("just long enough",               [("counted", SHORTEST), ("hours", 9)], [("counted", 0, 1.5), ("hours", 1.5, 10.5)]),
        ("too short, but nothing beside it is", [("counted", 9), ("late", 1), ("hours", 9)],
            [("counted", 0, 9), ("late", 9, 10), ("hours", 10, 19)]),
        ("too short together",             [("hours", 0.5), ("counted", 0.5), ("off", 0.5)], [("counted", 0, 1.5)]),
        ("what is late comes first",       [("paused", 0.7), ("late", 0.1), ("counted", 0.7)], [("late", 0, 1.5)]),
        ("days that are alike are one",    [("counted", 0.4), ("hours", 0.6)] * 40, [("counted", 0, 40)]),
        ("the last ones are not lost",     [("off", 9), ("hours", 0.2)], [("off", 0, 9), ("hours", 9, 9.2)]),
        ("nothing",                        [], []),
    ],
)  # fmt: skip
def test_what_is_too_short_is_drawn_with_its_neighbours(why, told, drawn):
    x = scale(1)
    assert [(one.what, x(one.since), x(one.until)) for one in together(parts_of(*told), x)] == [
        (what, pytest.approx(since), pytest.approx(until)) for what, since, until in drawn
    ], why


kinds = st.sampled_from(KINDS)
told = st.lists(st.tuples(kinds, st.integers(1, 3_000)), min_size=1, max_size=60)


@given(told, st.floats(1, 1_000))
def test_what_is_drawn_has_no_gap_and_no_more_marks_than_there_is_room_for(told, minutes_each):
    parts, x = parts_of(*told), scale(minutes_each)
    found = together(parts, x)
    assert all(one.until == other.since for one, other in pairwise(found))
    assert (found[0].since, found[-1].until) == (parts[0].since, parts[-1].until)
    assert {one.what for one in found} <= {one.what for one in parts}
    assert len(found) <= 3 * x(parts[-1].until) / SHORTEST + 2


@pytest.mark.parametrize(
    ("places", "lanes"),
    [([], []), ([5], [0]), ([5, 21], [0, 0]), ([5, 20.9], [0, 1]), ([5, 6, 7, 22], [0, 1, 2, 0]), ([5, 5, 5], [0, 1, 2])],
)
def test_letters_stand_above_each_other_where_they_would_cover_each_other(places, lanes):
    assert lanes_of(places) == lanes


def test_three_years_are_a_bounded_picture_whose_sums_are_of_every_day():
    parts = parts_of(*[("counted", 9 * 60), ("hours", 15 * 60)] * 1_100)
    picture = clock_life(SHEET, parts, [], SHANGHAI, exactly)
    assert len(picture.svg) < 20_000
    assert [row[0] for row in picture.rows] == ["counted", "outside working hours"]
    assert picture.rows[0][3] == str(timedelta(hours=9 * 1_100)) and picture.rows[1][3] == str(timedelta(hours=15 * 1_100))
    assert picture.left_out.startswith("What is too short")


def test_the_sums_are_in_the_picture_too():
    picture = clock_life(SHEET, parts_of(("counted", 60), ("paused", 30), ("late", 15)), [], SHANGHAI, exactly)
    said = {text for text, _ in texts(picture)}
    assert {"counted: 1:00:00", "paused: 0:30:00", "late: 0:15:00", "why: 0:30:00"} <= said
    assert [(row[0], row[3]) for row in picture.rows] == [
        ("late", "0:15:00"), ("paused", "0:30:00"), ("counted", "1:00:00"), ("paused · why", "0:30:00")
    ]  # fmt: skip
    assert picture.left_out == ""


def test_every_kind_has_a_name_of_its_own_in_both_languages():
    for words in WORDS.values():
        picture = clock_life(Sheet("l", "A", words=words), parts_of(*((what, 90) for what in KINDS)), [], SHANGHAI, exactly)
        names = [row[0] for row in picture.rows][: len(KINDS)]
        assert len(set(names)) == len(KINDS) and set(names) <= set(titles(picture)) | {words.paused}


def test_the_earliest_instants_have_no_letter_if_there_are_too_many():
    moments = [Moment(f"was due {n}", START + timedelta(minutes=n)) for n in range(MOMENTS_MAX + 3)]
    picture = clock_life(SHEET, parts_of(("counted", 60)), moments, SHANGHAI, exactly)
    assert [row[0] for row in picture.rows][1:3] == ["A was due 3", "B was due 4"]
    assert picture.left_out == "The earliest instants have no letter, 3 in all."
    assert outside(picture) == [] and overlapping(picture) == []


def test_a_life_without_a_length_has_its_instants_and_one_without_anything_says_so():
    assert clock_life(SHEET, [], [Moment("began", START)], SHANGHAI, exactly).rows[0][0] == "A began"
    assert clock_life(SHEET, [], [], SHANGHAI, exactly).rows == ()


minutes = st.integers(-1_000, 100_000)


@given(told, st.lists(minutes, max_size=20), st.booleans(), st.none() | minutes)
@settings(max_examples=40)
def test_it_is_whole_whatever_the_clock_did(told, places, narrow, now):
    moments = [Moment("an instant", START + timedelta(minutes=one), "due") for one in sorted(places)]
    instant = None if now is None else START + timedelta(minutes=now)
    picture = clock_life(Sheet("l", "A life", narrow=narrow), parts_of(*told), moments, SHANGHAI, exactly, instant)
    assert outside(picture) == [] and overlapping(picture) == []
    assert len(picture.svg) < 120_000


def test_a_pause_that_is_wide_has_the_number_of_its_reason():
    parts = [Part("paused", at(16, 9), at(16, 12), "the customer"), Part("paused", at(16, 12), at(16, 15), "a spare part")]
    said = [text for text, _ in texts(clock_life(SHEET, parts, [], SHANGHAI, exactly))]
    assert said.count("1") == said.count("2") == 2, "on the bar and beside its words"
