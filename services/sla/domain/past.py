"""A case as it stood: told only what had happened by one instant and was known by another."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from libs.events.log.envelope import Fact, open_envelope, read_fact
from libs.events.words.now import utc
from services.sla.domain.case import SlaCase
from services.sla.domain.quality import HEARD, evolve


class Recorded(NamedTuple):
    """A fact, and when it became known: that is when its service wrote it down."""

    fact: Fact
    recorded_at: datetime


def recorded(body: bytes) -> Recorded:
    """Return the fact that was written as these bytes."""
    envelope = open_envelope(body)
    return Recorded(read_fact(envelope), utc(envelope.recordedtime))


def told_by(recorded: Iterable[Recorded], *, as_of: datetime, known_at: datetime) -> SlaCase:
    """Return the case as its facts until `as_of` tell it, as far as they were known at `known_at`.

    What sla said itself is left out: it follows from the others.
    """
    told = (one.fact for one in recorded if one.fact.time <= as_of and one.recorded_at <= known_at)
    return hearing(SlaCase(), (fact for fact in told if type(fact.data) in HEARD))


def hearing(case: SlaCase, facts: Iterable[Fact]) -> SlaCase:
    """Return the case after these facts, which may come in any order, and repeatedly."""
    once = {fact.id: fact for fact in facts}
    for fact in sorted(once.values(), key=lambda one: one.order):
        case = evolve(case, fact)
    return case
