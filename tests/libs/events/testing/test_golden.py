"""Yesterday's bytes. A golden file is never edited: when one of these fails, the reader is wrong."""

import json
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from libs.events.log.envelope import encode_data, fact_of, open_envelope, read_fact
from libs.events.log.schema import check, schema, schemas
from libs.events.testing import golden
from libs.events.testing.compatibility import incompatibilities
from libs.events.testing.samples import sample
from libs.events.words.event import BY_WIRE, TYPES, UPCASTS, EventType

pytestmark = pytest.mark.slow

GOLDEN = Path(golden.GOLDEN)
FILES = sorted(GOLDEN.glob("*.json"))
WIRES = sorted(BY_WIRE.keys() | UPCASTS.keys())


def contains(new, old):
    """Test whether `new` says all that `old` said; a field that was added since may be there too."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and contains(new[name], old[name]) for name in old)
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(contains, new, old))
    return type(new) is type(old) and new == old


@pytest.mark.parametrize("wire", WIRES)
def test_every_version_ever_said_has_a_golden_file(wire):
    assert GOLDEN / f"{wire}.json" in FILES, "run: python -m libs.events.testing.golden"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_file_is_read_as_the_newest_version(path):
    fact = fact_of(path.read_bytes())
    assert TYPES[type(fact.data)] is fact.kind
    assert fact.kind.wire not in UPCASTS
    check(fact)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_a_golden_file_says_is_said_again(path):
    envelope = open_envelope(path.read_bytes())
    if envelope.type in UPCASTS:
        pytest.skip("its data has another shape now")
    again = msgspec.json.decode(encode_data(read_fact(envelope).data))
    assert contains(again, msgspec.json.decode(envelope.data))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_file_is_named_after_its_type(path):
    assert open_envelope(path.read_bytes()).type == path.stem


@pytest.mark.parametrize("wire", sorted(BY_WIRE))
def test_todays_schema_reads_all_that_was_ever_promised(wire):
    shapes = golden.frozen_schemas(wire)
    assert shapes, "run: python -m libs.events.testing.golden"
    assert {name: why for name, old in shapes.items() if (why := incompatibilities(old, schemas()[wire]))} == {}


def test_nothing_is_missing():
    assert [path.name for path, _ in golden.missing()] == [], "run: python -m libs.events.testing.golden"


def test_writing_adds_everything_once_and_overwrites_nothing(tmp_path):
    assert len(golden.write(tmp_path)) == 2 * len(BY_WIRE)
    kept = tmp_path / "case.closed.v1.json"
    kept.write_text("yesterday")
    assert golden.write(tmp_path) == []
    assert kept.read_text() == "yesterday"


def test_not_even_a_race_overwrites(tmp_path, monkeypatch):
    kept = tmp_path / "case.closed.v1.json"
    kept.write_text("yesterday")
    monkeypatch.setattr(golden, "missing", lambda folder: [(kept, b"today")])
    with pytest.raises(FileExistsError):
        golden.write(tmp_path)
    assert kept.read_text() == "yesterday"


def test_a_schema_that_grew_is_frozen_beside_the_older_one(tmp_path):
    golden.write(tmp_path)
    first = tmp_path / "schemas" / "case.closed.v1.json"
    smaller = json.loads(first.read_text())
    del smaller["properties"]["outcome"]
    first.write_text(json.dumps(smaller))
    assert [path.name for path in golden.write(tmp_path)] == ["case.closed.v1+1.json"]
    assert golden.write(tmp_path) == []


def test_prose_is_no_part_of_a_shape_but_a_field_called_title_is():
    said = {"title": "T", "properties": {"title": {"title": "Title", "type": "string"}}, "description": "d"}
    assert golden.bare(said) == {"properties": {"title": {"type": "string"}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """Version 2 of a type that only this test knows: one name became two, and a note may be added."""

    first: str
    last: str
    note: str = ""


def test_a_golden_file_of_an_old_version_is_raised_to_the_newest(monkeypatch):
    kind = EventType("made.up", 2, "intake", sample(next(iter(TYPES))).kind.topic, MadeUp, "made.up.v2")
    monkeypatch.setitem(TYPES, MadeUp, kind)
    monkeypatch.setitem(BY_WIRE, kind.wire, kind)
    split = lambda data: dict(zip(("first", "last"), data["name"].split(), strict=True))  # noqa: E731
    monkeypatch.setitem(UPCASTS, "made.up.v1", ("made.up.v2", split))
    old = (GOLDEN / "case.cancelled.v1.json").read_bytes()
    old = old.replace(b"case.cancelled.v1", b"made.up.v1").replace(b'"reason":"registered twice"', b'"name":"Li Na"')
    fact = fact_of(old)
    assert fact.data == MadeUp(first="Li", last="Na")
    assert schema(MadeUp)["required"] == ["first", "last"]


@pytest.mark.parametrize(
    ("why", "new", "old", "answer"),
    [
        ("equal", {"a": [1]}, {"a": [1]}, True),
        ("a field added", {"a": 1, "b": 2}, {"a": 1}, True),
        ("a field lost", {}, {"a": 1}, False),
        ("an item lost", {"a": [1]}, {"a": [1, 2]}, False),
        ("true is not 1", {"a": 1}, {"a": True}, False),
    ],
)
def test_contains(why, new, old, answer):
    assert contains(new, old) is answer
