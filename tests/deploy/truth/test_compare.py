"""The judge of the truth: counts exactly, hours to a millionth, cases word by word, and nobody is left out."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from deploy.truth.cases import ROWS
from deploy.truth.compare import Difference, Line, differences, lines
from deploy.truth.figures import FIGURES

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real logs, ../shared/data, is not here")


@pytest.mark.parametrize(
    ("why", "read", "truth", "equal"),
    [
        ("the same count",                       7,           7,       True),
        ("one less",                             6,           7,       False),
        ("a sum of nothing",                     None,        0,       False),
        ("hours, rounded at the sixth place",    1.5 + 5e-7,  1.5,     True),
        ("hours, off by more",                   1.5 + 2e-6,  1.5,     False),
        ("hours, less by more",                  1.5 - 2e-6,  1.5,     False),
        ("no hours",                             None,        0.0,     False),
    ],
)  # fmt: skip
def test_a_number(why, read, truth, equal):
    assert Line("x", read, truth).is_equal is equal, why


def test_a_figure_is_looked_up_by_its_path_and_its_names():
    truth = {"a": {"1 - High": {"num": 1, "den": 2, "rate": 0.5}}, "b": 3}
    assert list(lines("a.1 - High", {"num": 1, "den": 4}, truth)) == [Line("a.1 - High num", 1, 1), Line("a.1 - High den", 4, 2)]
    assert list(lines("b", {"figure": 3}, truth)) == [Line("b", 3, 3)]


def test_a_figure_that_the_truth_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        list(lines("c", {"figure": 3}, {"b": 3}))


@pytest.mark.parametrize(
    ("why", "read", "truth", "found"),
    [
        ("equal",        {"1": {"h": "2.5"}},      {"1": {"h": "2.5"}},       []),
        ("another word", {"1": {"h": "2.5"}},      {"1": {"h": "2.6"}},       [("1", "h", "2.5", "2.6")]),
        ("no word",      {"1": {"h": None}},       {"1": {"h": ""}},          [("1", "h", None, "")]),
        ("minus zero",   {"1": {"h": "0.000000"}}, {"1": {"h": "-0.000000"}}, []),
        ("not read",     {},                       {"1": {"h": ""}},          [("1", "(the case)", "missing", "there")]),
        ("not true",     {"1": {"h": ""}},         {},                        [("1", "(the case)", "there", "missing")]),
        ("not asked",    {"1": {"h": ""}},         {"1": {"h": "", "e": "4"}}, []),
    ],
)  # fmt: skip
def test_cases_side_by_side(why, read, truth, found):
    assert list(differences(read, truth)) == [Difference(*one) for one in found], why


@needs_data
@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_column_of_the_truth_but_the_number_of_rows_is_compared(name):
    with gzip.open(DATA / "truth" / "cases" / f"{name}.csv.gz", "rt", encoding="utf-8") as text:
        columns = csv.DictReader(text).fieldnames or []
    assert [one for one in columns if f'as "{one}"' not in ROWS[name]] == ["request", "events"]


@needs_data
@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("uci498", "requests reassignments_counter group_changes_observed reopens cases_reopened FCR_A FCR_B FCR_C resolution_h "
                   "net_h close_h target_policy_on_time sla_flag backlog.2016-05-01 target_policy_by_priority.1 - Critical"),
        ("helpdesk", "requests reassignments reopens cases_reopened FCR resolution_h net_resolution_h target_168h_elapsed "
                     "target_168h_net first_response_h"),
    ],
)  # fmt: skip
def test_every_headline_figure_is_asked_for(name, needed):
    truth = json.loads((DATA / "truth" / f"{name}.json").read_text("utf-8"))["figures"]
    asked = {figure.path for figure in FIGURES[name](truth)}
    assert [
        path for path in needed.replace("1 - Critical", "1_-_Critical").split() if path.replace("_-_", " - ") not in asked
    ] == []
