"""An envelope is read as it was written; an old one is raised to today's form; a broken one is named; an id's words stay."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseEscalated, CaseGraded
from libs.events.log.envelope import (
    Order,
    Undecodable,
    Unknown,
    draft,
    encode_data,
    fact_of,
    open_envelope,
    read_fact,
    record_of,
    stamped,
    unstamped,
    words_of,
)
from libs.events.testing import golden
from libs.events.testing.samples import CASE, samples
from libs.events.words.event import BY_WIRE, UPCASTS, later_fields

AT = datetime(2025, 7, 15, 1, 30, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
instants = st.datetimes(timezones=st.just(UTC))


def said(**options):
    return draft(CaseGraded(grade="urgent"), CASE, AT, **options)


def reread(fact):
    return fact_of(stamped(record_of(fact, AT), 2, 1, 7).body)


@pytest.mark.parametrize("fact", samples(), ids=lambda fact: fact.kind.wire)
def test_what_is_written_is_what_is_read(fact):
    assert reread(fact) == fact


@pytest.mark.slow
@given(st.text(min_size=1), st.integers(0, 2**31 - 1), instants, st.text(max_size=50))
def test_any_text_and_instant_survives(key, sequence, at, reason):
    fact = draft(CaseGraded(grade="urgent", reason=reason), key, at, sequence=sequence)
    assert reread(fact) == fact


def test_the_stamp_adds_three_attributes_and_changes_nothing_else():
    plain, numbered = record_of(said(), AT), stamped(record_of(said(), AT), 11, 3, 42)
    added = {"outboxpartition": "0011", "outboxepoch": "000003", "outboxseq": "0000000000000042"}
    assert msgspec.json.decode(numbered.body) == msgspec.json.decode(plain.body) | added
    assert unstamped(open_envelope(numbered.body)) == plain


def test_stamps_sort_as_text_as_they_do_as_numbers():
    seqs = [9, 10, 99, 100, 10**15]
    texts = [open_envelope(stamped(record_of(said(), AT), 0, 1, seq).body).outboxseq for seq in seqs]
    assert texts == sorted(texts)


def test_opening_leaves_the_data_unread():
    body = record_of(said(), AT).body.replace(b'"grade":"urgent"', b'"grade":5')
    assert b'"grade":5' in bytes(open_envelope(body).data)


def test_a_tolerant_reader_ignores_what_it_does_not_know():
    body = record_of(said(), AT).body.replace(b'"data":{', b'"tenant":"t1","data":{"mood":"calm",')
    assert fact_of(body) == said()


@pytest.mark.parametrize(
    ("why", "break_it"),
    [
        ("not JSON", lambda body: b"\x00\x01"),
        ("empty", lambda body: b""),
        ("cut off", lambda body: body[:-5]),
        ("no type", lambda body: body.replace(b'"type"', b'"kind"')),
        ("no time", lambda body: body.replace(b'"time"', b'"when"')),
        ("an id that is none", lambda body: body.replace(b'"id":"', b'"id":"x')),
        ("a time that is none", lambda body: body.replace(b'"time":"2025', b'"time":"year')),
        ("data of another shape", lambda body: body.replace(b'"grade":"urgent"', b'"grade":5')),
        ("data without a required field", lambda body: body.replace(b'"grade":"urgent",', b"")),
        ("data that is a list", lambda body: body[: body.index(b'"data":')] + b'"data":[]}'),
    ],
)
def test_what_is_no_event_is_undecodable(why, break_it):
    broken = break_it(record_of(said(), AT).body)
    with pytest.raises(Undecodable):
        fact_of(broken)


def test_a_type_of_the_future_is_unknown_and_no_fault():
    body = record_of(said(), AT).body.replace(b"case.graded.v1", b"case.graded.v9")
    with pytest.raises(Unknown, match=r"case\.graded\.v9"):
        fact_of(body)


def test_old_versions_are_raised_one_step_at_a_time(monkeypatch):
    monkeypatch.setitem(UPCASTS, "made.up.v1", ("made.up.v2", lambda data: {"why": data["because"]}))
    monkeypatch.setitem(UPCASTS, "made.up.v2", ("case.cancelled.v1", lambda data: {"reason": data["why"].strip()}))
    body = record_of(draft(CaseCancelled(reason="x"), CASE, AT), AT).body
    body = body.replace(b"case.cancelled.v1", b"made.up.v1").replace(b'"reason":"x"', b'"because":" twice "')
    fact = fact_of(body)
    assert (fact.data, fact.kind.wire) == (CaseCancelled(reason="twice"), "case.cancelled.v1")


def test_an_upcast_that_misses_its_field_parks_the_key(monkeypatch):
    monkeypatch.setitem(UPCASTS, "made.up.v1", ("case.cancelled.v1", lambda data: {"reason": data["because"]}))
    body = record_of(draft(CaseCancelled(reason="x"), CASE, AT), AT).body.replace(b"case.cancelled.v1", b"made.up.v1")
    with pytest.raises(Undecodable, match=r"made\.up\.v1"):
        fact_of(body)


def test_saying_it_twice_is_saying_it_once():
    cause = said()
    assert said().id == said().id
    assert said(because=cause).id == said(because=cause).id


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("other data", lambda: draft(CaseGraded(grade="normal"), CASE, AT)),
        ("another case", lambda: draft(CaseGraded(grade="urgent"), "other", AT)),
        ("another instant", lambda: draft(CaseGraded(grade="urgent"), CASE, AT + timedelta(microseconds=1))),
        ("another place in the source's order", lambda: said(sequence=1)),
        ("another cause", lambda: said(because=said())),
    ],
)
def test_another_fact_has_another_id(why, other):
    assert other().id != said().id


def test_an_answer_inherits_from_what_it_answers_and_comes_after_it():
    cause = draft(CaseGraded(grade="urgent"), CASE, AT, sequence=6, origin="import")
    answer = draft(CaseEscalated(kind="functional", to_role="cs_manager", reason="r"), CASE, AT, because=cause)
    assert (answer.imported, answer.causation, answer.correlation) == (True, str(cause.id), str(cause.id))
    assert answer.order > cause.order
    assert draft(CaseCancelled(reason="r"), CASE, AT, because=answer).correlation == str(cause.id)


@pytest.mark.parametrize(
    ("why", "first", "second"),
    [
        ("time first", Order(AT, 9, UUID(int=9)), Order(AT + timedelta(microseconds=1), 0, UUID(int=0))),
        ("then the source's sequence", Order(AT, 1, UUID(int=9)), Order(AT, 2, UUID(int=0))),
        ("then the id", Order(AT, 1, UUID(int=1)), Order(AT, 1, UUID(int=2))),
        ("zones do not matter", Order(AT, 1, UUID(int=1)), Order(AT.astimezone(SHANGHAI), 2, UUID(int=0))),
    ],
)  # fmt: skip
def test_facts_are_ordered_by(why, first, second):
    assert first < second


def test_data_is_plain_json():
    assert encode_data(CaseGraded(grade="urgent")) == b'{"grade":"urgent","reason":"","rule":""}'


GROWN = [path for path in sorted(Path(golden.GOLDEN).glob("*.json")) if later_fields(BY_WIRE[path.stem].cls)]
"""The first bytes of every event that learned to say more."""

LEARNED_BEFORE = {"clock.waiting.v1": ',"done":false', "case.registered.v1": ',"system":""'}
"""Fields that came before later ones were marked."""


NEW_WITH_A_NUMBER = {
    "attachment.added.v1",
    "clock.reminded.v1",
    "clock.warned.v1",
    "gate.decided.v1",
    "gate.requested.v1",
    "node.assigned.v1",
    "node.progressed.v1",
    "node.skipped.v1",
}


@pytest.mark.parametrize("path", [one for one in GROWN if one.stem not in NEW_WITH_A_NUMBER], ids=lambda path: path.stem)
def test_a_golden_event_has_the_words_that_it_always_had(path: Path) -> None:
    envelope = open_envelope(path.read_bytes())
    event = read_fact(envelope).data
    assert words_of(event).replace(LEARNED_BEFORE.get(path.stem, ""), "") == bytes(envelope.data).decode()


@pytest.mark.parametrize("path", GROWN, ids=lambda path: path.stem)
def test_what_a_later_field_says_is_among_the_words(path: Path) -> None:
    event = fact_of(path.read_bytes()).data
    for name in later_fields(type(event)):
        told = {str: "c9", int: 12, bool: not getattr(event, name), type(None): True, tuple: ["c9"]}[type(getattr(event, name))]
        assert json.loads(words_of(replace(event, **{name: told})))[name] == told
