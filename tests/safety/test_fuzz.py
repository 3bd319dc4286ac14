"""For any content of a file, a body or a record, its reader ends, and ends with its own error: never a crash."""

import copy
import gzip
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deploy.importer.mapping import read_mapping
from deploy.importer.part import BadMapping
from deploy.importer.source import BadSource, read_rows
from libs.events.engine.known import Known
from libs.events.log.envelope import Undecodable, Unknown, fact_of
from libs.events.words.refusal import Refused
from services.intake.domain.history import Recorded, Rejected, judge, rows_of
from services.routing.domain.standards.standard import BrokenStandard, Sound, sound
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from tests.safety.foreign import must_be_ours

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECONDS_MAX = 20
fuzzed = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)


@contextmanager
def ending() -> Iterator[None]:
    """Break off a reader that would go on for ever."""

    def late(*_: object) -> None:
        raise AssertionError(f"still reading after {SECONDS_MAX} seconds")

    # Seconds of this process's own work: how busy the machine is makes no difference.
    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_MAX)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def nested(depth: int) -> Any:
    inner: Any = "x"
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


HOSTILE: list[Any] = [
    None, "", " ", "\0", "\ud800", "\u202e", "x" * 100_000, "Europe", "../../etc/passwd", "/", "n1", "3wd", "99999999999999d",
    "1e99h", "-1h", "0h", "24:00-25:00", "2026-02-30", "0001-01-01", "{", "${x}", "a=b", "*", "&a", 0, -1, 1, True, 1.5, 2**31,
    2**63, 10**400, float("nan"), float("inf"), -0.0, 1e308, [], {}, [[]], [{}], {"": ""}, {"a": None}, ["n1", "n1"],
    [0] * 5_000, {"\0": "\ud800"}, nested(40), nested(900),
]  # fmt: skip
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=8,
    ),
)


def places(document: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in a document."""
    yield so_far
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for name, value in inner:
        yield from places(value, (*so_far, name))


@st.composite
def spoilt(draw: st.DrawFn, documents: list[Any]) -> Any:
    """Return a good document with something hostile in one to three places, left out or given twice."""
    document = copy.deepcopy(draw(st.sampled_from(documents)))
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(sorted(places(document), key=repr)))
        if not way:
            continue
        node = document
        for part in way[:-1]:
            node = node[part]
        match draw(st.sampled_from(["put", "put", "put", "leave out", "rename"])):
            case "put":
                node[way[-1]] = copy.deepcopy(draw(hostile))
            case "leave out":
                del node[way[-1]]
            case "rename" if isinstance(node, dict):
                name = draw(st.sampled_from(["", "\0", "x" * 1000, "id", "7"]) | st.integers() | st.none())
                node[name] = node.pop(way[-1])
    return document


def loaded(folder: str) -> list[Any]:
    found = [yaml.safe_load(file.read_text("utf-8")) for file in sorted((ROOT / folder).glob("*.yaml"))]
    assert found
    return found


STANDARDS, CALENDARS = loaded("deploy/standards"), loaded("deploy/calendars")


@fuzzed
@given(spoilt(STANDARDS) | hostile)
def test_a_process_standard(document: Any) -> None:
    with ending():
        try:
            told = sound(document)
        except BrokenStandard as error:
            assert len(str(error)) < 200_000
            must_be_ours(str(error))
        else:
            assert isinstance(told, Sound) and msgspec.json.encode(told.standard)


@fuzzed
@given(spoilt(CALENDARS) | st.dictionaries(st.text(max_size=8), hostile))
def test_a_calendar(document: Any) -> None:
    with ending():
        try:
            calendar = calendar_of(document)
        except BadCalendar as error:
            assert len(str(error)) < 200_000
            must_be_ours(str(error))
        else:
            assert msgspec.json.encode(calendar)


def bomb(levels: int) -> str:
    """Return a YAML file of a few lines that would unfold to 10 ** levels words."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + f"\nsystem: *a{levels - 1}\nfacts: *a{levels - 1}\nmaps: *a{levels - 1}\ncsv: *a{levels - 1}\n"


MAPPINGS = [file.read_text("utf-8") for file in sorted((ROOT / "deploy/imports").glob("*.yaml"))]
YAML_LINES = [
    "? [a, b]\n: c", "? {a: b}\n: c", "a: *nowhere", "a: &a [*a]", "a: &a {b: *a}",
    "<<: {a: b}", "!!python/object:os.system x", "%YAML 9.9",
    "---\n---", "a: !!binary |\n  ====", "\t", "a: 'x", "a: {b: [", "? ", ": ", "- x",
    "a: |\n x", "\x07", "\x85", "\ufeff", "&x : y",
]  # fmt: skip


@st.composite
def torn(draw: st.DrawFn, texts: list[str]) -> bytes:
    """Return a good text with lines put in, left out, given twice or cut, in some encoding."""
    lines = draw(st.sampled_from(texts)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["put", "drop", "twice", "cut", "words", "indent"])):
            case "put":
                lines.insert(at, draw(st.sampled_from(YAML_LINES)))
            case "drop" if len(lines) > 1:
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, 20))]
            case "words":
                lines[at] = lines[at].partition(":")[0] + ": " + draw(st.sampled_from([repr(one)[:2000] for one in HOSTILE]))
            case "indent":
                lines[at] = " " * draw(st.integers(1, 8)) + lines[at]
    return "\n".join(lines).encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-7", "cp1252"])), "replace")


@fuzzed
@given(content=torn(MAPPINGS) | st.binary(max_size=200))
@example(content=b"a: " + b"[" * 5_000)
@example(content=b"a: " + b"[" * 200 + b"]" * 200)
@example(content=b"\n".join(b" " * n + b"a:" for n in range(2_000)))
@example(content=bomb(9).encode())
@example(content=b"&a [*a]")
@example(content=b"system: &a {b: *a}\nfacts: &b [*b]\nmaps: &c {x: *c}\n")
@example(content=MAPPINGS[0].replace("system:", "? [system]\n: x\nsystem:").encode())
@example(content=b"")
def test_a_mapping(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    file.write_bytes(content)
    with ending():
        try:
            read_mapping(file)
        except BadMapping as error:
            assert len(str(error)) < 2_000_000


GOOD = read_mapping("helpdesk")


@fuzzed
@given(st.data())
def test_a_log(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = ",".join(GOOD.columns) + "\n" + "".join(",".join([str(n)] * len(GOOD.columns)) + "\n" for n in range(20))
    raw = text.encode()
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(raw)))
        raw = raw[:at] + data.draw(st.sampled_from([b'"', b"\0", b"\xff", b"\r", b"\n\n", b",", b"\xef\xbb\xbf"])) + raw[at:]
    if data.draw(st.booleans()):
        packed = bytearray(gzip.compress(raw))
        for _ in range(data.draw(st.integers(0, 2))):
            packed[data.draw(st.integers(2, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
        raw = bytes(packed[: data.draw(st.integers(2, len(packed)))])
    file = tmp_path_factory.getbasetemp() / "fuzzed.csv"
    file.write_bytes(raw)
    with ending():
        try:
            rows = list(read_rows(file, GOOD))
        except BadSource as error:
            assert str(error)
        else:
            assert all(row.reason or row.case for row in rows)


FACTS = [
    {"system": "s", "case": "1", "sequence": n, "type": kind, "time": "2020-01-01T00:00:00Z", "data": data}
    for n, (kind, data) in enumerate(
        [
            ("case.registered", {"channel": "web", "customer_ref": "c", "process_id": "p", "process_version": 1}),
            ("node.entered", {"node": "n1"}),
            ("case.assigned", {"team": "a", "agent": "b"}),
            ("survey.answered", {"survey_id": "s", "overall": 5}),
            ("import.figures_stated", {"figures": {"made_sla": True}}),
        ],
        start=1,
    )
]
BODIES = [
    b"", b"{", b"[]", b"null", b'{"facts": null}', b'{"facts": {}}', b'{"facts": [1]}', b'{"facts": []}',
    b'{"facts": [], "facts": []}',
    b'{"facts": [' + b"[" * 100_000, b'{"facts": [' + b'{"a":' * 100_000, b'{"facts": [NaN, Infinity, -Infinity]}', b"\xff\xfe{}",
    b'{"facts": [' + b"9" * 100_000 + b"]}", b'{"facts": [1e999999]}', '{"facts": []}'.encode("utf-16"), b"\xef\xbb\xbf{}", b"\0",
    b'{"facts": ["\\ud800"]}', b'{"facts": [{"system": "s", "system": "t"}]}', gzip.compress(b'{"facts": []}'),
]  # fmt: skip


def written(document: Any) -> bytes:
    return json.dumps(document, allow_nan=True).encode("utf-8", "replace")


@fuzzed
@given(st.sampled_from(BODIES) | st.binary(max_size=100) | st.builds(written, spoilt([{"facts": FACTS}])))
def test_an_import(body: bytes) -> None:
    shelf = Known()
    with ending():
        try:
            rows = rows_of(body)
        except Refused as refused:
            assert refused.status == 400
            must_be_ours(refused.detail)
            return
        for row in rows:
            try:
                verdict = judge(row, shelf, at=NOON)
            except Exception as error:
                # A standard that this service has not read yet is waited for.
                assert type(error).__name__ == "NotYetKnown", repr(error)
                continue
            assert isinstance(verdict, Recorded | Rejected)
            if isinstance(verdict, Rejected):
                must_be_ours(verdict.detail)


EVENTS = [json.loads(file.read_bytes()) for file in sorted((ROOT / "tests/golden").glob("*.json"))]


@fuzzed
@given(st.builds(written, spoilt(EVENTS)) | st.sampled_from(BODIES) | st.binary(max_size=100))
def test_a_record_of_the_log(body: bytes) -> None:
    with ending():
        try:
            fact = fact_of(body)
        except (Undecodable, Unknown) as error:
            assert str(error)
        else:
            assert fact.kind.wire


def test_what_is_good_is_read() -> None:
    """The judge can fail: unspoilt, everything is accepted."""
    assert all(isinstance(sound(document), Sound) for document in STANDARDS) and all(map(calendar_of, CALENDARS))
    assert len(rows_of(written({"facts": FACTS}))) == 5
    assert all(fact_of(written(event)) for event in EVENTS)
