"""A limit has one grammar, in promises as in counting; a moment has one, in standards as in the clocks that follow them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.promise import (
    NAMED,
    OF_NODES,
    Deadline,
    Limit,
    Moment,
    Unit,
    limit_of,
    moment_of,
    read_limit,
    read_moment,
)


@given(st.integers(1, 99_999), st.sampled_from(Unit))
def test_a_written_limit_is_read(amount: int, unit: Unit) -> None:
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
def test_reading_a_limit(text: str, amount: int, unit: Unit, works: bool) -> None:
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
def test_other_text_is_no_limit(text: str) -> None:
    assert read_limit(text) is None
    with pytest.raises(match="for example 30m or 3wd"):
        limit_of(text)


@pytest.mark.parametrize("date", Deadline)
def test_a_date_of_the_case_is_a_limit_where_one_may_stand(date: Deadline) -> None:
    limit = limit_of(str(date))
    assert (limit.until, limit.works, str(limit)) == (date, False, str(date))
    assert read_limit(date, dated=True) == limit
    assert read_limit(date) is None, "a pause, a grace, a question: nothing that lasts as long as a date"


@given(st.sampled_from(NAMED).map(Moment) | st.builds(Moment, st.sampled_from(OF_NODES), st.text(min_size=1)))
def test_a_written_moment_is_read(moment: Moment) -> None:
    assert moment_of(str(moment)) == moment


@pytest.mark.parametrize(
    ("text", "what", "node"),
    [
        ("registered",        "registered", ""),
        ("first_response",    "first_response", ""),
        ("resolved",          "resolved", ""),
        ("closed",            "closed", ""),
        ("entered:n4",        "entered", "n4"),
        ("started:n4",        "started", "n4"),
        ("completed:n4",      "completed", "n4"),
        ("completed:a:b",     "completed", "a:b"),
        ("entered:registered", "entered", "registered"),
    ],
)  # fmt: skip
def test_reading_a_moment(text: str, what: str, node: str) -> None:
    assert (moment_of(text), str(moment_of(text))) == (Moment(what, node), text)


@pytest.mark.parametrize(
    "text",
    ["", ":", "n4", "entered", "entered:", ":n4", "left:n4", "registered:n4", "Closed", " closed", "closed\n"],
)
def test_other_text_is_no_moment(text: str) -> None:
    assert read_moment(text) is None
    with pytest.raises(match="write registered, first_response, resolved, closed, or entered:, started:, completed:"):
        moment_of(text)
