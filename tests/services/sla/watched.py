"""A correction and a risk, short to write: each with its facts, and sla's memory of it as they become known."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from libs.events.catalogue.analytics import (
    CorrectionClosed,
    CorrectionDone,
    CorrectionOpened,
    CorrectionStarted,
    CorrectionVerified,
    RiskAssessed,
    RiskChecked,
    RiskClosed,
    RiskRegistered,
)
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.testing.spec import knowing
from libs.events.testing.told import Teller
from services.sla.alarms import settle, timers
from services.sla.books import QUALITY
from services.sla.domain.case import SlaCase
from services.sla.domain.terms_apart import OF_CORRECTIONS, OF_RISKS
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import START

KEY = "9c1d2e3f-0000-7000-8000-000000000001"
KNOWN = knowing(OF_CORRECTIONS, OF_RISKS)
HOURS = Teller(KEY, START, timedelta(hours=1))

OPENED = CorrectionOpened(owner="li", why="too many answers come late", figure="timeliness", process_id="complaint-quality")
STARTED, DONE, CLOSED = CorrectionStarted(plan="a second shift", agent="wang"), CorrectionDone(), CorrectionClosed()
WORKS, WORKS_NOT = CorrectionVerified(effective=True), CorrectionVerified(effective=False)
CHECKED, RISK_CLOSED = RiskChecked(agent="li"), RiskClosed()


def registered(level: str) -> RiskRegistered:
    return RiskRegistered(owner="li", kind="supplier", level=level, what="one supplier only")


def assessed(level: str) -> RiskAssessed:
    return RiskAssessed(level=level)


def told(*events: tuple[Any, float], origin: str = "live") -> list[Fact]:
    """Return the events as facts, each with its hour."""
    return HOURS.facts(((hour, event) for event, hour in events), origin=origin)


class Watched:
    """What sla knows of one of them."""

    def __init__(self, *facts: Fact, known: Known = KNOWN) -> None:
        self.known, self.facts = known, list(facts)
        self.settle(None)

    @property
    def state(self) -> SlaCase:
        return QUALITY.of(KEY, self.facts)

    def hear(self, facts: Iterable[Fact]) -> "Watched":
        self.facts += facts
        return self.settle(None)

    def settle(self, hour: float | None) -> "Watched":
        """Let sla say what follows from the facts, and from the time that has passed."""
        until: datetime | None = None if hour is None else HOURS.at(hour)
        said = settle(KEY, self.state, self.known, until)
        assert not {one.id for one in said} & {one.id for one in self.facts}, "an id is said once"
        self.facts += said
        return self

    @property
    def rows(self) -> Mapping[tuple[str, int], ClockRow]:
        return {(row.clock, row.occurrence): row for row in promises(KEY, self.state)}

    @property
    def stands(self) -> Mapping[tuple[str, int], str]:
        return {name: row.status for name, row in self.rows.items()}

    @property
    def alarms(self) -> dict[str, datetime]:
        return {timer.name: timer.due_at for timer in timers(KEY, self.state)}
