"""The words that an event's id is made of: yesterday's, as long as it says nothing new."""

from dataclasses import replace
from pathlib import Path

import pytest

from libs.events.log.envelope import encode_data, fact_of, open_envelope, read_fact, words_of
from libs.events.testing import golden

NUMBERED = [path for path in sorted(Path(golden.GOLDEN).glob("*.json")) if path.name.startswith(("clock.", "node."))]
LEARNED_BEFORE = {"clock.started.v1": ',"calendar":"","calendar_version":0', "clock.waiting.v1": ',"done":false'}
"""Fields that came between: sla looks after the first itself, and the second came with the event's first release."""


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_a_golden_event_has_the_words_that_it_always_had(path: Path) -> None:
    envelope = open_envelope(path.read_bytes())
    event = read_fact(envelope).data
    assert words_of(event).replace(LEARNED_BEFORE.get(path.stem, ""), "") == bytes(envelope.data).decode()


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_any_other_occurrence_is_among_the_words(path: Path) -> None:
    event = replace(fact_of(path.read_bytes()).data, occurrence=12)
    assert words_of(event) == encode_data(event).decode()
