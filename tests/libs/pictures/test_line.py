"""A line has gaps where there is no value, says what is provisional, and marks where a version changed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.line import POINTS_MAX, SERIES_MAX, VERSIONS_MAX, line
from libs.pictures.numbers import share
from libs.pictures.picture import Sheet
from libs.pictures.series import Point, Series, Version
from tests.libs.pictures.seen import SVG, box, outside, overlapping, titles, tree

SHEET = Sheet("l", "Line")
MONDAY = date(2026, 11, 2)


def weeks(*values, provisional=0, interval=False):
    return [
        Point(
            MONDAY + timedelta(weeks=n),
            value,
            10 * n,
            *((value - 0.1, value + 0.1) if interval and value is not None else (None, None)),
            n >= len(values) - provisional,
        )
        for n, value in enumerate(values)
    ]


def percent(part):
    return share(part, 1)


def paths(picture, class_):
    return [one for one in tree(picture).iter(f"{SVG}path") if one.get("class") == class_]


def test_a_week_without_a_value_is_a_gap():
    picture = line(SHEET, [Series("x", weeks(0.5, 0.6, None, 0.7, 0.8, interval=True))], percent)
    assert len(paths(picture, "line series0")) == 2 == len(paths(picture, "band"))
    assert picture.rows[2] == ("x", "16 Nov 2026", "No data", "", "20", "final")


@pytest.mark.parametrize(("provisional", "firm", "open_"), [(0, 1, 0), (1, 1, 1), (3, 0, 1), (4, 0, 1)])
def test_what_is_provisional_is_drawn_open(provisional, firm, open_):
    picture = line(SHEET, [Series("x", weeks(0.5, 0.6, 0.7, 0.8, provisional=provisional))], percent)
    assert (len(paths(picture, "line series0")), len(paths(picture, "line open series0"))) == (firm, open_)
    hatched = [one for one in tree(picture).iter(f"{SVG}rect") if one.get("fill") == SHEET.fill("provisional")]
    assert len(hatched) == (2 if provisional else 0), "the part and its meaning"
    assert [row[5] for row in picture.rows].count("provisional") == provisional


def test_a_version_stands_on_its_day():
    picture = line(
        SHEET, [Series("x", weeks(0.5, 0.6, 0.7))], percent, versions=[Version(MONDAY + timedelta(weeks=1), "version 2", "/v2")]
    )
    mark = next(one for one in tree(picture).iter(f"{SVG}line") if one.get("class") == "mark")
    dot = list(tree(picture).iter(f"{SVG}circle"))[1]
    assert mark.get("x1") == dot.get("cx")
    assert "version 2: 9 Nov 2026" in titles(picture)


def test_higher_is_higher():
    dots = [box(one) for one in tree(line(SHEET, [Series("x", weeks(0.1, 0.9))], percent)).iter(f"{SVG}circle")]
    assert dots[0][1] > dots[1][1]


def test_what_is_too_much_is_said():
    series = [Series(f"rule {n}", weeks(*[0.5] * (POINTS_MAX + 2))) for n in range(SERIES_MAX + 1)]
    picture = line(SHEET, series, percent, versions=[Version(MONDAY, f"v{n}") for n in range(VERSIONS_MAX + 3)])
    assert picture.left_out == (
        "1 of 5 lines are left out. The earliest points are left out, 8 in all. "
        "The earliest changes of version have no mark, 3 in all."
    )
    assert len(picture.rows) == SERIES_MAX * POINTS_MAX


@given(
    st.lists(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=12), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-3, 90), st.text(max_size=20)), max_size=5),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=50)
def test_it_is_whole_whatever_the_figures_are(values, changes, narrow, seconds):
    series = [Series(f"rule {n}", weeks(*some, interval=True, provisional=1)) for n, some in enumerate(values)]
    versions = [Version(MONDAY + timedelta(days=after), f"{name} {n}") for n, (after, name) in enumerate(changes)]
    picture = line(
        Sheet("l", "Line", narrow=narrow), series, lambda one: f"{one:,.0f}", versions=versions, goal=5.0, seconds=seconds
    )
    assert outside(picture) == [] and overlapping(picture) == []
    known = sum(value is not None for some in values for value in some)
    assert len(picture.rows) == (sum(map(len, values)) if known else 0)
    assert len(list(tree(picture).iter(f"{SVG}circle"))) == known
