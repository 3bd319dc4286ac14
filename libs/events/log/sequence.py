"""The numbers that prove no loss: every source numbers its events of a partition without gaps."""

from collections.abc import Mapping, MutableMapping

from libs.events.log.envelope import Envelope
from libs.events.words.event import BY_WIRE

NOTHING = (0, -1)
"""Where a source stands that has said nothing yet: epoch and number."""


class Gap(Exception):
    """An event is missing on the log. The partition stops; going on would make every table wrong without a sign."""


class Impostor(Exception):
    """An event was said by a service that does not own its type, or by none. The partition stops: writers cannot be ordered."""


def source_of(envelope: Envelope) -> str:
    """Return the name of the service that said it."""
    return envelope.source.rpartition("/")[2]


def refuse_impostor(envelope: Envelope) -> None:
    """Raise Impostor if events of its type are another service's to say."""
    kind = BY_WIRE.get(envelope.type)
    if kind is not None and kind.owner != source_of(envelope):
        raise Impostor(f"{envelope.source} said {envelope.type}, which belongs to {kind.owner}")


def numbers_of(envelope: Envelope) -> tuple[int, int]:
    """Return the epoch and the number its source gave the event."""
    try:
        return int(envelope.outboxepoch), int(envelope.outboxseq)
    except ValueError:
        raise Impostor(f"{envelope.type} {envelope.id} carries no outbox numbers; no service of ours wrote it") from None


def is_new(envelope: Envelope, seen: Mapping[str, tuple[int, int]]) -> bool:
    """Test whether the event is the next of its source; False for one that was read before, Gap when one is missing."""
    return _follows(source_of(envelope), numbers_of(envelope), seen)


def follow(envelope: Envelope, seen: MutableMapping[str, tuple[int, int]]) -> str | None:
    """Note the event as its source's last and return the source; None for one that is not new."""
    source, at = source_of(envelope), numbers_of(envelope)
    if not _follows(source, at, seen):
        return None
    seen[source] = at
    return source


def _follows(source: str, at: tuple[int, int], seen: Mapping[str, tuple[int, int]]) -> bool:
    # A new epoch (a database that went back in time) starts again at 0; an older epoch is a zombie's echo.
    epoch, seq = at
    last_epoch, last_seq = seen.get(source, NOTHING)
    if epoch < last_epoch or (epoch == last_epoch and seq <= last_seq):
        return False
    expected = last_seq + 1 if epoch == last_epoch else 0
    if seq != expected:
        raise Gap(f"{source} epoch {epoch}: number {seq} follows {last_seq} of epoch {last_epoch}, expected {expected}")
    return True
