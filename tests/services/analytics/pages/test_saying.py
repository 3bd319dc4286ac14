"""A figure is said in its unit, and only what is a share of what it is divided by has an interval."""

from typing import Any

import pytest

from libs.pictures.words import EN, ZH
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.figures import GROUPS
from services.analytics.pages.saying import Saying


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("timeliness", 0.95, "95.0%"),
        ("timeliness", 0.9999, "99.9%"),
        ("timeliness", 1.0, "100%"),
        ("timeliness", 0.0, "0%"),
        ("complaints", 1.2, "120%"),
        ("class_mix", 0.125, "12.5%"),
        ("first_answer", 90_000_000.0, "1 min 30 s"),
        ("first_answer", 26 * 3_600e6, "26 h"),
        ("satisfaction_score", 4.444444, "4.44"),
        ("contacts_per_case", 1.0, "1.00"),
        ("workload.registered", 1453.0, "1,453"),
        ("timeliness", None, "–"),
    ],
)
def test_a_value_is_said_in_its_unit(name: str, value: float | None, said: str) -> None:
    assert Saying(FIGURES[name], EN).answered(value) == said


def test_a_length_of_time_is_said_in_both_languages() -> None:
    assert Saying(FIGURES["first_answer"], ZH).answered(90_000_000.0) == "1 分钟 30 秒"


@pytest.mark.parametrize(
    ("name", "row", "interval"),
    [
        ("timeliness", {"numerator": 5, "denominator": 10}, "23.7% – 76.3%"),
        ("timeliness", {"numerator": 0, "denominator": 0}, ""),
        ("complaints", {"numerator": 5, "denominator": 10}, ""),
        ("reopening", {"numerator": 5, "denominator": 10}, ""),
        ("first_answer", {"numerator": 5, "denominator": 10}, ""),
        ("contacts_per_case", {"numerator": 5, "denominator": 10}, ""),
        ("workload.registered", {"numerator": 5, "denominator": None}, ""),
    ],
)
def test_only_a_share_has_an_interval(name: str, row: dict[str, Any], interval: str) -> None:
    assert Saying(FIGURES[name], EN).interval(row) == interval


def test_every_figure_that_is_asked_by_day_stands_in_a_chapter_of_the_list() -> None:
    assert {one.chapter for one in FIGURES.values() if one.is_askable} == {*GROUPS}
