"""A cell says what was kept, a cell without a decision says nothing, and what has no room is said to be missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.heat_map import ROWS_MAX, Cell, Lines, heat_map, shade
from libs.pictures.picture import Sheet
from tests.libs.pictures.seen import SVG, outside, overlapping, texts, titles, tree

SHEET = Sheet("h", "Kept")


def lines(name, count):
    return Lines(name, [f"{name} {n}" for n in range(count)])


@pytest.mark.parametrize(
    ("part", "class_"),
    [
        (1, "heat0"),
        (0.9, "heat0"),
        (0.899, "heat1"),
        (0.85, "heat1"),
        (0.84, "heat2"),
        (0.75, "heat2"),
        (0.6, "heat3"),
        (0.59, "heat4"),
    ],
)
def test_what_is_further_below_the_goal_is_darker(part, class_):
    assert shade(part, 0.9) == class_


def test_an_empty_cell_is_no_bad_cell():
    picture = heat_map(SHEET, lines("row", 2), lines("column", 2), {(0, 0): Cell(0, 4), (1, 1): Cell(0, 0)})
    classes = [one.get("class") for one in tree(picture).iter(f"{SVG}rect")]
    assert classes[:4] == ["heat4", "nothing", "nothing", "nothing"]
    assert picture.rows == (("row 0", "0% (0 of 4)", ""), ("row 1", "", ""))


def test_the_table_turns_with_the_picture():
    rows, columns = Lines("Day", ["Mo", "Tu"]), Lines("Hour", ["0", "1", "2"])
    cells = {(1, 2): Cell(3, 4, "/x")}
    assert heat_map(SHEET, rows, columns, cells).header == ("Day", "0", "1", "2")
    turned = heat_map(Sheet("h", "Kept", narrow=True), rows, columns, cells)
    assert turned.header == ("Hour", "Mo", "Tu") and turned.rows[2] == ("2", "", "75.0% (3 of 4)")
    assert "2, Tu: 75.0% (3 of 4)" in titles(turned)


def test_200_nodes_and_100_weeks_are_bounded_and_said():
    cells = {(row, column): Cell(500 - row, 500 - row, "/x") for row in range(200) for column in range(100)}
    picture = heat_map(SHEET, lines("node", 200), lines("W", 100), cells)
    assert len(picture.svg) < 400_000 and len(picture.rows) == ROWS_MAX
    assert picture.left_out.startswith("160 of 200 rows are left out, those with the least decided. The first 7")
    assert picture.header[-1] == "W 99" and picture.rows[0][0] == "node 0"
    assert outside(picture) == []


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 6), st.integers(0, 23)), st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=30
    ),
    st.booleans(),
    st.floats(0, 1),
)
@settings(max_examples=30)
def test_it_is_whole_whatever_was_kept(numbers, narrow, goal):
    cells = {place: Cell(min(pair), max(pair), "/x") for place, pair in numbers.items()}
    picture = heat_map(Sheet("h", "Kept", narrow=narrow), lines("row", 7), lines("column", 24), cells, goal)
    assert outside(picture) == [] and overlapping(picture) == []
    said = [cell for row in picture.rows for cell in row[1:] if cell]
    assert sorted(said) == sorted(name.split(": ")[1] for name in titles(picture)[1:] if ": " in name)


def test_nothing_decided_is_no_data():
    picture = heat_map(SHEET, lines("row", 2), lines("column", 2), {(0, 0): Cell(0, 0)})
    assert [text for text, _ in texts(picture)] == ["No data"]
    assert "No data" in heat_map(SHEET, lines("row", 0), lines("column", 0), {}).svg
