"""The judge of the truth: counts exactly, hours to a millionth, cases word by word, and nobody is left out."""

import re

import pytest

from deploy.truth import boston
from deploy.truth.compare import Checked, Difference, checked, differences
from deploy.truth.logs import LOGS
from tests.real_logs import DATA


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
    assert Checked("x", read, truth).is_equal is equal, why


def test_a_figure_is_looked_up_by_its_path_and_its_names():
    truth = {"a": {"1 - High": {"num": 1, "den": 2, "rate": 0.5}}, "b": 3}
    assert list(checked("a.1 - High", {"num": 1, "den": 4}, truth)) == [
        Checked("a.1 - High num", 1, 1),
        Checked("a.1 - High den", 4, 2),
    ]
    assert list(checked("b", {"figure": 3}, truth)) == [Checked("b", 3, 3)]
    assert list(checked("c.1", {"n": 5}, {"c": [{"n": 4}, {"n": 5}]})) == [Checked("c.1 n", 5, 5)]


def test_a_figure_that_the_truth_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        list(checked("c", {"figure": 3}, {"b": 3}))


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


@pytest.mark.truth
@pytest.mark.parametrize(
    ("name", "left_out", "why"),
    [
        ("uci498",    "events", "how many rows the source has"),
        ("helpdesk",  "events", "how many rows the source has"),
        ("boston311", "case_enquiry_id", "it is what the case is called"),
    ],
)  # fmt: skip
def test_every_column_of_the_truth_is_compared(name, left_out, why):
    log = LOGS[name]
    [row, *_] = log.cases_in(DATA).values()
    assert [one for one in row if not re.search(rf'as "?{one}"?[, ]', log.rows)] == [left_out], why


@pytest.mark.truth
@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("uci498", "requests reassignments_counter group_changes_observed reopens cases_reopened FCR_A FCR_B FCR_C resolution_h "
                   "net_h close_h target_policy_on_time sla_flag backlog.2016-05-01 target_policy_by_priority.1_-_Critical"),
        ("helpdesk", "requests reassignments reopens cases_reopened FCR resolution_h net_resolution_h target_168h_elapsed "
                     "target_168h_net first_response_h"),
        ("boston311", "requests closed sla_flag timeliness_closed close_h backlog.2011-08-01 backlog.2011-09-01 "
                      "deadline_policy.29 sla_flag_by_type_top20.Rodent_Activity checks.flag_rule_mismatches_nonblank"),
    ],
)  # fmt: skip
def test_every_headline_figure_is_asked_for(name, needed):
    log = LOGS[name]
    asked = {figure.path.replace(" ", "_") for figure in log.figures(log.figures_in(DATA))}
    assert set(needed.split()) - asked == set()


@pytest.mark.truth
def test_every_figure_of_boston_is_asked_for():
    log = LOGS["boston311"]
    truth = log.figures_in(DATA)
    asked = {figure.path.partition(".")[0] for figure in log.figures(truth)}
    # The truth does not say which policies these two are about.
    assert truth.keys() - asked == {"deadline_policy_all_types", "deadline_policy_bd_only"}


def test_the_verdict_that_a_due_instant_implies():
    due = {"due_by_rule": "2011-07-05 02:18:31"}
    judged = [boston.known({**due, "closed_dt": at})["judged"] for at in ("2011-07-05 02:18:31", "2011-07-05 02:18:32", "")]
    assert judged == ["ONTIME", "OVERDUE", "OVERDUE"]
