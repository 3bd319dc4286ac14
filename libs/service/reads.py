"""Who has read what is personal: each time is a line in the service's audit, which GET /reads shows to its own scope."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from libs.events.catalogue.references import PROCESS, ROSTER
from libs.events.catalogue.serving import Serving, Why, why_may_read
from libs.events.engine.known import NotYetKnown
from libs.events.store.reads import ReadRow, forget_reads, write_reads
from libs.events.store.values import Position
from libs.events.words.now import new_id
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.keys import Client

FORGET_SECONDS = 3_600.0
FORGOTTEN_AT_ONCE = 1_000
"""So many lines are deleted in one statement, so that none takes long."""

_output = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Concern:
    """What a service knows of a case, as far as it says who serves it."""

    process_id: str
    process_version: int
    serving: Serving


@dataclass(frozen=True, slots=True)
class Cases:
    """Where a service knows its cases from: those of some ids that there are, and how one is refused that there is not."""

    known: Callable[[Sequence[str]], Awaitable[Mapping[str, Concern]]]
    unknown: Callable[[str], Refused]


class Audit:
    """The audit of a running service, kept for so many days. Without `cases` nobody has to serve one: scopes decide alone."""

    def __init__(self, running: RunningService, cases: Cases | None, days: int) -> None:
        self._running, self._cases, self._days = running, cases, days

    async def admit(self, client: Client, what: str, case_id: str, position: Position | None) -> None:
        """Write down that the client reads a case; refuse who does not serve it."""
        await self._running.wait_for(position)
        if (why := await self._why(client, case_id)) is None:
            raise Refused(
                "not-serving",
                f"{client.person} does not serve the case {case_id}. Those do who are on the roster of a team that it was with, "
                "or have a role that its standard names beside them.",
                403,
            )
        await self._write(client, what, {case_id: why})

    async def note(self, client: Client, what: str, case_ids: Iterable[str]) -> Collection[str]:
        """Write a line for each of these cases that the client serves, and return them."""
        whys = await self._whys(client, list(dict.fromkeys(case_ids)))
        served = {case_id: why for case_id, why in whys.items() if why is not None}
        if served:
            await self._write(client, what, served)
        return served.keys()

    async def serves(self, client: Client, case_id: str) -> bool:
        """Test whether the client serves a case."""
        return await self._why(client, case_id) is not None

    async def forgetting(self) -> None:
        """Forget old lines now and every hour."""
        while True:
            if found := await self.forget():
                _output.info("old lines of the audit were deleted", lines=found)
            await asyncio.sleep(FORGET_SECONDS)

    async def forget(self) -> int:
        """Delete the lines that are older than the audit is kept, and return how many they were."""
        running, found = self._running, 0
        before = running.now() - timedelta(days=self._days)
        while many := await forget_reads(running.pool, running.service.name, before, FORGOTTEN_AT_ONCE):
            found += many
        return found

    async def _why(self, client: Client, case_id: str) -> Why | None:
        whys = await self._whys(client, [case_id])
        if case_id not in whys and self._cases is not None:
            raise self._cases.unknown(case_id)
        return whys[case_id]

    async def _whys(self, client: Client, case_ids: Sequence[str]) -> dict[str, Why | None]:
        """Return case → why the client may read it; nothing if they may not. One that is not here is left out."""
        if self._cases is None:
            return dict.fromkeys(case_ids, "scope")
        known, rosters = self._running.known, self._running.known.newest(ROSTER)
        found: dict[str, Why | None] = {}
        for case_id, one in (await self._cases.known(case_ids)).items():
            try:
                standard = known.version(PROCESS, one.process_id, one.process_version)
            except NotYetKnown:  # until it is, only the teams say who serves the case
                standard = None
            found[case_id] = why_may_read(client.person, one.serving, standard, rosters)
        return found

    async def _write(self, client: Client, what: str, whys: Mapping[str, Why]) -> None:
        at = self._running.now()
        rows = [
            ReadRow(
                read_id=new_id(at),
                read_at=at,
                client=client.name,
                person=client.person,
                case_id=case_id,
                what=what,
                why=why,
            )
            for case_id, why in whys.items()
        ]
        await write_reads(self._running.pool, self._running.service.name, rows)
