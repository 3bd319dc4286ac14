"""Ids sort by time or repeat themselves; the stopped clock stands still; instants stop where the calendar does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.testing.clocks import StoppedClock
from libs.events.words.now import FIRST, LAST, SharedClock, derived_id, is_wrong, moved, new_id, real_now, real_ticks, utc

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


@pytest.mark.slow
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


class Machine:
    """A process whose own clock and ticks are set by hand, and a database that is right."""

    def __init__(self, own_by=timedelta(0)):
        self.right, self.frozen, self.own_by = StoppedClock(AT), timedelta(0), own_by
        self.shared = SharedClock(lambda: self.right() - self.frozen + self.own_by, lambda: self.right.ticks() - self.frozen)

    def hear(self, there=0.0, back=0.0):
        """Ask the database: the question takes so long to get there, and the answer so long to come back."""
        asked = self.shared.ticks()
        self.right.advance(timedelta(seconds=there))
        at = self.right()
        self.right.advance(timedelta(seconds=back))
        self.shared.hear(at, asked)


def test_ticks_only_grow():
    assert timedelta(0) < real_ticks() <= real_ticks()


def test_before_the_database_was_heard_nobody_knows_the_time():
    with pytest.raises(LookupError, match="ask it first"):
        SharedClock(real_now)()


async def test_it_learns_from_whom_it_asks():
    machine = Machine()

    async def say():
        return machine.right()

    assert await machine.shared.ask(say) == machine.shared() == AT


@pytest.mark.parametrize("own_by", [timedelta(0), timedelta(hours=1), timedelta(days=-9)])
@pytest.mark.parametrize(("there", "back"), [(0, 0), (0, 3), (3, 0), (0.2, 0.2)])
def test_it_goes_on_by_ticks_never_ahead_and_behind_by_no_more_than_the_answer_took(own_by, there, back):
    machine = Machine(own_by)
    machine.hear(there, back)
    machine.right.advance(timedelta(minutes=7))
    assert timedelta(0) <= machine.right() - machine.shared() <= timedelta(seconds=back)
    machine.hear()
    assert machine.shared() == machine.right(), "a quick answer says more than a slow one"
    machine.hear(there, back)
    assert (machine.shared(), machine.shared.leaps) == (machine.right(), 0), "and a slow one takes nothing back"


@pytest.mark.parametrize(
    ("why", "own_by", "there", "back", "wrong"),
    [
        ("right", 0, 0, 0, False),
        ("right, and the answer was slow", 0, 0, 30, False),
        ("right, and the question was slow", 0, 30, 0, False),
        ("a second ahead", 1, 0, 0, False),
        ("ahead", 1.1, 0, 0, True),
        ("behind", -1.1, 0, 0, True),
        ("nobody can say: the answer took as long", -1.1, 0, 2, False),
        ("an hour ahead, whatever the answer took", 3600, 2, 2, True),
        ("an hour behind", -3600, 2, 2, True),
    ],
)
def test_a_clock_is_wrong_when_it_is_certainly_further_than_a_second_off(why, own_by, there, back, wrong):
    machine = Machine(timedelta(seconds=own_by))
    machine.hear(there, back)
    assert is_wrong(machine.shared.apart()) is wrong, why


def test_a_clock_that_somebody_sets_is_wrong_at_once_and_nothing_else_changes():
    machine = Machine()
    machine.hear()
    machine.own_by = timedelta(hours=-1)
    assert (machine.shared.apart(), machine.shared()) == (timedelta(hours=-1), machine.right())


def test_a_frozen_process_notices_it_with_the_next_word_of_the_database():
    machine = Machine()
    machine.hear()
    machine.right.advance(timedelta(hours=1))
    machine.frozen = timedelta(hours=1)  # it did not tick meanwhile
    assert machine.right() - machine.shared() == timedelta(hours=1)
    machine.hear()
    assert (machine.shared(), machine.shared.leaps) == (machine.right(), 1)


NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "by", "then"),
    [
        (NOON, DAY, NOON + DAY),
        (NOON, -DAY, NOON - DAY),
        (LAST - DAY, DAY, LAST),
        (LAST - DAY, 2 * DAY, LAST),
        (FIRST + DAY, -DAY, FIRST),
        (FIRST, -DAY, FIRST),
        (NOON, timedelta.max, LAST),
        (NOON, timedelta.min, FIRST),
    ],
)
def test_nothing_moves_past_the_borders(at, by, then):
    assert moved(at, by) == then


@pytest.mark.parametrize(
    ("at", "then"),
    [
        (NOON, NOON),
        (NOON.astimezone(timezone(timedelta(hours=8))), NOON),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), FIRST),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), LAST),
    ],
)
def test_what_lies_past_them_in_utc_is_the_border(at, then):
    assert (utc(at), utc(at).tzinfo) == (then, UTC)
