"""The pieces of a mapping file: words only, nothing twice, every fault at its path."""

from pathlib import Path

import pytest

from deploy.importer.part import BadMapping, Part, read_part


def read(folder: Path, text: str) -> Part:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return read_part(path)


@pytest.mark.parametrize(
    ("why", "text", "value"),
    [
        ("a key that YAML calls true", "on: first", {"on": "first"}),
        ("a word that YAML calls false", "a: No", {"a": "No"}),
        ("a number keeps its zeros", "a: 007", {"a": "007"}),
        ("a date is a word", "a: 2024-01-01", {"a": "2024-01-01"}),
        ("a tag builds nothing", "a: !!python/object/apply:os.getcwd []", {"a": []}),
        ("an anchor is followed", "a: &x [1]\nb: *x", {"a": ["1"], "b": ["1"]}),
    ],
)
def test_everything_is_a_word(tmp_path, why, text, value):
    assert read(tmp_path, text).value == value


@pytest.mark.parametrize(
    ("why", "text", "says"),
    [
        ("a key twice", "a: 1\na: 2", "'a' is given twice"),
        ("a key twice inside", "b:\n  a: 1\n  a: 2", "'a' is given twice"),
        ("no YAML", "a: [", "is not YAML"),
        ("a list", "- a", "must be a mapping"),
        ("nothing", "", "must be a mapping"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path, why, text, says):
    with pytest.raises(BadMapping, match=says):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadMapping, match="cannot be read"):
        read_part(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("why", "value", "ask", "fault"),
    [
        ("a word", [], lambda p: p.word("x"), "a.b: must be one word"),
        ("an empty word", "", lambda p: p.word("x"), "a.b: must be one word"),
        ("a choice", "c", lambda p: p.choice(("a", "b")), "a.b: 'c' is not possible; write one of a, b"),
        ("a choice of a list", ["a"], lambda p: p.choice(("a", "b")), "a.b: ['a'] is not possible"),
        ("yes or no", "true", lambda p: p.yes(), "a.b: 'true' is not possible; write one of yes, no"),
        ("a number", "0", lambda p: p.number("1"), "a.b: must be a whole number from 1"),
        ("a number in other digits", "²", lambda p: p.number("1"), "a.b: must be a whole number from 1"),
        ("words", {"x": "y"}, lambda p: p.words("x"), "a.b: must be a word or a list of words"),
        ("no words", [], lambda p: p.words("x"), "a.b: must be a word or a list of words"),
        ("a list", "x", lambda p: p.items(), "a.b: must be a list"),
        ("a mapping", "x", lambda p: p.entries(), "a.b: must be a mapping"),
        ("a known key", {"colum": "x"}, lambda p: p.known(("column",)), "a.b: 'colum' means nothing here; did you"),
        ("a far key", {"zzz": "x"}, lambda p: p.known(("b", "a")), "a.b: 'zzz' means nothing here; write one of a, b"),
    ],
)  # fmt: skip
def test_a_fault_names_its_path_and_what_to_write(why, value, ask, fault):
    part = Part(value, "a.b")
    ask(part)
    assert [found[: len(fault)] for found in part.faults] == [fault]


def test_what_is_right_has_no_fault():
    part = Part({"a": "x", "b": "7", "c": ["p", "q"], "d": "yes"})
    read = part.part("a").word("x"), part.part("b").number("1"), part.part("c").words("x"), part.part("d").yes()
    assert (read, part.part("a").words("x"), part.faults) == (("x", 7, ("p", "q"), True), ("x",), [])
