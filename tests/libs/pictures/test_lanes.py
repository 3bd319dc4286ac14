"""Everything that happened is told once, in the lane of who did it; only empty time is drawn short."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.lanes import LANES_MAX, MOST, Happening, lanes
from libs.pictures.picture import Sheet
from libs.pictures.time_axis import shortened
from tests.libs.pictures.samples import LIFE, SHANGHAI, at
from tests.libs.pictures.seen import SVG, box, outside, overlapping, texts, titles, tree

SHEET = Sheet("l", "Life")
MINUTE = timedelta(minutes=1)


def axis(*minutes, narrow=False):
    return shortened([at(1, 0) + MINUTE * one for one in minutes], 100, 900, SHANGHAI, Sheet("l", "Life", narrow=narrow))


@pytest.mark.parametrize(
    ("minutes", "gaps"),
    [
        ((0,), []),
        ((0, 5000), []),
        ((0, 10, 20, 30), []),
        ((0, 10, 20, 5000, 5010), ["3 d 11 h"]),
        ((0, 1, 120, 121, 9000, 9001), ["1 h 59 min", "6 d 4 h"]),
    ],
)
def test_only_long_gaps_are_drawn_short(minutes, gaps):
    assert axis(*minutes).gap_lengths == gaps


def test_what_is_close_together_is_drawn_apart():
    """Two clusters of minutes, days apart: with the gap drawn short, a minute is wider than a dot."""
    long = axis(0, 1, 2, 9000, 9001, 9002)
    assert long.x(at(1, 0) + MINUTE) - long.x(at(1, 0)) > 100


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=30), st.booleans())
@settings(max_examples=50)
def test_later_is_further_right_and_within_the_borders(minutes, narrow):
    made = axis(*minutes, narrow=narrow)
    places = [made.x(at(1, 0) + MINUTE * one) for one in sorted(set(minutes))]
    assert all(a <= b for a, b in pairwise(places))
    assert places[0] >= 100 and places[-1] <= 900.001
    assert made.pieces[0].left == 100 and made.right == pytest.approx(900)


def test_the_words_say_where_time_is_drawn_short():
    assert lanes(SHEET, LIFE, SHANGHAI, at(26, 15)).left_out == "Where nothing happened, time is drawn short: 3 d 18 h, 5 d 17 h."


def test_a_person_stands_below_the_service():
    words = [
        text for text, _ in texts(lanes(SHEET, LIFE, SHANGHAI)) if text in ("intake", "Li Wei", "routing", "Zhang Min", "sla")
    ]
    assert words == ["intake", "Li Wei", "routing", "Zhang Min", "sla"]


def test_what_overlaps_has_rows_of_its_own():
    bars = [box(one) for one in tree(lanes(SHEET, LIFE, SHANGHAI)).iter(f"{SVG}rect") if one.get("class") == "bar done"]
    analyse, plan, replace = bars
    assert analyse[3] < plan[1] and plan[0] < analyse[2] and replace[0] > plan[2]


@pytest.mark.parametrize(("since", "rows"), [(119, 2), (120, 1), (121, 1)])
def test_what_follows_shares_a_row(since, rows):
    life = [Happening("s", "p", "a", at(1, 0), at(1, 2)), Happening("s", "p", "b", at(1, 0) + MINUTE * since, at(1, 4))]
    bars = [box(one) for one in tree(lanes(SHEET, life, SHANGHAI)).iter(f"{SVG}rect") if one.get("class") == "bar done"]
    assert len({bar[1] for bar in bars}) == rows


def test_dots_that_would_cover_each_other_are_one_that_names_them_all():
    name = next(one for one in titles(lanes(SHEET, LIFE, SHANGHAI)) if "Graded" in one)
    assert name == (
        "routing: Classified: complaint, Mon 16 Nov 2026, 09:21; Graded: normal, Mon 16 Nov 2026, 09:21; "
        "Assigned to quality, Mon 16 Nov 2026, 09:24"
    )


def test_a_length_is_said():
    picture = lanes(SHEET, LIFE, SHANGHAI)
    assert ("routing", "Zhang Min", "Set the plan", "Mon 16 Nov 2026, 14:00", "Mon 16 Nov 2026, 17:00", "3 h") in picture.rows


def test_what_is_broken_has_a_shape_of_its_own():
    root = tree(lanes(SHEET, LIFE, SHANGHAI))
    assert len([one for one in root.iter(f"{SVG}path") if one.get("class") == "bar broken"]) == 1
    late = lanes(SHEET, [Happening("sla", "", "late", at(1, 0), at(2, 0), kind="broken")], SHANGHAI)
    assert SHEET.fill("late") in late.svg


def test_100_000_happenings_are_bounded_and_said():
    many = [Happening("routing", f"P{n % 40}", f"Fact {n}", at(1, 0) + MINUTE * n, href=f"/{n}") for n in range(100_000)]
    picture = lanes(SHEET, many, SHANGHAI)
    assert len(picture.svg) < 200_000 and len(picture.rows) <= MOST
    assert f"{40 - LANES_MAX} of 40 lanes are left out" in picture.left_out
    assert f"{100_000 - len(picture.rows)} entries are left out" in picture.left_out


happenings = st.lists(
    st.tuples(
        st.sampled_from(["intake", "routing", "sla"]),
        st.sampled_from(["", "Li Wei", "a person with a very long name indeed, and more"]),
        st.integers(0, 50_000),
        st.none() | st.integers(0, 9_000),
        st.sampled_from(["done", "good", "broken"]),
    ),
    max_size=25,
)


@given(happenings, st.booleans(), st.booleans())
@settings(max_examples=50)
def test_it_is_whole_whatever_happened(told, narrow, with_now):
    life = []
    for n, (service, person, since, long, kind) in enumerate(told):
        start = at(1, 0) + MINUTE * since
        life.append(
            Happening(service, person, f"fact {n}", start, None if long is None else start + MINUTE * long, f"/{n}", kind)
        )
    picture = lanes(Sheet("l", "Life", narrow=narrow), life, SHANGHAI, at(28, 0) if with_now else None)
    assert outside(picture) == [] and overlapping(picture) == []
    names = " ".join(titles(picture))
    assert [one.label for one in life if names.count(f"{one.label},") != 1] == []
    assert len(picture.rows) == len(life)
