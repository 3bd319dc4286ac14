"""A limit has one grammar, in promises as in counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.promise import Limit, Unit, limit_of, read_limit


@given(st.integers(1, 99_999), st.sampled_from(Unit))
def test_what_is_written_is_read(amount: int, unit: Unit) -> None:
    assert limit_of(str(Limit(amount, unit))) == Limit(amount, unit)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "works"),
    [
        ("20s",    20, Unit.SECONDS, False),
        ("30m",    30, Unit.MINUTES, False),
        ("24h",    24, Unit.HOURS, False),
        ("2d",     2, Unit.DAYS, False),
        ("8wh",    8, Unit.WORKING_HOURS, True),
        ("3wd",    3, Unit.WORKING_DAYS, True),
        ("1s",     1, Unit.SECONDS, False),
        ("99999m", 99_999, Unit.MINUTES, False),
    ],
)  # fmt: skip
def test_reading(text: str, amount: int, unit: Unit, works: bool) -> None:
    limit = limit_of(text)
    assert (limit, limit.works, str(limit)) == (Limit(amount, unit), works, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "0m",
        "0wd",
        "01h",
        "100000s",
        "-1h",
        "1.5h",
        "30 m",
        " 30m",
        "30m\n",
        "3w",
        "2wm",
        "1h30m",
        "30M",
        "٣h",
        "immediate",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    assert read_limit(text) is None
    with pytest.raises(match="for example 30m or 3wd"):
        limit_of(text)
