"""given(fold, facts).when(decision, …).then(events): a decision's test as one sentence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.references import CALENDAR, POLICY, PROCESS, ROSTER, Reference
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Roster, Standard
from libs.events.engine.book import Book
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused

S = TypeVar("S")


class Decided:
    """A decision's answer: facts, or a refusal."""

    def __init__(self, facts: Sequence[Fact], refusal: Refused | None) -> None:
        self.facts, self.refusal = facts, refusal

    def then(self, *events: Any) -> "Decided":
        """Check that exactly these events were said, in this order."""
        if self.refusal:
            raise AssertionError(f"refused: {self.refusal.code}: {self.refusal.detail}") from self.refusal
        assert [fact.data for fact in self.facts] == list(events)
        return self

    def nothing(self) -> None:
        """Check that nothing was said."""
        self.then()

    def refused(self, code: str) -> Refused:
        """Check that the decision was refused with this code, and return the refusal."""
        assert self.refusal is not None, f"not refused; it said {[fact.data for fact in self.facts]}"
        assert self.refusal.code == code, f"{self.refusal.code}: {self.refusal.detail}"
        return self.refusal


class Given(Generic[S]):
    """A subject with a past."""

    def __init__(self, book: Book[S], key: str, facts: Iterable[Fact]) -> None:
        self.book, self.key = book, key
        self.facts = [fact for fact in facts if fact.kind.cls in book.keeps]

    @property
    def state(self) -> S:
        """The subject's state, computed each time because evolve may change its argument."""
        return self.book.of(self.key, self.facts)

    def when(self, decision: Callable[..., Iterable[Fact]], /, *args: Any, **named: Any) -> Decided:
        """Ask `decision(state, *args, **named)`."""
        try:
            return Decided(list(decision(self.state, *args, **named)), None)
        except Refused as refusal:
            return Decided([], refusal)

    def after(self, decision: Callable[..., Iterable[Fact]], /, *args: Any, **named: Any) -> "Given[S]":
        """Return the subject after the decision's facts; a refusal is an error here."""
        said = self.when(decision, *args, **named)
        if said.refusal:
            raise said.refusal
        return Given(self.book, self.key, [*self.facts, *said.facts])


def given(book: Book[S], *facts: Fact, key: str = "c1") -> Given[S]:
    """Return a subject to which these facts happened, written in any order."""
    return Given(book, facts[0].key if facts else key, facts)


def happened(key: str, at: datetime, *events: Any, origin: str = "live") -> list[Fact]:
    """Return events as facts of one instant, in the order written."""
    return [draft(event, key, at, sequence=sequence, origin=origin) for sequence, event in enumerate(events, 1)]


_KINDS: Mapping[type[Any], Reference[Any]] = {Standard: PROCESS, Calendar: CALENDAR, Roster: ROSTER, Policy: POLICY}


def knowing(*published: Standard | Calendar | Roster | Policy) -> Known:
    """Return the knowledge of an instance when these were published."""
    known = Known()
    for one in published:
        known.put(_KINDS[type(one)], one)
    return known
