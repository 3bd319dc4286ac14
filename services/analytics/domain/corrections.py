"""Corrections: what has to be mended in how the desk works, who answers for it, and whether what was done about it worked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from libs.events.catalogue.analytics import (
    CorrectionClosed,
    CorrectionDone,
    CorrectionOpened,
    CorrectionStarted,
    CorrectionVerified,
)
from libs.events.log.envelope import Fact
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused, suggestion
from services.analytics.domain.subjects import remember, say

State = Literal["open", "started", "done", "verified", "closed"]

LIFECYCLE: Mapping[State, tuple[type[Any], ...]] = {
    "open": (CorrectionStarted,),
    "started": (CorrectionDone,),
    "done": (CorrectionVerified,),
    "verified": (CorrectionClosed,),
    "closed": (),
}
"""What may be said in each state. A correction that turned out not to work is open again, so only an effective one is closed."""

_DO: Mapping[State, str] = {
    "open": "is open; start it first",
    "started": "is in work; say first that it is done",
    "done": "is done; verify first whether it worked",
    "verified": "was verified as effective; close it, or open another one",
    "closed": "is closed; open another one",
}


@dataclass(slots=True)
class Correction:
    """The fold of a correction's facts. It begins with the first opening; without one there is none, whatever else was said.

    `open_since` is when it was opened, or last turned out not to work. `done_at` is empty again once the work began again; what
    was verified last stays known. `failed` is how often it turned out not to work.
    """

    correction_id: str
    state: State = "open"
    owner: str = ""
    why: str = ""
    figure: str = ""
    process_id: str = ""
    agent: str = ""
    plan: str = ""
    opened_at: datetime | None = None
    open_since: datetime | None = None
    first_started_at: datetime | None = None
    started_at: datetime | None = None
    done_at: datetime | None = None
    verified_at: datetime | None = None
    effective: bool | None = None
    failed: int = 0
    closed_at: datetime | None = None
    last_at: datetime | None = None
    last_sequence: int = 0


def evolve(correction: Correction, fact: Fact) -> Correction:
    """Take an event in."""
    remember(correction, fact)
    match fact.data:
        case CorrectionOpened() if correction.opened_at is None:
            _open(correction, fact.data, fact.time)
        case CorrectionStarted(agent=agent, plan=plan):
            correction.state, correction.agent, correction.plan = "started", agent, plan
            correction.started_at, correction.done_at = fact.time, None
            correction.first_started_at = correction.first_started_at or fact.time
        case CorrectionDone():
            correction.state, correction.done_at = "done", fact.time
        case CorrectionVerified(effective=effective):
            _verify(correction, effective, fact.time)
        case CorrectionClosed():
            correction.state, correction.closed_at = "closed", fact.time
    return correction


def _open(correction: Correction, said: CorrectionOpened, at: datetime) -> None:
    correction.opened_at = correction.open_since = at
    correction.owner, correction.why = said.owner, said.why
    correction.figure, correction.process_id = said.figure, said.process_id


def _verify(correction: Correction, effective: bool, at: datetime) -> None:
    correction.verified_at, correction.effective = at, effective
    if effective:
        correction.state = "verified"
    else:
        correction.state, correction.open_since = "open", at
        correction.failed += 1


KEEPS = frozenset({CorrectionOpened, CorrectionStarted, CorrectionDone, CorrectionVerified, CorrectionClosed})


def correction_id_of(client: str, idempotency_key: str) -> str:
    """Return the id of the correction that a client opens: asking again asks for the same one."""
    return str(derived_id("correction", client, idempotency_key))


def open_correction(
    correction: Correction,
    said: CorrectionOpened,
    figures: Collection[str],
    processes: Collection[str],
    *,
    at: datetime,
    actor: str,
) -> list[Fact]:
    """Open a correction. The figure and the process that it is about are among these."""
    if said.figure and said.figure not in figures:
        raise Refused("unknown-value", f"There is no figure {said.figure}. {suggestion(said.figure, figures)}", 422)
    if said.process_id and said.process_id not in processes:
        raise Refused("unknown-value", f"There is no process {said.process_id}. {suggestion(said.process_id, processes)}", 422)
    if correction.opened_at is None:
        return say(correction, correction.correction_id, said, at=at, actor=actor)
    if said != CorrectionOpened(
        owner=correction.owner, why=correction.why, figure=correction.figure, process_id=correction.process_id
    ):
        detail = "This correction is open already, with other content. Use a new Idempotency-Key for a new one."
        raise Refused("correction-exists", detail)
    return []


def go_on(correction: Correction, said: Any, *, at: datetime, actor: str) -> list[Fact]:
    """Say what became of a correction, if its state allows it."""
    if correction.opened_at is None:
        raise unknown_correction(correction.correction_id)
    if type(said) not in LIFECYCLE[correction.state]:
        raise Refused(f"correction-{correction.state}", f"The correction {_DO[correction.state]}.")
    return say(correction, correction.correction_id, said, at=at, actor=actor)


def unknown_correction(correction_id: str) -> Refused:
    """Return the refusal of what is asked about a correction that is not here."""
    return Refused("unknown-correction", f"There is no correction {correction_id}. GET /corrections lists those there are.", 404)
