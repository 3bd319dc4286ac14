"""Our envelope is CloudEvents 1.0.2 in structured JSON; a row for every rule of the specification.

`sequence` is a JSON number. CloudEvents' Integer is 32 bits and signed, so a source's own sequence numbers must stay
inside -2147483648..2147483647; `libs.events.log.schema.check` refuses the rest before they are published.
"""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest

from libs.events.log.envelope import Envelope, draft
from libs.events.log.schema import SEQUENCE_MAX, Malformed, check
from libs.events.testing.golden import golden_bytes
from libs.events.testing.samples import CASE, REGISTERED_AT, STORY, samples

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
JSON = "application/json"
CONTEXT = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}


def text(attribute):
    return isinstance(attribute, str) and attribute != ""


RULES = [
    ("specversion is 1.0", lambda e: e["specversion"] == "1.0"),
    ("id is a text that is not empty", lambda e: text(e["id"])),
    ("source is a URI reference that is not empty", lambda e: text(e["source"]) and bool(urlsplit(e["source"]).path)),
    ("type is a text that is not empty", lambda e: text(e["type"])),
    ("subject, when there, is a text that is not empty", lambda e: text(e["subject"])),
    ("time is RFC 3339", lambda e: bool(RFC3339.fullmatch(e["time"]))),
    ("recordedtime is RFC 3339", lambda e: bool(RFC3339.fullmatch(e["recordedtime"]))),
    ("recordedtime is not before time", lambda e: moment(e["recordedtime"]) >= moment(e["time"])),
    ("datacontenttype may be absent for JSON", lambda e: e.get("datacontenttype", JSON) == JSON),
    ("data is JSON, not text that holds JSON", lambda e: isinstance(e["data"], dict)),
    ("data_base64 is not beside data", lambda e: "data_base64" not in e),
    ("names are lower-case letters and digits", lambda e: all(re.fullmatch("[a-z0-9]+", name) for name in e)),
    ("names have at most 20 characters", lambda e: all(len(name) <= 20 for name in e)),
    ("no attribute is null", lambda e: None not in e.values()),
    ("no attribute is structured", lambda e: all(isinstance(e[a], str | int | bool) for a in e.keys() - {"data"})),
    ("only sequence is a number", lambda e: {a for a in e if not isinstance(e[a], str)} <= {"sequence", "data"}),
    ("Integer has 32 bits and a sign", lambda e: -(2**31) <= e.get("sequence", 0) <= 2**31 - 1),
    ("the outbox's numbers are texts of fixed width", lambda e: tuple(map(len, outbox(e))) == (4, 6, 16)),
    ("the outbox's numbers are digits", lambda e: all(number.isdigit() for number in outbox(e))),
    ("traceparent is W3C's", lambda e: bool(TRACEPARENT.fullmatch(e["traceparent"]))),
    ("an absent text is left out, never empty", lambda e: "" not in e.values()),
]  # fmt: skip


def outbox(event):
    return event["outboxpartition"], event["outboxepoch"], event["outboxseq"]


def moment(value):
    return msgspec.convert(value, datetime)


@pytest.mark.parametrize(("why", "holds"), RULES, ids=[why for why, _ in RULES])
def test_every_event_keeps_the_rule(why, holds):
    broken = [f.kind.wire for f in samples() if not holds(msgspec.json.decode(golden_bytes(f)))]
    assert not broken


def test_no_attribute_is_ours_by_accident():
    """A new extension attribute is a promise to every reader; it is made here, in the open."""
    extensions = {field.encode_name for field in msgspec.structs.fields(Envelope)} - CONTEXT - {"data"}
    assert extensions == {
        "recordedtime", "sequence", "origin", "actor", "correlationid", "causationid", "traceparent",
        "outboxpartition", "outboxepoch", "outboxseq",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("why", "sequence", "fits"),
    [
        ("none given", 0, True),
        ("the largest Integer", SEQUENCE_MAX, True),
        ("one more", SEQUENCE_MAX + 1, False),
        ("milliseconds taken for a sequence", 1_752_543_000_000, False),
        ("negative", -1, False),
    ],
)
def test_sequence_stays_inside_cloudevents_integer(why, sequence, fits):
    fact = draft(STORY[0], CASE, REGISTERED_AT, sequence=sequence)
    if fits:
        return check(fact)
    with pytest.raises(Malformed, match="sequence"):
        check(fact)


def test_source_and_id_name_an_event():
    facts = [msgspec.json.decode(golden_bytes(fact)) for fact in samples()]
    assert len({(fact["source"], fact["id"]) for fact in facts}) == len(facts)
    assert all(UUID(fact["id"]) for fact in facts)


def test_a_time_of_another_zone_keeps_its_offset():
    shanghai = REGISTERED_AT.astimezone(tz=datetime.strptime("+0800", "%z").tzinfo)
    event = msgspec.json.decode(golden_bytes(draft(STORY[0], CASE, shanghai)))
    assert RFC3339.fullmatch(event["time"])
    assert moment(event["time"]) == REGISTERED_AT
    assert shanghai.utcoffset() == timedelta(hours=8) and REGISTERED_AT.tzinfo is UTC
