"""The whole log, as the tests read it: no reader of ours, so nothing is left out."""

from collections.abc import Mapping

from libs.events.log.port import Log, Partition, Stored


async def ends_of(log: Log, *topics: str) -> dict[Partition, int]:
    """Return where the partitions of the topics end."""
    found: dict[Partition, int] = {}
    for topic in topics:
        found |= await log.ends(topic)
    return found


async def records_of(log: Log, ends: Mapping[Partition, int]) -> list[tuple[Partition, Stored]]:
    """Return the records before these ends, each partition in its order."""
    found: list[tuple[Partition, Stored]] = []
    at = {partition: 0 for partition, end in ends.items() if end}
    while at := {partition: offset for partition, offset in at.items() if offset < ends[partition]}:
        for batch in await log.read(at, limit=5_000, wait=5.0):
            found += [(batch.partition, record) for record in batch.records]
            at[batch.partition] = batch.next_offset
    return sorted(found, key=lambda one: (one[0], one[1].offset))
