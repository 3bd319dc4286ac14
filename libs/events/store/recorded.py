"""What a service has said, in the order in which it was written down: for a system outside that comes again and reads on.

How far it has come is a number for each partition, because only the numbers of one partition follow the order of commits
(decision 0002). One number for all would pass over an event that is committed later under a smaller one.
"""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

from libs.events.log.port import Partition
from libs.events.store.asked import Database

WINDOW = 1_000
"""So many events of a partition are looked at in one question, whatever they say, so that none takes long."""

Reached = tuple[int, int]
"""How far a reader has come in a partition: the epoch and the number of the last event."""

NOWHERE: Reached = (0, -1)


class Written(NamedTuple):
    """An event in the outbox; `body` is None where it is of a type that nobody asked for.

    `place` is the number of its partition among those that were asked for.
    """

    recorded_at: datetime
    place: int
    epoch: int
    seq: int
    body: bytes | None

    @property
    def reached(self) -> Reached:
        """How far a reader has come with it."""
        return self.epoch, self.seq


class Stretch(NamedTuple):
    """Events in the order in which they were written down; `is_whole` if there are no more behind them yet."""

    events: Sequence[Written]
    is_whole: bool


async def written_behind(
    db: Database,
    service: str,
    partitions: Sequence[Partition],
    reached: Sequence[Reached],
    types: Sequence[str],
    *,
    window: int = WINDOW,
) -> Stretch:
    """Return what was written behind these numbers, one for each of the partitions, with the bodies of these wire types."""
    rows = await db.fetch(
        f"""select o.recorded_at, w.place - 1, o.epoch, o.seq, o.body
            from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) with ordinality as w(topic, part, epoch, seq, place),
            lateral (select epoch, seq, recorded_at, case when type = any($5) then body end as body from {service}_core.outbox
                     where (topic, part) = (w.topic, w.part) and (epoch, seq) > (w.epoch, w.seq)
                     order by epoch, seq limit {int(window)}) o
            order by w.place, o.epoch, o.seq""",
        [one.topic for one in partitions],
        [one.number for one in partitions],
        [epoch for epoch, _ in reached],
        [seq for _, seq in reached],
        list(types),
    )
    parts: list[list[Written]] = [[] for _ in reached]
    for row in rows:
        one = Written(*row)
        parts[one.place].append(one)
    return _in_order(parts, window)


def _in_order(parts: Sequence[Sequence[Written]], window: int) -> Stretch:
    """Return the events of all partitions as far as it is known what comes next: to where the first full window ends."""
    ends = {(number, part[-1].reached) for number, part in enumerate(parts) if len(part) == window}
    found: list[Written] = []
    for one in merge(*parts, key=attrgetter("recorded_at")):
        found.append(one)
        if (one.place, one.reached) in ends:
            return Stretch(found, False)
    return Stretch(found, True)


async def last_written(db: Database, service: str, partitions: Sequence[Partition]) -> list[Reached]:
    """Return how far a reader can have come in each of the partitions."""
    rows = await db.fetch(f"select topic, part, epoch, next_seq from {service}_core.outbox_partition")
    known = {(row["topic"], row["part"]): (row["epoch"], row["next_seq"] - 1) for row in rows}
    return [known.get(one, NOWHERE) for one in partitions]
