"""A data folder holds one month."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.kept import OtherMonth, kept

NOW = datetime(2026, 6, 16, 8, 12, tzinfo=UTC)


def test_a_new_folder_gets_the_month_up_to_the_last_midnight(tmp_path):
    assert kept(tmp_path / "demo.json", NOW, seed=7, cases=50).until == datetime(2026, 6, 16, tzinfo=UTC)


def test_a_later_run_gets_the_same_month(tmp_path):
    first = kept(tmp_path / "demo.json", NOW, seed=7, cases=50)
    assert kept(tmp_path / "demo.json", NOW + timedelta(days=3), seed=7, cases=50) == first


@pytest.mark.parametrize("other", [{"seed": 8, "cases": 50}, {"seed": 7, "cases": 51}])
def test_another_month_is_refused_with_a_way_out(tmp_path, other):
    kept(tmp_path / "demo.json", NOW, seed=7, cases=50)
    with pytest.raises(OtherMonth, match=r"--seed 7 --cases 50.*LOOPDESK_HOME"):
        kept(tmp_path / "demo.json", NOW, **other)
