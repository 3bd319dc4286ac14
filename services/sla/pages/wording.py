"""How a page names what codes, limits and lengths of time are called in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from libs.events.catalogue.promise import APART
from libs.events.engine.known import Known
from libs.events.words.event import Occurrence
from libs.pictures.numbers import duration
from libs.pictures.words import WORDS
from libs.web.pages.naming import exception_name, named, process_name, standard_of
from libs.web.problems import Language
from services.sla.domain.sentences import limit_words
from services.sla.tables import ClockRow


@dataclass(frozen=True, slots=True)
class Wording:
    """The names in one language. What no published standard names is called by its code."""

    known: Known
    lang: Language
    t: Mapping[str, str]

    def process(self, id: str, version: int = 0) -> str:
        """Return a process's name, by the version given or else the newest."""
        return process_name(self.known, self.lang, id, version)

    def node(self, process: str, version: int, id: str) -> str:
        """Return a node's name."""
        standard = standard_of(self.known, process, version)
        return next((named(one.name, self.lang) for one in standard.nodes if one.id == id), id) if standard else id

    def reason(self, process: str, version: int, code: str) -> str:
        """Return the name of what a promise is paused for."""
        return exception_name(standard_of(self.known, process, version), self.lang, code)

    def kind(self, kind: str) -> str:
        """Return what is promised; authors of standards may have words of their own."""
        return self.t.get(f"kind {kind}", kind)

    def subject(self, process: str) -> str:
        """Return to what something is promised by the terms of a process: `case`, `correction` or `risk`."""
        return process if process in APART else "case"

    def promised(self, row: ClockRow) -> str:
        """Return what a promise of a row is called."""
        return self.promise(row.process_id, row.process_version, row.kind, row.node, row.occurrence)

    def promise(self, process: str, version: int, kind: str, node: str, number: int) -> str:
        """Return what a promise is called: what is promised, at which node, and which of its name if not the first."""
        whole = self.joined(self.kind(kind), self.node(process, version, node)) if node else self.kind(kind)
        return whole + (f" ({number})" if number > 1 else "")

    def joined(self, a: str, b: str) -> str:
        """Return two names of which the second says more exactly what the first one means."""
        return self.t["joined"].format(a=a, b=b)

    def option(self, filter: str, word: str, process: str | None) -> str:
        """Return what a filter's word is called where it can be chosen."""
        return {
            "process": lambda: self.process(word),
            "node": lambda: self.node(process or "", 0, word),
            "kind": lambda: self.kind(word),
            "warned": lambda: self.t[f"warned {word}"],
        }.get(filter, lambda: word)()

    def limit(self, text: str) -> str:
        """Return a limit: `8wh` is eight working hours."""
        return limit_words(text, self.t)

    def length(self, length: timedelta, *, in_days: bool = True) -> str:
        """Return a length of time in its two largest units."""
        return duration(length, WORDS[self.lang], in_days=in_days)


MARKS: Mapping[str, str] = {
    "at_risk": "risk",
    "breached": "broken",
    "ended_late": "broken",
    "paused": "paused",
    "waiting": "paused",
    "met": "good",
}
"""The class of each status; those that say nothing special have none."""


class Numbered(Protocol):
    """A row about a clock."""

    @property
    def clock(self) -> str: ...

    @property
    def occurrence(self) -> int: ...


def name_of(row: Numbered) -> str:
    """Return a clock's name as an address has it."""
    return str(Occurrence(row.clock, row.occurrence))


def exactly(us: int | None) -> str:
    """Return a length that adds up with others: hours, minutes, seconds, and what is left of one; what is overrun has a minus."""
    if us is None:
        return "–"
    seconds, rest = divmod(abs(us), 1_000_000)
    fraction = f".{rest:06}".rstrip("0") if rest else ""
    return ("−" if us < 0 else "") + f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
