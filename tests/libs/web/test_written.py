"""What people write in YAML: an entry that stands twice is told, with its place."""

import pytest
import yaml

from libs.web.written import read_yaml


def test_what_is_written_once_is_read():
    assert read_yaml("a: 1\nb: {a: 2}\nc: [{a: 3}, {a: 4}]") == {"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}
    assert read_yaml("") is None


@pytest.mark.parametrize(
    ("why", "text", "line"),
    [
        ("at the top", "a: 1\nb: 2\na: 3", 3),
        ("inside", "a: {b: 1, b: 2}", 1),
        ("in a list", "- {a: 1}\n- {a: 1, a: 1}", 2),
        ("a number and a text", "1: a\n'1': b", 2),
    ],
)
def test_what_is_written_twice_is_not(why, text, line):
    with pytest.raises(yaml.MarkedYAMLError, match="written twice") as told:
        read_yaml(text)
    assert told.value.problem_mark.line + 1 == line, why


def test_nothing_unsafe_is_made():
    with pytest.raises(yaml.YAMLError):
        read_yaml("!!python/object/apply:os.getcwd []")
