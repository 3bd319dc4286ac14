"""Load, decide, write, append, tell: the one way in which anything of a service changes, from whatever side the change comes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from libs.events.engine.deciding import Deciding
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact
from libs.events.store.port import Store, Transaction
from libs.events.store.values import Appended, Subject

Decide = Callable[[Deciding], Awaitable[None]]
Conclude = Callable[[Deciding, Appended], Awaitable[None]]
"""Writes more in the same transaction: a checkpoint, an answer, keys that are set aside."""


async def nothing_more(deciding: Deciding, appended: Appended) -> None:
    """Write nothing else."""


class Work:
    """Does work of one instance of a service. `said` is set when there is something new to send."""

    def __init__(self, service: Service, store: Store, known: Known, said: asyncio.Event) -> None:
        self.service, self.store, self.known, self._said = service, store, known, said

    async def do(
        self, subjects: Iterable[Subject], decide: Decide, conclude: Conclude = nothing_more, *, is_settled: bool = True
    ) -> None:
        """Decide about these subjects and write everything that follows in one transaction, or nothing.

        `is_settled`: the subjects are settled by all that is known now. They are settled again only for what is published later.
        """
        async with self.store.transaction() as transaction:
            deciding = await self._written(transaction, subjects, decide, is_settled)
            appended = await deciding.append()
            await conclude(deciding, appended)
        if appended.positions:
            self._said.set()

    async def say(self, facts: Sequence[Fact]) -> None:
        """Say facts as they are, all or none."""

        async def decide(deciding: Deciding) -> None:
            deciding.say(facts)

        await self.do(self.service.subjects(facts), decide, is_settled=False)

    async def rehearse(self, subjects: Iterable[Subject], decide: Decide) -> None:
        """Do it and take it back; raise what doing it raises."""
        try:
            async with self.store.transaction() as transaction:
                await self._written(transaction, subjects, decide, True)
                raise _Rehearsed
        except _Rehearsed:
            return

    async def _written(self, transaction: Transaction, subjects: Iterable[Subject], decide: Decide, is_settled: bool) -> Deciding:
        deciding = Deciding(self.service, transaction, self.known, self.known.read_to if is_settled else -1)
        await deciding.load(subjects)
        await decide(deciding)
        await deciding.follow()
        await deciding.write()
        return deciding


class _Rehearsed(Exception):
    """The rehearsal went well; roll it back."""
