"""What shares stacks of five processes stays with one worker, in its order."""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.lanes import SHARED, Lanes, lane_of


@pytest.mark.parametrize(
    ("test", "lane"),
    [
        ("tests/stack/test_verify.py::test_the_log_gives_every_table_again[harmed]", SHARED),
        ("tests/stack/test_publish.py::test_a_version_takes_cases_from_its_instant_on", SHARED),
        ("tests/stack/scenarios/test_scenarios.py::test_every_outcome_is_played", "tests/stack/scenarios/test_scenarios.py"),
        ("tests/faults/test_matrix_time.py::test_x[kafka-killed before-0]", "faults on kafka"),
        ("tests/faults/test_matrix_writing.py::test_x[kafka]", "faults on kafka"),
        ("tests/faults/test_matrix_writing.py::test_x[postgres]", "faults on postgres"),
        ("tests/faults/test_driver.py::test_x[kafka]", "tests/faults/test_driver.py"),
        ("tests/truth/test_truth.py::test_no_log_is_left_out", "tests/truth/test_truth.py"),
    ],
)
def test_a_test_has_its_lane(test, lane):
    assert lane_of(test) == lane


def test_the_scheduler_asks_for_lanes():
    assert "_split_scope" in vars(LoadScopeScheduling), "pytest-xdist asks by another name now; see tests/lanes.py"
    assert Lanes._split_scope is not LoadScopeScheduling._split_scope
