"""Executes commands. Those that wait at the same time share a transaction, and one that is refused does not spoil the others."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from libs.events.engine.deciding import Deciding
from libs.events.engine.repeats import repeats
from libs.events.engine.tracing import span
from libs.events.engine.work import Work
from libs.events.log.envelope import Fact
from libs.events.store.port import Conflict, StoreUnavailable, Unstorable
from libs.events.store.values import Answer, Appended, Idempotency, Position, Subject
from libs.events.words.now import SharedClock
from libs.events.words.refusal import Refused
from libs.events.words.row import Row

_output = structlog.get_logger()

UNSTORABLE = "The database cannot hold a value of this request: a text has a NUL, or a number is too large. Change it."
COMMANDS_MAX = 64  # in one transaction
ATTEMPTS_MAX = 6
WAITING_MAX = 2_000

Decision = Callable[[Any], Iterable[Fact]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the subject's state, what was said, the subject's version, and where the events stand.

    `standing` has what this transaction says under each id: another command in it may have been first with other content.
    """

    state: Any
    said: Sequence[Fact]
    version: int
    appended: Appended
    standing: Mapping[UUID, Fact]

    @property
    def position(self) -> Position | None:
        """The last event's place, for the `Position` header."""
        return self.appended.positions[self.said[-1].id] if self.said else None


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asked for: a decision about one subject, or facts that are said as they are.

    `trace` is the caller's, for the facts this makes.
    `private` gives rows for the service's vault, written in the same transaction. They hold what no event may hold.
    """

    answer: Callable[[Outcome], Answer]
    subject: Subject | None = None
    decide: Decision | None = None
    facts: Sequence[Fact] = ()
    idempotency: Idempotency | None = None
    expected_version: int | None = None
    private: Callable[[Outcome], Iterable[Row]] = lambda outcome: ()
    trace: str = ""


@dataclass(eq=False, slots=True)
class _Asked:
    command: Command
    future: "asyncio.Future[Answer]"
    leaps: int  # of the shared clock, when the command took its instant from it


class Writer:
    """Executes commands; `run` must be running, and may run more than once: one group is then prepared while another commits."""

    def __init__(self, work: Work, clock: SharedClock) -> None:
        self._work, self._service, self._clock = work, work.service, clock
        self._waiting: list[_Asked] = []
        self._busy: set[Subject] = set()
        self._wake = asyncio.Event()

    async def execute(self, command: Command) -> Answer:
        """Return the command's answer once it is durable; raise Refused when a rule says no."""
        if len(self._waiting) >= WAITING_MAX:
            raise Refused("busy", "Too many requests are waiting; try again in a second.", 503)
        asked = _Asked(command, asyncio.get_running_loop().create_future(), self._clock.leaps)
        self._waiting.append(asked)
        self._wake.set()
        return await asked.future

    async def run(self) -> None:
        """Commit what waits, group by group, until cancelled."""
        while True:
            await self._wake.wait()
            group = self._take()
            if not group:
                self._wake.clear()
                continue
            try:
                await self._commit(group)
            except asyncio.CancelledError:
                _fail(group, Refused("stopping", "The service is stopping; try again.", 503))
                raise
            except Exception as error:
                _fail(group, error)
            finally:
                self._busy.difference_update(asked.command.subject for asked in group if asked.command.subject)
                self._wake.set()

    def _take(self) -> list[_Asked]:
        """Take the next group; a second command about one subject waits, so that every version has one author."""
        group: list[_Asked] = []
        rest: list[_Asked] = []
        for asked in self._waiting:
            if len(group) < COMMANDS_MAX and asked.command.subject not in self._busy:
                if asked.command.subject is not None:
                    self._busy.add(asked.command.subject)
                group.append(asked)
            else:
                rest.append(asked)
        self._waiting = rest
        return group

    async def _commit(self, group: list[_Asked]) -> None:
        for attempt in range(ATTEMPTS_MAX):
            try:
                with span("commit", (one.command.trace for one in group), service=self._service.name, commands=len(group)):
                    return await self._transact(group)
            except Conflict:
                if attempt + 1 == ATTEMPTS_MAX:
                    raise Refused("conflict", "The subject keeps being changed by others; try again.", 409) from None
                await asyncio.sleep(0.005 * 2**attempt)
            except StoreUnavailable:
                raise
            except Exception as error:
                if len(group) > 1:  # one of them is to blame; each is tried alone, so that the others succeed
                    for asked in group:
                        await self._alone(asked)
                    return None
                if isinstance(error, Unstorable):
                    _output.info("the database cannot hold it", why=str(error))
                    raise Refused("unstorable", UNSTORABLE, 422) from error
                raise

    async def _alone(self, asked: _Asked) -> None:
        try:
            await self._commit([asked])
        except Exception as error:
            _fail([asked], error)

    async def _transact(self, group: list[_Asked]) -> None:
        answers: dict[_Asked, Answer | Refused] = {}
        said: list[tuple[_Asked, list[Fact]]] = []
        begun = self._clock.ticks()

        async def decide(deciding: Deciding) -> None:
            self._clock.hear(deciding.transaction.at, begun)
            earlier = await repeats(deciding.transaction, [asked.command.idempotency for asked in group])
            for asked, answered in zip(group, earlier, strict=True):
                try:
                    if answered is not None:
                        answers[asked] = answered
                    elif asked.leaps != self._clock.leaps:
                        answers[asked] = _OUT_OF_TIME
                    else:
                        said.append((asked, await _decide(deciding, asked.command)))
                except Refused as refused:
                    answers[asked] = refused

        async def answer(deciding: Deciding, appended: Appended) -> None:
            outcomes = [(asked, await _outcome(deciding, asked.command, facts, appended)) for asked, facts in said]
            await deciding.keep(row for asked, outcome in outcomes for row in asked.command.private(outcome))
            kept = [(asked, asked.command.answer(outcome)) for asked, outcome in outcomes]
            answers.update(kept)
            asked_for = ((one.command.idempotency, given) for one, given in kept if one.command.idempotency)
            await deciding.transaction.remember(asked_for)

        # All at once and so in one order: otherwise two writers would wait for each other.
        subjects = {asked.command.subject for asked in group if asked.command.subject is not None}
        subjects |= self._work.service.subjects(fact for asked in group for fact in asked.command.facts)
        await self._work.do(subjects, decide, answer, is_settled=False)
        for asked, answered in answers.items():
            _hand_over(asked.future, answered)


async def _decide(deciding: Deciding, command: Command) -> list[Fact]:
    """Say what the command decides; what it refuses leaves no trace."""
    said: list[Fact] = []
    if command.subject is not None and command.decide is not None:
        if command.expected_version not in (None, deciding.version(command.subject)):
            detail = "The subject has changed since; read it again and retry with its new ETag."
            raise Refused("version-mismatch", detail, 412)
        said += await deciding.decide(command.subject, command.decide, command.trace)
    deciding.say(command.facts, command.trace)
    return [*said, *command.facts]


async def _outcome(deciding: Deciding, command: Command, said: Sequence[Fact], appended: Appended) -> Outcome:
    if command.subject is None:
        return Outcome(None, said, 0, appended, deciding.said)
    version = deciding.version(command.subject) + (1 if said else 0)
    return Outcome(await deciding.state(command.subject), said, version, appended, deciding.said)


_OUT_OF_TIME = Refused(
    "out-of-time", "This instance had lost the time, and nothing was written. It has the right time again; try again.", 503
)


def _fail(group: Iterable[_Asked], error: Exception) -> None:
    for asked in group:
        _hand_over(asked.future, error)


def _hand_over(future: "asyncio.Future[Answer]", answered: Answer | Exception) -> None:
    if future.done():
        return
    if isinstance(answered, Exception):
        future.set_exception(answered)
    else:
        future.set_result(answered)
