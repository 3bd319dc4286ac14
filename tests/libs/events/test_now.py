"""Ids sort by time or repeat themselves; the stopped clock stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.now import StoppedClock, derived_id, new_id, real_now

AT = datetime(2025, 7, 15, 1, 30, tzinfo=UTC)


def test_real_time_is_utc():
    assert real_now().utcoffset() == timedelta(0)


def test_the_stopped_clock_moves_only_when_told():
    now = StoppedClock(AT)
    assert (now(), now()) == (AT, AT)
    now.advance(timedelta(hours=2))
    assert now() == AT + timedelta(hours=2)


def test_a_new_id_is_a_uuid_version_7_of_its_millisecond():
    found = new_id(AT)
    assert (found.version, found.variant) == (7, "specified in RFC 4122")
    assert found.int >> 80 == int(AT.timestamp() * 1000)


def test_ids_of_one_millisecond_differ():
    assert len({new_id(AT) for _ in range(1000)}) == 1000


@given(st.integers(1_500_000_000_000, 1_890_000_000_000), st.integers(1, 10**9))
def test_a_later_millisecond_sorts_later(millis, later):
    """From 2017 to 2029; elsewhere a float's rounding may date an id a millisecond early."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    assert new_id(at) < new_id(at + timedelta(milliseconds=later))


def test_a_derived_id_is_a_uuid_version_5_that_never_changes():
    """A frozen value: another would orphan everything said under the old ids."""
    assert str(derived_id("clock.breached.v1", "case-1", AT)) == "6cb7e1cc-be28-5e6a-80ed-11c15b78ce86"
    assert derived_id("a").version == 5


@pytest.mark.parametrize(
    ("why", "one", "other"),
    [
        ("another word", ("a", "b"), ("a", "c")),
        ("another order", ("a", "b"), ("b", "a")),
        ("a word more", ("a",), ("a", "")),
    ],
)
def test_other_words_give_another_id(why, one, other):
    assert derived_id(*one) != derived_id(*other)
