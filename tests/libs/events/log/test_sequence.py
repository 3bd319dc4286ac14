"""The numbers that prove no loss, as a table."""

import pytest

from libs.events.log.envelope import open_envelope, record_of, stamped
from libs.events.log.sequence import Gap, follow, source_of
from tests.libs.events.kernel import AT, entered


def numbered(epoch, seq):
    return open_envelope(stamped(record_of(entered(0, "n1"), AT), 3, epoch, seq).body)


@pytest.mark.parametrize(
    ("last", "at", "new", "why"),
    [
        (None, (1, 0), True, "the first of its source"),
        (None, (1, 1), Gap, "the first is missing"),
        ((1, 4), (1, 5), True, "the next"),
        ((1, 4), (1, 4), False, "the same again"),
        ((1, 4), (1, 0), False, "an echo from far back"),
        ((1, 4), (1, 6), Gap, "one is missing"),
        ((1, 4), (2, 0), True, "the database went back in time; counting begins again"),
        ((1, 4), (2, 1), Gap, "the new epoch's first is missing"),
        ((2, 0), (1, 5), False, "a zombie of the old epoch goes on"),
        ((2, 0), (1, 900), False, "however far"),
        ((1, 4), (3, 0), True, "an epoch in which nothing was said is no gap"),
    ],
)
def test_is_it_the_next(last, at, new, why):
    seen = {} if last is None else {"routing": last, "intake": (9, 9)}
    if new is Gap:
        with pytest.raises(Gap):
            follow(numbered(*at), seen)
    else:
        assert follow(numbered(*at), seen) == ("routing" if new else None), why
        assert seen["routing"] == (at if new else last), why


def test_every_source_counts_for_itself():
    assert source_of(numbered(1, 0)) == "routing"
    assert follow(numbered(1, 0), {"intake": (1, 7)})
