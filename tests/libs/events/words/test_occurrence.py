"""One text names an occurrence, and one reader reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.words.event import NUMBER_MAX, Occurrence, occurrence_of

NAMES = st.text(min_size=1) | st.from_regex(r"[a-z/:]{1,6}(/[0-9]{1,11})?", fullmatch=True)


@given(NAMES, st.integers(1, NUMBER_MAX) | st.integers(1, 3))
def test_what_is_written_is_read(name: str, number: int) -> None:
    one = Occurrence(name, number)
    assert occurrence_of(str(one)) == one


@pytest.mark.parametrize(
    ("why", "text", "name", "number", "written"),
    [
        ("the first has no number",       "n4", "n4", 1, "n4"),
        ("or is asked for with it",       "n4/1", "n4", 1, "n4"),
        ("the second",                    "n4/2", "n4", 2, "n4/2"),
        ("a node's clock",                "node:n4/2", "node:n4", 2, "node:n4/2"),
        ("a name with a slash",           "a/b", "a/b", 1, "a/b"),
        ("its second",                    "a/b/2", "a/b", 2, "a/b/2"),
        ("a name like an occurrence",     "24/7/1", "24/7", 1, "24/7/1"),
        ("there is no zeroth",            "n4/0", "n4/0", 1, "n4/0"),
        ("a number does not begin with 0", "n4/02", "n4/02", 1, "n4/02"),
        ("nor has it a sign",             "n4/+2", "n4/+2", 1, "n4/+2"),
        ("nor other digits",              "n4/２", "n4/２", 1, "n4/２"),
        ("the highest",                   "n4/2147483647", "n4", NUMBER_MAX, "n4/2147483647"),
        ("higher than any",               "n4/2147483648", "n4/2147483648", 1, "n4/2147483648"),
        ("nothing has no second",         "/2", "/2", 1, "/2"),
        ("a slash at the end",            "n4/", "n4/", 1, "n4/"),
    ],
)  # fmt: skip
def test_reading(why: str, text: str, name: str, number: int, written: str) -> None:
    assert occurrence_of(text) == Occurrence(name, number), why
    assert str(Occurrence(name, number)) == written, why


def test_the_second_comes_before_the_tenth() -> None:
    assert sorted([Occurrence("n4", 10), Occurrence("n4", 2), Occurrence("n10")]) == [
        Occurrence("n10"),
        Occurrence("n4", 2),
        Occurrence("n4", 10),
    ]
