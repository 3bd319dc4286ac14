"""A page of a standard as its author wrote it, read strictly: every fault is listed with its place and its cure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from libs.events.catalogue.standard import Standard
from libs.events.words.refusal import Refused, nearest
from libs.events.words.storable import is_storable

WORD_MAX = 100
"""Words become part of events about cases, which allow 200: a longer word must fail here, not when a case comes."""
SENTENCE_MAX = 500
NUMBER_MAX = 1_000_000
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at a place of a standard, and what to write instead."""

    path: str
    problem: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; {self.instead}"


class BrokenStandard(Refused):
    """The standard may not be published; `faults` has all of its faults, not only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("broken-standard", "\n".join(str(fault) for fault in faults), status=422)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Sound:
    """A standard that may be published, with `warnings` for its reviewer, and the page as its author wrote it."""

    standard: Standard
    warnings: tuple[str, ...]
    page: dict[str, Any] = field(default_factory=dict)


class Page:
    """A mapping of the document at `path`. A value that cannot be read becomes a fault and an empty value.

    The whole document is called by its `name`.
    """

    def __init__(self, value: object, path: str, faults: list[Fault], name: str = "standard") -> None:
        self.path, self.name, self._faults, self._asked = path, name, faults, set[str]()
        self._content: Mapping[str, Any] = {}
        if isinstance(value, Mapping) and all(map(_is_word, value)):
            self._content = value
        else:
            self.fault(
                "", f"is {_kind(value)}", f"write entries, `name: value`, with words of at most {WORD_MAX} characters as names"
            )

    def fault(self, key: str, problem: str, instead: str) -> None:
        """Note a fault of this page, or of its entry `key`."""
        self._faults.append(Fault(self.at(key), problem, instead))

    def at(self, key: str) -> str:
        """Return the place of an entry."""
        return ".".join(part for part in (self.path, key) if part) or self.name

    def has(self, key: str) -> bool:
        """Test whether the author wrote the entry."""
        self._asked.add(key)
        return self._content.get(key) is not None

    def text(self, key: str, default: str | None = None, *, longest: int = WORD_MAX) -> str:
        """Return a word or sentence."""
        value = self._value(key, default, "a text")
        if not self._fits(key, value, str, "write a text; put words like yes, no, 1.0 in quotes"):
            return ""
        text = str(value).strip()
        if self.has(key) and not 0 < len(text) <= longest:
            self.fault(key, f"has {len(text)} characters", f"write 1 to {longest}")
            return ""
        if not is_storable(text):
            self.fault(key, "holds a NUL or half a surrogate pair", "remove it")
            return ""
        return text

    def number(self, key: str, default: int | None = None, *, least: int = 1) -> int:
        """Return a whole number of at least `least`."""
        value = self._value(key, default, "a whole number")
        if not self._fits(key, value, int, "write a whole number, without quotes or a point"):
            return 0
        if not least <= value <= NUMBER_MAX:
            self.fault(key, f"is {value}", f"write {least} to {NUMBER_MAX}")
        return int(value)

    def instant(self, key: str) -> datetime | None:
        """Return an instant; nothing where the author wrote nothing."""
        if not (written := self.text(key, "")):
            return None
        try:
            instant = datetime.fromisoformat(written)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fault(key, f"is `{written}`", "write an instant with its zone, in quotes: '2027-01-01T00:00:00+08:00'")
            return None
        return instant.astimezone(UTC)

    def day(self, key: str) -> date:
        """Return a date: JSON brings it as a text, YAML as a date."""
        value = self._value(key, None, "a date")
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(DATE.fullmatch(value)[0])  # type: ignore[index]
        except (TypeError, ValueError):
            if value is not None:
                self.fault(key, f"is {_kind(value)} and no date", "write a date like 2026-02-28")
            return date.min

    def flag(self, key: str) -> bool:
        """Return a yes or no; no where the author wrote nothing."""
        value = self._value(key, False, "true or false")
        return self._fits(key, value, bool, "write true or false") and value is True

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words; empty where the author wrote nothing."""
        value = self._value(key, [], "a list of words")
        fits = self._fits(key, value, list, "write a list: [one, two]")
        if fits and not all(map(_is_word, value)):
            instead = f"write words of at most {WORD_MAX} characters; put yes, no and numbers in quotes"
            self.fault(key, "holds something else than words", instead)
            return ()
        return tuple(value) if fits else ()

    def mapped(self, key: str) -> dict[str, str]:
        """Return words by name; empty where the author wrote nothing."""
        page = self.page(key)
        return {name: page.text(name) for name in page}

    def says(self, key: str, word: str) -> bool:
        """Test whether the author wrote just this word."""
        return self.has(key) and self._content[key] == word

    def raw(self, key: str) -> Any:
        """Return what the author wrote, whatever it is; a fault if there is nothing."""
        return self._value(key, None, "it")

    def is_page(self, key: str) -> bool:
        """Test whether the entry is itself a group of entries."""
        return self.has(key) and isinstance(self._content[key], Mapping)

    def page(self, key: str) -> "Page":
        """Return the page under an entry; an empty one where the author wrote nothing."""
        return Page(self._value(key, {}, "named entries"), self.at(key), self._faults)

    def pages(self, key: str) -> list["Page"]:
        """Return the pages of a list; none where the author wrote nothing."""
        value = self._value(key, [], "a list")
        if not self._fits(key, value, list, "write a list, each entry beginning with `- `"):
            return []
        return [Page(item, f"{self.at(key)}[{index}]", self._faults) for index, item in enumerate(value)]

    def __iter__(self) -> Iterator[str]:
        yield from self._content

    def close(self) -> None:
        """Refuse unknown entries."""
        for key in self._content:
            if key not in self._asked:
                near = nearest(key, self._asked)
                hint = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(sorted(self._asked))}"
                self.fault(key, "is not a known entry", hint)

    def _value(self, key: str, default: Any, what: str) -> Any:
        if self.has(key):
            return self._content[key]
        if default is None:
            self.fault(key, "is missing", f"write {what}")
        return default

    def _fits(self, key: str, value: object, kind: type, instead: str) -> bool:
        # A bool is an int to Python, not to an author.
        fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not fits and value is not None:
            self.fault(key, f"is {_kind(value)}", instead)
        return fits


_KINDS: dict[type, str] = {str: "a text", bool: "yes or no", int: "a number", float: "a broken number", list: "a list"}


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    return "a group of entries" if isinstance(value, Mapping) else _KINDS.get(type(value), f"a {type(value).__name__}")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= WORD_MAX and is_storable(value)
