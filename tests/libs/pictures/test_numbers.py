"""How numbers, lengths and instants are written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from libs.pictures.numbers import count, day, duration, instant, listed, share, short
from libs.pictures.words import EN, ZH

DAY, HOUR, MINUTE = 86_400, 3_600, 60


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0 秒"),
        (0.4, "0 s", "0 秒"),
        (59.4, "59 s", "59 秒"),
        (59.6, "1 min", "1 分钟"),
        (61, "1 min 1 s", "1 分钟 1 秒"),
        (10 * MINUTE + 29, "10 min", "10 分钟"),
        (HOUR - 1, "1 h", "1 小时"),
        (2 * HOUR + 5 * MINUTE, "2 h 5 min", "2 小时 5 分钟"),
        (2 * DAY + 3 * HOUR, "2 d 3 h", "2 天 3 小时"),
        (DAY - 1, "1 d", "1 天"),
        (32 * DAY + 11 * HOUR, "32 d", "32 天"),
        (-90 * MINUTE, "−1 h 30 min", "−1 小时 30 分钟"),
    ],
)
def test_a_length_is_said_in_its_two_largest_units(seconds, en, zh):
    assert (duration(timedelta(seconds=seconds), EN), duration(timedelta(seconds=seconds), ZH)) == (en, zh)


@pytest.mark.parametrize(
    ("hours", "said"), [(32, "32 h"), (1.5, "1 h 30 min"), (2000, "2,000 h"), (47.5, "47 h 30 min"), (99.999, "100 h")]
)
def test_working_time_knows_no_day(hours, said):
    assert duration(timedelta(hours=hours), EN, in_days=False) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"), (0, 5, "0%"), (5, 5, "100%"), (1, 3, "33.3%"), (1, 2, "50.0%"),
        (9_999, 10_000, "99.9%"), (1, 10_000, "0.1%"), (3, 2, "150%"),
    ],
)  # fmt: skip
def test_only_all_is_all_and_only_nothing_is_nothing(part, whole, said):
    assert share(part, whole) == said


@pytest.mark.parametrize(
    ("number", "said", "briefly"),
    [(0, "0", "0"), (1234, "1,234", "1,234"), (45_600, "45,600", "46k"), (3_460_000, "3,460,000", "3.5M")],
)
def test_a_count(number, said, briefly):
    assert (count(number), short(number)) == (said, briefly)


def test_a_negative_count_has_a_minus_and_no_hyphen():
    assert count(-1200) == "−1,200"


def test_an_instant_is_said_in_its_zone():
    at = datetime(2026, 11, 28, 18, 5, tzinfo=UTC)
    assert instant(at, ZoneInfo("Asia/Shanghai"), EN) == "Sun 29 Nov 2026, 02:05"
    assert instant(at, ZoneInfo("Asia/Shanghai"), ZH) == "2026年11月29日（周日）02:05"
    assert day(date(2026, 1, 2), EN) == "2 Jan 2026"


def test_what_is_empty_is_not_listed():
    assert listed(["a", "", "b"]) == "a · b"
