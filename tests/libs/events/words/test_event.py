"""What an event class is, and the names it may not have; one text names an occurrence, and one reader reads it."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue import SPEAKERS
from libs.events.words.event import BY_WIRE, NUMBER_MAX, TYPES, Occurrence, Topic, event, occurrence_of

SERVICES = {speaker.__name__.rsplit(".", 1)[-1] for speaker in SPEAKERS}


@pytest.fixture
def catalogue():
    """Give the catalogue back as it was."""
    types, wires = dict(TYPES), dict(BY_WIRE)
    yield
    for live, kept in ((TYPES, types), (BY_WIRE, wires)):
        live.clear()
        live.update(kept)


def declared(name="made.up", version=1, **options):
    @event(name, version, **options)
    class MadeUp:
        """Something made up."""

        word: str

    return MadeUp


def test_an_event_is_frozen_slotted_and_keyword_only(catalogue):
    cls = declared()
    said = cls(word="yes")
    with pytest.raises(dataclasses.FrozenInstanceError):
        said.word = "no"
    with pytest.raises(TypeError):
        cls("yes")
    assert not hasattr(said, "__dict__")


def test_the_class_is_found_by_its_wire_type(catalogue):
    cls = declared(version=3, topic=Topic.QUALITY)
    kind = BY_WIRE["made.up.v3"]
    assert (kind.cls, TYPES[cls], kind.topic) == (cls, kind, Topic.QUALITY)


def test_a_class_may_live_on_several_topics_and_is_at_home_on_one(catalogue):
    home = TYPES[declared(topic=Topic.CASES, also=[Topic.QUALITY])]
    there = home.on(Topic.QUALITY)
    assert [kind.topic for kind in home.lives.values()] == [Topic.CASES, Topic.QUALITY]
    assert (there.topic, there.cls, there.wire, there.on("cases")) == (Topic.QUALITY, home.cls, home.wire, home)
    assert BY_WIRE["made.up.v1"] is home is home.on(Topic.STANDARDS) is not there
    assert home != there


def test_its_owner_is_the_service_its_module_is_named_after(catalogue):
    assert TYPES[declared()].owner == "test_event"


@pytest.mark.parametrize(
    ("why", "name"),
    [
        ("no subject", "registered"),
        ("capitals", "Case.Registered"),
        ("a version in the name", "case.registered.v2"),
        ("a hyphen", "case.is-registered"),
        ("empty", ""),
    ],
)
def test_a_bad_name_is_refused(catalogue, why, name):
    with pytest.raises(ValueError, match="no event name"):
        declared(name)


def test_two_classes_of_one_name_and_version_are_refused(catalogue):
    declared()
    with pytest.raises(ValueError, match=re.escape("made.up.v1 is already")):
        declared()
    assert declared(version=2) is BY_WIRE["made.up.v2"].cls


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_every_event_says_in_a_sentence_when_it_is_said(kind):
    first = (kind.cls.__doc__ or "").strip().splitlines()[0]
    assert first.endswith("."), f"{kind.cls.__qualname__}: {first!r}"
    assert not first.startswith(f"{kind.cls.__name__}("), "dataclass wrote this docstring, nobody else did"


NAMES = st.text(min_size=1) | st.from_regex(r"[a-z/:]{1,6}(/[0-9]{1,11})?", fullmatch=True)


@given(NAMES, st.integers(1, NUMBER_MAX) | st.integers(1, 3))
def test_a_written_occurrence_is_read(name: str, number: int) -> None:
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
def test_reading_an_occurrence(why: str, text: str, name: str, number: int, written: str) -> None:
    assert occurrence_of(text) == Occurrence(name, number), why
    assert str(Occurrence(name, number)) == written, why


def test_the_second_occurrence_comes_before_the_tenth() -> None:
    assert sorted([Occurrence("n4", 10), Occurrence("n4", 2), Occurrence("n10")]) == [
        Occurrence("n10"),
        Occurrence("n4", 2),
        Occurrence("n4", 10),
    ]
