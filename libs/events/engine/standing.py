"""Where an instance stands in a partition that it has leased: what it has read of it, and what it has sent to it."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.log.port import Partition
from libs.events.store.values import Checkpoint, Cursor


@dataclass(slots=True, eq=False)
class Standing:
    """One partition under one lease. A partition that is leased again begins with a new one.

    `hears`: the service reads this partition; otherwise it only speaks in it. `read` is the checkpoint, and in it
    `applied_until` is what the database says; `known_until` is what this instance knows and will write there.
    `sought`: an end of the log that is being read up to, and the instant just before it was seen.
    `sent` is the relay's cursor, nothing until the relay has been taken over; the log reached at least to `log_end` then.
    """

    partition: Partition
    lease_epoch: int
    hears: bool = True
    read: Checkpoint = field(default_factory=Checkpoint)
    known_until: datetime | None = None
    sought: tuple[int, datetime] | None = None
    sent: Cursor | None = None
    log_end: int = 0
    unreached: int = 0  # times that the log could not be reached to take the relay over
    stopped: str = ""
    is_cut: bool = False  # the log lost what was sent; nothing more is, until a person has had it mended
