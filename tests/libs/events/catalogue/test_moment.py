"""A moment has one grammar, in standards as in the clocks that follow them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.promise import NAMED, OF_NODES, Moment, moment_of, read_moment


@given(st.sampled_from(NAMED).map(Moment) | st.builds(Moment, st.sampled_from(OF_NODES), st.text(min_size=1)))
def test_what_is_written_is_read(moment: Moment) -> None:
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
def test_reading(text: str, what: str, node: str) -> None:
    assert (moment_of(text), str(moment_of(text))) == (Moment(what, node), text)


@pytest.mark.parametrize(
    "text",
    ["", ":", "n4", "entered", "entered:", ":n4", "left:n4", "registered:n4", "Closed", " closed", "closed\n"],
)
def test_other_text_is_refused(text: str) -> None:
    assert read_moment(text) is None
    with pytest.raises(match="write registered, first_response, resolved, closed, or entered:, started:, completed:"):
        moment_of(text)
