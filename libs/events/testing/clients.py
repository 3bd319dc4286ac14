"""Impatient clients: they forget nothing, and check that one question has one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from libs.events.engine.instance import Instance
from libs.events.engine.known import Known
from libs.events.engine.writer import Command
from libs.events.store.port import StoreUnavailable
from libs.events.store.values import Answer
from libs.events.testing.faults import Trouble
from libs.events.words.refusal import Refused

AGAIN = ("stopping", "conflict", "idempotency-key-in-use")
"""Refusals that ask the client to come again."""


class Clients:
    """Give commands to instances that may die before they answer."""

    def __init__(
        self, trouble: Trouble, awake: Mapping[str, Sequence[Instance]], bury: Callable[[Instance], Awaitable[None]]
    ) -> None:
        self._trouble, self._awake, self._bury = trouble, awake, bury
        self._desks: dict[Instance, tuple[asyncio.Task[None], int]] = {}

    async def execute(self, name: str, make: Callable[[Known], Command]) -> Answer:
        """Ask until there is an answer; sometimes two instances at once, which must not disagree."""
        while True:
            group = self._awake[name]
            commands = [(one, make(one.known)) for one in self._trouble.random.sample(group, len(group))]
            many = 2 if commands and commands[0][1].idempotency and self._trouble.strikes("command asked twice at once") else 1
            heard = await asyncio.gather(*(self._ask(*asked) for asked in commands[:many]))
            answers = [one for one in heard if isinstance(one, Answer)]
            assert len(set(answers)) <= 1, f"one question, two answers: {answers}"
            if answers:
                return answers[0]
            if refusal := next((one for one in heard if isinstance(one, Refused)), None):
                raise refusal
            self._trouble.count("command repeated")
            await asyncio.sleep(0)

    async def _ask(self, instance: Instance, command: Command) -> Answer | Refused | None:
        """Return the instance's answer, or None when it has none now, or never."""
        with self._desk(instance) as running:
            asked = asyncio.create_task(instance.writer.execute(command))
            await asyncio.wait({asked, running}, return_when=asyncio.FIRST_COMPLETED)
            is_dead = not asked.done()
            asked.cancel()
        if is_dead:
            await self._bury(instance)
            return None
        match asked.exception():
            case None:
                return asked.result()
            case Refused() as refused:
                return None if refused.code in AGAIN else refused
            case StoreUnavailable():
                return None
            case error:
                raise error

    @contextmanager
    def _desk(self, instance: Instance) -> Iterator[asyncio.Task[None]]:
        """Let the instance's writer run for as long as somebody waits for it."""
        running, others = self._desks.get(instance) or (asyncio.create_task(instance.writer.run()), 0)
        self._desks[instance] = (running, others + 1)
        try:
            yield running
        finally:
            running, waiting = self._desks.pop(instance)
            if waiting > 1:
                self._desks[instance] = (running, waiting - 1)
            elif running.done():
                running.exception()  # seen: the crash
            else:
                running.cancel()
