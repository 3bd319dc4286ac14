"""Values that the log and the database can hold, alone and at any depth."""

import pytest

from libs.events.words.storable import are_storable, is_storable

TEXTS = [("", True), ("你好 😀", True), ("a\x00", False), ("\ud800", False), ("\udfff", False)]


def nested(depth, text):
    for level in range(depth):
        text = [text] if level % 2 else {"a": text}
    return text


@pytest.mark.parametrize(("text", "storable"), TEXTS)
def test_a_text(text, storable):
    assert is_storable(text) is storable


@pytest.mark.parametrize(("text", "storable"), TEXTS)
def test_texts_within(text, storable):
    for written in (text, [1, text], {"a": None, "b": text}, {text: "a"}, nested(20_000, text)):
        assert are_storable(written) is storable


def test_what_is_no_text_can_always_be_held():
    assert are_storable([None, 1, 1.5, True, {}, []])
