"""Risks: what may go wrong, how much that matters, and who looks at it again and again until it is none any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from libs.events.catalogue.analytics import RiskAssessed, RiskChecked, RiskClosed, RiskRegistered
from libs.events.log.envelope import Fact
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.analytics.domain.subjects import remember, say

State = Literal["open", "closed"]

LIFECYCLE: Mapping[State, tuple[type[Any], ...]] = {
    "open": (RiskAssessed, RiskChecked, RiskClosed),
    "closed": (),
}
"""What may be said in each state. Its level is known from the registration on, so it can be checked at once."""


@dataclass(slots=True)
class Risk:
    """The fold of a risk's facts. It begins with the first registration; without one there is none, whatever else was said.

    The registration is its first assessment.
    """

    risk_id: str
    state: State = "open"
    owner: str = ""
    kind: str = ""
    level: str = ""
    what: str = ""
    registered_at: datetime | None = None
    assessed_at: datetime | None = None
    assessments: int = 0
    checked_at: datetime | None = None
    checked_by: str = ""
    checks: int = 0
    closed_at: datetime | None = None
    last_at: datetime | None = None
    last_sequence: int = 0


def evolve(risk: Risk, fact: Fact) -> Risk:
    """Take an event in."""
    remember(risk, fact)
    match fact.data:
        case RiskRegistered(owner=owner, kind=kind, level=level, what=what) if risk.registered_at is None:
            risk.registered_at, risk.owner, risk.kind, risk.what = fact.time, owner, kind, what
            _assess(risk, level, fact.time)
        case RiskAssessed(level=level):
            _assess(risk, level, fact.time)
        case RiskChecked(agent=agent):
            risk.checked_at, risk.checked_by = fact.time, agent
            risk.checks += 1
        case RiskClosed():
            risk.state, risk.closed_at = "closed", fact.time
    return risk


def _assess(risk: Risk, level: str, at: datetime) -> None:
    risk.level, risk.assessed_at = level, at
    risk.assessments += 1


KEEPS = frozenset({RiskRegistered, RiskAssessed, RiskChecked, RiskClosed})


def risk_id_of(client: str, idempotency_key: str) -> str:
    """Return the id of the risk that a client registers: asking again asks for the same one."""
    return str(derived_id("risk", client, idempotency_key))


def register(risk: Risk, said: RiskRegistered, *, at: datetime, actor: str) -> list[Fact]:
    """Register a risk."""
    if risk.registered_at is None:
        return say(risk, risk.risk_id, said, at=at, actor=actor)
    if (said.owner, said.kind, said.what) != (risk.owner, risk.kind, risk.what):
        detail = "This risk is registered already, with other content. Use a new Idempotency-Key for a new one."
        raise Refused("risk-exists", detail)
    return []


def go_on(risk: Risk, said: Any, *, at: datetime, actor: str) -> list[Fact]:
    """Say what became of a risk, if its state allows it."""
    if risk.registered_at is None:
        raise unknown_risk(risk.risk_id)
    if type(said) not in LIFECYCLE[risk.state]:
        raise Refused("risk-closed", "The risk is closed; register another one.")
    return say(risk, risk.risk_id, said, at=at, actor=actor)


def unknown_risk(risk_id: str) -> Refused:
    """Return the refusal of what is asked about a risk that is not here."""
    return Refused("unknown-risk", f"There is no risk {risk_id}. GET /risks lists those there are.", 404)
