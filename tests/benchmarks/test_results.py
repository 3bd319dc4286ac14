"""The table of results: figures as a person reads them, met or missed and by how much, and the rows that did not finish."""

from datetime import UTC, datetime

import pytest

from benchmarks.measure import Goal, Row, Spread
from benchmarks.results import cells, figure, verdict, written

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


def test_the_document_names_what_did_not_finish():
    text = written([row()], {"replay": "PeerFailed: no pip"}, at=datetime(2026, 11, 21, tzinfo=UTC), minutes=3)
    assert "2026-11-21 00:00 UTC" in text
    assert "**replay did not finish**: PeerFailed: no pip" in text
    assert "| work | 1 1/s |" in text
