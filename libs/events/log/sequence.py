"""The numbers that prove no loss: every source numbers its events of a partition without gaps."""

from collections.abc import MutableMapping

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


def follow(envelope: Envelope, seen: MutableMapping[str, tuple[int, int]]) -> str | None:
    """Note the event as its source's last and return the source; None for one that was read before, Gap when one is missing."""
    source, (epoch, seq) = source_of(envelope), numbers_of(envelope)
    # A new epoch (a database that went back in time) starts again at 0; an older epoch is a zombie's echo.
    last_epoch, last_seq = seen.get(source, NOTHING)
    if epoch < last_epoch or (epoch == last_epoch and seq <= last_seq):
        return None
    expected = last_seq + 1 if epoch == last_epoch else 0
    if seq != expected:
        raise Gap(f"{source} epoch {epoch}: number {seq} follows {last_seq} of epoch {last_epoch}, expected {expected}")
    seen[source] = epoch, seq
    return source
