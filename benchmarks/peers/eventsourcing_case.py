"""The desk's cases as the `eventsourcing` library would have them: one aggregate a case, one event for each fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Case(Aggregate):
    """A case and the first instant of everything that was said of it."""

    def __init__(self, case_id: str) -> None:
        self.case_id = case_id
        self.moments: dict[str, str] = {}

    @staticmethod
    def create_id(case_id: str) -> UUID:
        return uuid5(NAMESPACE_URL, case_id)

    @event("Said")
    def say(self, what: str, at: str, data: dict[str, Any]) -> None:
        self.moments.setdefault(what, at)


class Desk(Application):
    """The library's application: saves cases and reads them back."""

    def take(self, case_id: str, facts: Iterable[list[Any]]) -> None:
        """Save a case with its facts: type, instant, data."""
        case = Case(case_id)
        for what, at, data in facts:
            case.say(what=what, at=at, data=data)
        self.save(case)
