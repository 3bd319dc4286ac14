"""The table of results: figures as a person reads them, met or missed and by how much, and the rows that did not finish."""

from datetime import UTC, datetime

import pytest

from benchmarks.__main__ import ROWS
from benchmarks.measure import Goal, Row, Spread
from benchmarks.results import RESULTS, cells, chapter, figure, verdict, written

ONE = Spread(1.0, 1.0, 1.0)


def row(*, ours=ONE, ratio=None, goal=None):
    return Row("work", "1/s", ours, "peer" if ratio else "", ONE if ratio else None, ratio, goal, "the disk")


@pytest.mark.parametrize(
    ("value", "text"), [(1234567.0, "1,234,567"), (99.96, "100"), (12.34, "12.3"), (1.0, "1"), (0.61234, "0.612"), (0, "0")]
)
def test_a_figure(value, text):
    assert figure(value) == text


@pytest.mark.parametrize(
    ("why", "given", "said"),
    [
        ("no goal", row(), ""),
        ("met", row(ratio=Spread(0.7, 0.5, 0.9), goal=Goal(0.6)), "met"),
        ("half of it", row(ratio=Spread(0.3, 0.1, 0.9), goal=Goal(0.6)), "**missed by 50%**"),
        ("half as much again", row(ratio=Spread(1.5, 1, 2), goal=Goal(1.0, at_most=True)), "**missed by 50%**"),
        ("without a peer the goal is about the figure", row(ours=Spread(2.0, 2, 2), goal=Goal(1.0, at_most=True)),
         "**missed by 100%**"),
    ],
)  # fmt: skip
def test_the_verdict(why, given, said):
    assert verdict(given) == said, why


def test_a_row_shows_the_spread_and_a_single_measurement_none():
    assert cells(row(ours=Spread(2000, 1000, 3000)))[1] == "2,000 1/s (1,000–3,000)"
    assert cells(row())[1] == "1 1/s"
    assert len({len(cells(one)) for one in (row(), row(ratio=ONE, goal=Goal(1)))}) == 1


AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_chapter_says_when_and_where_it_was_measured():
    text = chapter([row()], "", at=AT, minutes=3)
    assert "2026-11-21 00:00 UTC, in 3 min" in text and "GiB" in text
    assert "| work | 1 1/s |" in text


def test_a_chapter_names_what_did_not_finish_instead_of_an_empty_table():
    text = chapter([], "PeerFailed: no pip", at=AT, minutes=0)
    assert "**It did not finish**: PeerFailed: no pip" in text and "in 1 min" in text and "| work" not in text


def test_a_chapter_takes_the_place_of_the_earlier_one_and_the_others_stay():
    order = ("write", "reads", "pages")
    first = written("", {"reads": "R1\n", "write": "W1"}, order)
    again = written(first, {"pages": "P1", "write": "W2"}, order)
    assert written(again, {}, order) == again
    assert [line for line in again.splitlines() if line][-6:] == ["## write", "W2", "## reads", "R1", "## pages", "P1"]


def test_the_results_have_a_chapter_for_every_module_of_rows():
    text = RESULTS.read_text()
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [*ROWS]
    assert written(text, {}, ROWS) == text
