"""Every event has an example, complete enough to show every field."""

from dataclasses import fields

import pytest

from libs.events.testing.samples import sample, samples
from libs.events.words.event import TYPES


def test_every_event_of_the_catalogue_has_one_sample():
    assert sorted(fact.kind.wire for fact in samples()) == sorted(kind.wire for kind in TYPES.values())


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_sample_gives_the_class_that_was_asked_for(kind):
    fact = sample(kind.cls)
    assert (type(fact.data), fact.kind, fact.source) == (kind.cls, kind, kind.owner)


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_no_text_of_a_sample_is_left_empty(kind):
    """`rule`, `agent`, `reason`: an example that leaves them out teaches nobody what belongs there."""
    data = sample(kind.cls).data
    assert [field.name for field in fields(data) if getattr(data, field.name) in ("", {}, ())] == []
