"""What people write in YAML: an entry that stands twice is told, with its place."""

import pytest
import yaml

from libs.web.written import json_of, read_yaml


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


@pytest.mark.parametrize(
    ("why", "text", "json"),
    [
        ("a date",                   "{a: 2027-01-04}",                     '{"a": "2027-01-04"}'),
        ("a date that names",        "{a: {2027-01-04: mon}}",              '{"a": {"2027-01-04": "mon"}}'),
        ("in a list",                "- {2027-01-04: [2027-01-05]}",        '[{"2027-01-04": ["2027-01-05"]}]'),
        ("an instant, with its zone", "{a: 2027-01-01T00:00:00+08:00}",     '{"a": "2027-01-01T00:00:00+08:00"}'),
        ("all else as it is",        "{a: [1, 1.5, true, null, x], 2: {}}", '{"a": [1, 1.5, true, null, "x"], "2": {}}'),
    ],
)  # fmt: skip
def test_as_json_a_date_is_text_also_where_it_names_an_entry(why, text, json):
    assert json_of(read_yaml(text)) == json, why
