"""How a case's events follow each other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import NodeEntered
from libs.events.log.envelope import Fact, draft
from services.routing.domain.cases.case import RoutingCase


def say(case: RoutingCase, events: Iterable[Any], *, at: datetime, actor: str = "", because: Fact | None = None) -> list[Fact]:
    """Return the events as facts, each after the one before it and all after the case's earlier facts.

    What was answered before is not answered again, though the case has moved on since.
    """
    if because is not None and str(because.id) in case.answered:
        return []
    # A decision comes after the facts that it is based on, even if this machine's clock is behind another's.
    at = max(at, case.last_at or at)
    first = case.last_sequence + 1 if at == case.last_at else 1
    if because is not None and at == because.time:
        first = max(first, because.sequence + 1)
    return [
        draft(event, case.case_id, at, sequence=sequence, because=because, actor=actor)
        for sequence, event in enumerate(events, first)
    ]


def arrival(case: RoutingCase, node: str) -> NodeEntered:
    """Return the event that the case arrives at a node, for the first time or again."""
    return NodeEntered(node=node, occurrence=case.visits.next(node).number)


def say_as_recorded(heard: Fact, event: Any) -> Fact:
    """Return the event as the fact that another system recorded: its time, its sequence, no judgement."""
    return draft(event, heard.key, heard.time, because=heard, origin="import", sequence=heard.sequence)
