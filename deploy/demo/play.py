"""Sends the month through intake's public import, in batches, and waits until all five services have handled it."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain

from rich.console import Console

from deploy.demo.progress import step
from deploy.importer.account import Account
from deploy.importer.client import Client, ImportStopped
from deploy.importer.facts import SourceFact
from deploy.importer.run import Batch, send_all
from deploy.settled import Left, settled
from deploy.stack import Stack

BATCH_FACTS, PARALLEL = 500, 4
STANDARDS_SECONDS_MAX = 20


async def play(stack: Stack, system: str, cases: Sequence[Sequence[SourceFact]], console: Console, key: str = "") -> Account:
    """Send all facts and return the account; facts recorded already are answered `duplicate`."""
    account = Account(system, cases=len(cases), facts_made=sum(map(len, cases)))
    client = Client(stack.url("intake"), key)
    try:
        begun = await _begin(client, cases, account)
        with step(console, "sending the month / 发送一个月的业务") as told:

            def sent(batch: Batch) -> None:
                told(account.verdicts.total() / account.facts_made)

            rest = [fact for fact in chain.from_iterable(cases) if fact.sequence > 1 or fact.case not in begun]
            await send_all(client, _batches(rest), PARALLEL, account, sent)
    finally:
        await client.close()
    return account


async def understood(stack: Stack, console: Console, title: str) -> list[Left]:
    """Wait until every service has done its work, and return how each was left."""
    most = 1
    with step(console, title) as told:

        def watch(left: Sequence[Left]) -> None:
            nonlocal most
            work = sum(one.unread + one.unsent + one.due for one in left)
            most = max(most, work)
            told(1 - work / most)

        return await settled(list(stack.ports), stack.database_url, stack.log_url, watch=watch)


async def _begin(client: Client, cases: Sequence[Sequence[SourceFact]], account: Account) -> set[str]:
    """Send the beginning of one case of each process until intake takes it, and return these cases.

    Routing publishes the standards at its start, and they travel on the log: intake may not know them yet.
    """
    waiting = list({case[0].data["process_id"]: case[0] for case in cases}.values())
    begun = set[str]()
    for _ in range(STANDARDS_SECONDS_MAX * 5):
        verdicts = list(zip(waiting, await client.send(waiting), strict=True))
        waiting = [fact for fact, verdict in verdicts if verdict.status == "rejected"]
        for fact, verdict in verdicts:
            if verdict.status != "rejected":
                account.answered(verdict.status, fact.case, verdict.detail)
                begun.add(fact.case)
        if not waiting:
            return begun
        await asyncio.sleep(0.2)
    raise ImportStopped(f"intake still refuses a {waiting[0].data['process_id']}: {verdicts[0][1].detail}")


def _batches(facts: Sequence[SourceFact]) -> Iterator[Batch]:
    for at in range(0, len(facts), BATCH_FACTS):
        yield Batch(list(facts[at : at + BATCH_FACTS]), 0)
