"""sla's memory of a correction and of a risk: what it remembers of a case, made of other moments.

A correction came when it was opened, and is taken up again when somebody finds that its measures do not work. A risk came when it
was registered, which is its first assessment.
"""

from collections.abc import Callable, Mapping

from libs.events.catalogue.analytics import (
    CorrectionClosed,
    CorrectionOpened,
    CorrectionStarted,
    CorrectionVerified,
    RiskAssessed,
    RiskChecked,
    RiskClosed,
    RiskRegistered,
)
from libs.events.catalogue.promise import APART, CORRECTION, RISK
from libs.events.log.envelope import Fact
from libs.events.words.event import Topic
from services.sla.domain import case
from services.sla.domain.case import OWN, SlaCase
from services.sla.domain.remembered import ASSESSED, CHECKED, CLOSED, REGISTERED, REOPENED, Hold, open_stay, stay

TOPICS = (Topic.CASES, Topic.QUALITY)
"""Where those live to whom something is promised. sla has a book of each topic, under its name."""

VERSION = 1
"""The version of the terms in terms_apart.py."""

STARTED = "started"
"""The moment at which work on a correction began."""


def topic_of(process_id: str) -> Topic:
    """Return where the subjects live to which this process promises something."""
    return Topic.QUALITY if process_id in APART else Topic.CASES


def evolve(state: SlaCase, fact: Fact) -> SlaCase:
    """Take one fact of a correction, of a risk or of a case in; whatever the history, it never raises."""
    handler = _HANDLERS.get(type(fact.data))
    if handler is None:
        return case.evolve(state, fact)
    if not fact.imported and state.live_since is None:
        state.live_since = fact.time
    handler(state, fact)
    return state


def _opened(state: SlaCase, fact: Fact) -> None:
    about = {"figure": fact.data.figure, "process": fact.data.process_id}
    _came(state, fact, CORRECTION, about)


def _registered(state: SlaCase, fact: Fact) -> None:
    _came(state, fact, RISK, {"kind": fact.data.kind})
    _assessed(state, fact)


def _came(state: SlaCase, fact: Fact, process_id: str, words: dict[str, str]) -> None:
    if state.registered_at is None:
        state.registered_at, state.imported = fact.time, fact.imported
        state.process_id, state.process_version, state.words = process_id, VERSION, words
        state.note(REGISTERED, fact.time)
        state.holds.append(Hold(fact.time, "", "", fact.data.owner))


def _started(state: SlaCase, fact: Fact) -> None:
    state.note(STARTED, fact.time)


def _verified(state: SlaCase, fact: Fact) -> None:
    if not fact.data.effective:
        if over := open_stay(state.closed):
            over.until = fact.time
        state.note(REOPENED, fact.time)


def _assessed(state: SlaCase, fact: Fact) -> None:
    state.note(ASSESSED + fact.data.level, fact.time)


def _checked(state: SlaCase, fact: Fact) -> None:
    state.note(CHECKED, fact.time)


def _closed(state: SlaCase, fact: Fact) -> None:
    stay(state.closed, fact.time)
    state.note(CLOSED, fact.time)


_HANDLERS: Mapping[type, Callable[[SlaCase, Fact], None]] = {
    CorrectionOpened: _opened,
    CorrectionStarted: _started,
    CorrectionVerified: _verified,
    CorrectionClosed: _closed,
    RiskRegistered: _registered,
    RiskAssessed: _assessed,
    RiskChecked: _checked,
    RiskClosed: _closed,
}
KEEPS = frozenset(_HANDLERS) | OWN
HEARD = case.HEARD | frozenset(_HANDLERS)
"""What sla remembers of anybody, beside what it concluded itself."""
