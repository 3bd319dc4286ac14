"""The month that a data folder holds: it is written down before it is sent, so that each later run sends the same
one."""

from datetime import UTC, datetime, time
from pathlib import Path

import msgspec

from deploy.demo.month import Month


class OtherMonth(Exception):
    """The folder has another month than the one asked for; the message says what to do."""


def kept(file: Path, now: datetime, *, seed: int, cases: int) -> Month:
    """Return the month in the folder; if there is none, one that ended at the last midnight (UTC)."""
    if not file.exists():
        until = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        file.write_bytes(msgspec.json.encode(Month(seed, cases, until)))
    month = msgspec.json.decode(file.read_bytes(), type=Month)
    if (month.seed, month.cases) != (seed, cases):
        raise OtherMonth(
            f"{file.parent} holds the month of --seed {month.seed} --cases {month.cases} already, and a folder "
            "can have only one month. Ask for that one, or name a new folder: LOOPDESK_HOME=another python -m deploy.demo ..."
        )
    return month
