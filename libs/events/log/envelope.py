"""The CloudEvents envelope: who said it, about what, when, because of what, and the numbers that prove no loss."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from libs.events.log.port import Record
from libs.events.words.event import BY_WIRE, TYPES, UPCASTS, EventType, later_fields
from libs.events.words.now import derived_id, utc

SEQUENCE_MAX = 2**31 - 1
"""CloudEvents' Integer has 32 bits and a sign."""

INSTANT = timedelta(microseconds=1)
"""The shortest time that the log can tell."""


class Order(NamedTuple):
    """The order of a case's facts: when they occurred, then their place in that instant, then the id."""

    time: datetime
    place: int
    id: UUID


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One event as CloudEvents 1.0 structured JSON; attribute names are the wire's.

    `time` is when it happened, `recordedtime` when we learned it; `sequence` is the source's own order of facts of one instant;
    `origin` is `live` or `import`. The three `outbox…` attributes are absent until the relay stamps them.
    """

    specversion: str
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    sequence: int = 0
    origin: str = "live"
    actor: str = ""
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    outboxpartition: str = ""
    outboxepoch: str = ""
    outboxseq: str = ""
    datacontenttype: str = "application/json"
    data: msgspec.Raw


class Fact(msgspec.Struct, frozen=True, gc=False):
    """An event somebody said: the envelope's words, and the data as its catalogue class."""

    # A Struct, because a replay makes millions of them: a frozen dataclass takes five times as long to make.

    id: UUID
    source: str
    kind: EventType
    key: str
    time: datetime
    data: Any
    sequence: int = 0
    origin: str = "live"
    actor: str = ""
    correlation: str = ""
    causation: str = ""
    trace: str = ""

    @property
    def place(self) -> int:
        return self.kind.place(self.sequence, self.causation != "")

    @property
    def order(self) -> Order:
        return Order(self.time, self.place, self.id)

    def on(self, topic: str) -> "Fact":
        """Return the fact as it is said on a topic; as it is, where its class does not live there."""
        kind = self.kind.on(topic)
        return self if kind is self.kind else msgspec.structs.replace(self, kind=kind)

    @property
    def imported(self) -> bool:
        return self.origin == "import"


class Unknown(Exception):
    """The event's type is not in this version's catalogue; a reader counts it and goes on."""


class Undecodable(Exception):
    """The bytes are no event we can read; the key is parked."""


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(Envelope)
_readers: dict[str, dict[str, tuple[EventType, Callable[[bytes], Any]]]] = defaultdict(dict)


def encode_data(event: Any) -> bytes:
    """Return an event's data as JSON."""
    return _encoder.encode(event)


def words_of(event: Any) -> str:
    """Return the words that an event's id is made of: what it says, without later fields that say nothing.

    An event that says nothing new keeps the id under which it was said before it had those fields.
    """
    later = later_fields(type(event))
    if not later:
        return encode_data(event).decode()
    said = ((one, getattr(event, one.name)) for one in fields(event))
    words = {one.name: value for one, value in said if one.name not in later or value != one.default}
    return _encoder.encode(words).decode()


def record_of(fact: Fact, recorded: datetime, trace: str = "") -> Record:
    """Return the fact as it is kept in the outbox, without the outbox's numbers; `trace` is for one that has none."""
    body = _encoder.encode(
        Envelope(
            specversion="1.0",
            id=fact.id,
            source=f"/services/{fact.source}",
            type=fact.kind.wire,
            subject=fact.key,
            time=fact.time,
            recordedtime=recorded,
            sequence=fact.sequence,
            origin=fact.origin,
            actor=fact.actor,
            correlationid=fact.correlation,
            causationid=fact.causation,
            traceparent=fact.trace or trace,
            data=msgspec.Raw(encode_data(fact.data)),
        )
    )
    return Record(fact.id, fact.key, fact.kind.wire, body)


def stamped(record: Record, partition: int, epoch: int, seq: int) -> Record:
    """Return the record with the outbox's numbers spliced in front; zero-padded, so that they also sort as text."""
    numbers = b'{"outboxpartition":"%04d","outboxepoch":"%06d","outboxseq":"%016d",' % (partition, epoch, seq)
    return record._replace(body=numbers + record.body[1:])


def unstamped(envelope: Envelope) -> Record:
    """Return the event as it is kept in the outbox, without the outbox's numbers."""
    body = _encoder.encode(msgspec.structs.replace(envelope, outboxpartition="", outboxepoch="", outboxseq=""))
    return Record(envelope.id, envelope.subject, envelope.type, body)


def fact_of(body: bytes, topic: str = "") -> Fact:
    """Return the fact that was written as these bytes, as read_fact does."""
    return read_fact(open_envelope(body), topic)


def open_envelope(body: bytes) -> Envelope:
    """Return the envelope, its data left unread."""
    try:
        return _envelopes.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(str(error)) from error


def read_fact(envelope: Envelope, topic: str = "") -> Fact:
    """Return the fact of an envelope as it stands on a topic, at home without one; its data raised to the newest version."""
    wire, data = envelope.type, bytes(envelope.data)
    try:
        while wire in UPCASTS:
            wire, upcast = UPCASTS[wire]
            data = _encoder.encode(upcast(msgspec.json.decode(data)))
        kind, decode = _readers[topic].get(wire) or _reader(wire, topic)
        # By place, not by name: it is done once for every event that anybody reads.
        return Fact(
            envelope.id,
            envelope.source.rpartition("/")[2],
            kind,
            envelope.subject,
            utc(envelope.time),
            decode(data),
            envelope.sequence,
            envelope.origin,
            envelope.actor,
            envelope.correlationid,
            envelope.causationid,
            envelope.traceparent,
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError) as error:
        raise Undecodable(f"{envelope.type}: {error}") from error


def _reader(wire: str, topic: str) -> tuple[EventType, Callable[[bytes], Any]]:
    if (kind := BY_WIRE.get(wire)) is None:
        raise Unknown(f"no type {wire!r} is known here")
    _readers[topic][wire] = kind.on(topic), msgspec.json.Decoder(kind.cls).decode
    return _readers[topic][wire]


def draft(
    data: Any,
    key: str,
    at: datetime,
    *,
    id: UUID | None = None,
    sequence: int | None = None,
    because: Fact | None = None,
    origin: str = "",
    actor: str = "",
) -> Fact:
    """Return an event about to be said.

    Its id, unless given, is derived from what it answers or what it says, so that saying it twice says it once.
    What it answers (`because`) hands down its origin, correlation and trace, and always comes before it in order.
    """
    kind = TYPES[data.__class__]
    cause = str(because.id) if because else ""
    id = id or derived_id(kind.wire, key, cause or at.isoformat(), sequence or 0, words_of(data))
    if because:
        at, sequence = _behind(because, kind, at, because.sequence if sequence is None else sequence)
    return Fact(
        id=id,
        source=kind.owner,
        kind=kind,
        key=key,
        time=at,
        data=data,
        sequence=sequence or 0,
        origin=origin or (because.origin if because else "live"),
        actor=actor,
        correlation=(because.correlation or cause) if because else "",
        causation=cause,
        trace=because.trace if because else "",
    )


def _behind(cause: Fact, kind: EventType, at: datetime, sequence: int) -> tuple[datetime, int]:
    """Return the first instant and sequence from the wished ones on at which an answer comes after its cause."""
    if (at, kind.place(sequence, True)) > (cause.time, cause.place):
        return at, sequence
    if kind.place(cause.sequence + 1, True) > cause.place and cause.sequence < SEQUENCE_MAX:
        return cause.time, cause.sequence + 1
    return cause.time + INSTANT, sequence  # what answers a conclusion is none, and there is no place behind it
