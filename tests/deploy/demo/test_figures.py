"""The demo prints numbers as analytics answered them, with labels in both languages."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from deploy.demo.figures import BREACHES_SHOWN, show
from deploy.demo.month import PROCESSES
from deploy.demo.shipped import standards

FOUND = {
    "cases": 1234,
    "resolved": 1200,
    "backlog": 34,
    "cancelled": 3,
    "cases_reopened": 37,
    "cases_reassigned": 60,
    "cases_waiting_for_customer": 70,
    "resolution_hours": {"median": 4.25, "p90": None},
    "first_contact_resolution": {"one_contact": {"num": 3, "den": 4}},
}
TOTALS = {
    "/satisfaction": [{"answers": 200, "satisfied": 181}],
    "/timeliness": [
        {"kind": "response", "clock": "response", "met": 19, "breached": 1, "decided": 20},
        {"kind": "node", "clock": "node:%s", "met": 7, "breached": 3, "decided": 10},
    ],
    "/workload": [
        {"team": "quality", "assigned": 1, "resolved": 2, "closed": 3, "contacts": 4},
        {"team": "quality", "assigned": 10, "resolved": 20, "closed": 30, "contacts": 40},
        {"team": "", "assigned": 5, "resolved": 0, "closed": 0, "contacts": 0},
    ],
}


def totals(path, process=""):
    first = standards()[process].nodes[0].id if process else ""
    return [{**one, "clock": one.get("clock", "").replace("%s", first)} for one in TOTALS[path]]


@pytest.fixture(scope="module")
def said():
    text = io.StringIO()
    analytics = SimpleNamespace(figures=lambda process="": FOUND, totals=totals)
    show(Console(file=text, width=100), analytics, {"routine": 7, "urgent": 2, "complex": 1, "": 90}, standards())
    return text.getvalue()


def row(said, *words):
    return next(line for line in said.splitlines() if all(word in line for word in words))


@pytest.mark.parametrize(
    ("why", "line", "numbers"),
    [
        ("the mix is that of calls; other cases have no class", ("routine",), ("7", "70.0%", "70%")),
        ("median, and nothing where nothing is known", ("all", "合计"), ("1,234", "1,200", "4.2", " - ", "34")),
        ("a rule has its numerator and denominator", ("one contact",), ("3", "4", "75.0%")),
        ("satisfied of answered", ("satisfied",), ("181", "200", "90.5%")),
        ("promises of each process apart", ("complaint-quality: response",), ("19", "1", "95.0%")),
        ("a team's agents are summed", ("│ quality",), ("11", "22", "33", "44")),
    ],
)
def test_a_row_says(said, why, line, numbers):
    cells = row(said, *line)
    assert all(number in cells for number in numbers), f"{why}: {cells}"


def test_only_the_worst_nodes_are_named_in_both_languages(said):
    named = [node for id in PROCESSES for node in standards()[id].nodes[:1] if node.name.en in said and node.name.zh in said]
    assert len(named) == min(len(PROCESSES), BREACHES_SHOWN)
    assert "node:" not in said
