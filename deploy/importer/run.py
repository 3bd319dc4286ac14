"""One import from file to account: read, make, send."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.importer.account import Account
from deploy.importer.cells import BadSource
from deploy.importer.client import BATCH_FACTS_MAX, Client, ImportStopped, Pause
from deploy.importer.facts import Engine, Outcome, SourceFact
from deploy.importer.mapping import Mapping, read_mapping
from deploy.importer.source import Extent, measure, read_within

PARALLEL_MAX = 64
ROWS_AT_A_STRETCH = 1_000


@dataclass(frozen=True)
class Batch:
    """Facts that are sent together, and how many rows have been read since the batch before."""

    facts: list[SourceFact]
    rows: int


async def run_import(
    mapping: Path | str,
    file: Path,
    url: str,
    api_key: str,
    *,
    shuffle: int | None = None,
    limit: int | None = None,
    batch: int = 500,
    parallel: int = 4,
    with_faults: bool = False,
    progress: bool = True,
    position: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
    pause: Pause = asyncio.sleep,
) -> Account:
    """Import a log through intake at `url` and return the account.

    `mapping` is a path or a shipped mapping's name; `shuffle` seeds a random order of all facts; `limit` takes the
    first cases only; `position` is what intake is to know before it judges. Nothing of a log with faults is sent unless
    `with_faults`. Running it again is safe. ImportStopped carries the account so far as `account`.
    """
    if not 1 <= batch <= BATCH_FACTS_MAX or not 1 <= parallel <= PARALLEL_MAX:
        raise ValueError(f"batch must be 1..{BATCH_FACTS_MAX}, parallel 1..{PARALLEL_MAX}")
    plan = read_mapping(mapping)
    extent = await asyncio.to_thread(measure, file, plan, limit)
    with _bar(progress) as bar:
        if not with_faults and not (rehearsed := await _rehearsed(file, plan, extent, bar)).is_sound:
            # If a row is mended later, the rows after it get other numbers and would be recorded a second time.
            return replace(rehearsed, is_held_back=True)
        account = Account(plan.system, cases=len(extent.rows_of))
        client = Client(url, api_key, position=position, transport=transport, pause=pause)
        task = bar.add_task(plan.system, total=extent.rows)
        batches = in_batches(file, plan, extent, account, batch, shuffle)
        try:
            await send_all(client, batches, parallel, account, lambda batch: bar.advance(task, batch.rows))
        except ImportStopped as stopped:
            stopped.account = account
            raise
        finally:
            await client.close()
    return account


def rehearse(mapping: Path | str, file: Path, *, limit: int | None = None, progress: bool = False) -> Account:
    """Return the account of an import that sends nothing."""
    plan = read_mapping(mapping)
    with _bar(progress) as bar:
        return asyncio.run(_rehearsed(file, plan, measure(file, plan, limit), bar))


async def _rehearsed(file: Path, plan: Mapping, extent: Extent, bar: Progress) -> Account:
    account = Account(plan.system, cases=len(extent.rows_of))
    made = make_facts(file, plan, extent, account)
    for row, _ in enumerate(bar.track(made, extent.rows, description=f"{plan.system}, rehearsed")):
        if row % ROWS_AT_A_STRETCH == 0:
            await asyncio.sleep(0)  # lets Ctrl-C be noticed
    return account


def make_facts(file: Path, mapping: Mapping, extent: Extent, account: Account) -> Iterator[list[SourceFact]]:
    """Yield the facts of each row, and enter them in the account."""
    engine = Engine(mapping, extent.rows_of)
    for row in read_within(file, mapping, extent):
        outcome = Outcome() if row.reason else engine.row(row.case, row.cells)
        account.read(row, outcome)
        yield outcome.facts


def in_batches(file: Path, mapping: Mapping, extent: Extent, account: Account, size: int, shuffle: int | None) -> Iterator[Batch]:
    """Yield all facts in batches of `size`, in file order or shuffled."""
    rows, waiting = 0, list[SourceFact]()
    for facts in make_facts(file, mapping, extent, account):
        rows += 1
        waiting += facts
        while shuffle is None and len(waiting) >= size:
            yield Batch(waiting[:size], rows)
            waiting, rows = waiting[size:], 0
    if shuffle is not None:
        random.Random(shuffle).shuffle(waiting)  # noqa: S311
    pieces = [waiting[at : at + size] for at in range(0, len(waiting), size)] or [[]]
    for number, piece in enumerate(pieces, 1):
        # The last piece has the remaining rows, so that the bar ends full.
        share = rows // len(pieces)
        yield Batch(piece, share if number < len(pieces) else rows - share * (len(pieces) - 1))


async def send_all(
    client: Client, batches: Iterator[Batch], parallel: int, account: Account, sent: Callable[[Batch], None]
) -> None:
    """Send batches, several at a time, enter every verdict in the account, and tell `sent` about each batch done."""

    async def send() -> None:
        for batch in batches:
            if batch.facts:
                for fact, verdict in zip(batch.facts, await client.send(batch.facts), strict=True):
                    account.answered(verdict.status, f"{fact.case} {fact.sequence} {fact.type}", verdict.detail)
            sent(batch)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(parallel):
                group.create_task(send())
    except* (ImportStopped, BadSource) as stopped:
        raise stopped.exceptions[0] from None


def _bar(shown: bool) -> Progress:
    return Progress(
        TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"),
        TimeRemainingColumn(), disable=not shown,
    )  # fmt: skip
