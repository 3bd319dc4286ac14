"""What people write freely: it goes to the vault of the service that takes it, and the event carries a reference.

A field of an event that takes such words is marked with FREE where the event is declared. A reference is the same for the
same words in one case, so that saying something twice still says it once; it tells nothing of the words to anybody who
does not know the installation's pepper.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from libs.events.words.column import column, key
from libs.events.words.event import free_fields
from libs.events.words.now import derived_id
from libs.events.words.row import Row, TableRow, columns

PREFIX = "words:"
"""What a reference begins with."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


@columns("words")
class WordsRow(TableRow):
    """Free words that came with steps of a case; personal data. Erasing a person deletes rows here."""

    case_id: str = key("The case, or another subject that they are about.")
    reference: str = key("What stands in the event instead of the words.")
    words: str = column("What somebody wrote.")


@dataclass(slots=True)
class Spoken:
    """Takes the words out of what is said about one case; `kept` has them by reference, for the vault."""

    case_id: str
    pepper: str = ""
    kept: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[Row]:
        """Return the words as the vault keeps them."""
        return [WordsRow(case_id=self.case_id, reference=reference, words=words).row for reference, words in self.kept.items()]

    def text(self, words: str) -> str:
        """Return the reference of some words; no words have none."""
        if not words:
            return ""
        reference = PREFIX + str(derived_id("words", self.pepper, self.case_id, words))
        self.kept[reference] = words
        return reference

    def output(self, said: str, is_declared: Callable[[str, str], bool] = lambda name, value: False) -> str:
        """Return an output, `name` or `name=value`, whose value is a reference unless it is a declared one."""
        name, _, value = (part.strip() for part in said.partition("="))
        if not _NAME.fullmatch(name):
            return self.text(said)
        if not value or is_declared(name, value):
            return said
        return f"{name}={self.text(value)}"

    def event(self, data: Any) -> Any:
        """Return an event whose free words are references."""
        hidden: dict[str, Any] = {}
        for name in free_fields(type(data)):
            said = getattr(data, name)
            hidden[name] = self.text(said) if isinstance(said, str) else tuple(map(self.output, said))
        return replace(data, **hidden) if hidden else data
