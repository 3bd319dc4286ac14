"""What an event class is, and the names it may not have."""

import dataclasses
import re

import pytest

from libs.events.catalogue import SPEAKERS
from libs.events.words.event import BY_WIRE, TYPES, Topic, event

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
