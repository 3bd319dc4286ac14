"""What every adapter refuses alike, so that what one log takes another takes too."""

from collections.abc import Sequence

from libs.events.log.port import Record

RECORD_BYTES_MAX = 900_000  # Kafka's default limit of 1 MiB holds for a whole batch with its headers


class RecordTooLarge(ValueError):
    """A record that no log of ours takes; trying again cannot help."""


def refuse_large(records: Sequence[Record]) -> None:
    """Say so when a record would not fit into every log."""
    for record in records:
        if len(record.value) > RECORD_BYTES_MAX:
            raise RecordTooLarge(f"{record.type} {record.id} has {len(record.value)} bytes, at most {RECORD_BYTES_MAX} fit")
