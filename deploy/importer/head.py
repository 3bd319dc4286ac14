"""The head of a mapping file: the source, how its file is written, its clocks, its words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.importer import stamps
from deploy.importer.moments import Moment, read_moment
from deploy.importer.part import Part
from libs.events.words.now import zone_named
from services.intake.domain.systems import FORM, NAME_MAX, fault_of_sharing, fault_of_source


@dataclass(frozen=True)
class Csv:
    """How the file is written. `missing` has the words that mean "no value"; an empty cell always does.

    `skip` lines stand before the header. Without `quote` a quote is a character like any other.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    missing: frozenset[str] = frozenset()
    quote: str = '"'
    escape: str = ""
    skip: int = 0


def read_system(part: Part) -> str:
    """Return the name of the source, as intake accepts it."""
    return _system(part, fault_of_source)


def read_shared_with(part: Part) -> str | None:
    """Return the system whose customers' ids the log uses, if they are not its own."""
    part.known(("shared_with",))
    if not part.entries():
        return None
    return _system(part.part("shared_with"), fault_of_sharing)


def _system(part: Part, fault_of: Callable[[str], str]) -> str:
    system = part.word("helpdesk")
    if system and not (re.fullmatch(FORM, system) and len(system) <= NAME_MAX):
        part.fault(f"{system!r} is not a system's name; write up to {NAME_MAX} letters, digits and . _ -, for example helpdesk")
    elif fault := fault_of(system):
        part.fault(fault)
    return system


def read_csv(part: Part) -> Csv:
    """Return how the file is written."""
    part.known(("delimiter", "encoding", "missing", "quote", "escape", "skip"))
    delimiter = _character(part, "delimiter", ",", 'write for example ";" or "\\t" in double quotes')
    quote = _character(part, "quote", '"', "write the quote, or none where quotes are characters like others", none="none")
    escape = _character(part, "escape", "", 'write the character that stands before a quote inside a cell, for example "\\\\"')
    if len({delimiter, quote, escape}) < 3:
        part.fault("says two of delimiter, quote and escape with one character; write three different ones")
    encoding = part.part("encoding").word("utf-8") if part.has("encoding") else "utf-8"
    try:
        "".encode(encoding)
    except LookupError:
        part.part("encoding").fault(f"there is no encoding {encoding!r}; write for example utf-8 or cp1252")
    missing = part.part("missing").words('["?", "NULL"]') if part.has("missing") else ()
    skip = part.part("skip").number("3") if part.has("skip") else 0
    return Csv(delimiter, encoding, frozenset(missing), quote, escape, skip)


def _character(part: Part, key: str, default: str, instead: str, none: str = "") -> str:
    """Return the one character under a key; empty if the author wrote the word for none."""
    if not part.has(key):
        return default
    word = part.part(key).word(repr(default or "x"))
    if none and word == none:
        return ""
    if len(word) != 1 or word in "\r\n\0":
        part.part(key).fault(f"must be one character, and no line end; {instead}")
        return default
    return word


@dataclass(frozen=True)
class Clocks:
    """The zone, the formats of each time column, and the computed times."""

    zone: str
    formats: Mapping[str, tuple[str, ...]]
    moments: Mapping[str, Moment]


def read_times(part: Part) -> Clocks:
    """Return how times are read."""
    part.known(("zone", "columns"))
    zone = part.part("zone").word("Europe/Rome; or UTC, which subtracts clocks as written")
    if zone and zone_named(zone) is None:
        part.part("zone").fault(f"there is no time zone {zone!r}; write for example Europe/Rome or UTC")
        zone = "UTC"
    columns = part.part("columns").entries()
    formats = {name: one.words("'%Y-%m-%d %H:%M:%S'") for name, one in columns.items() if not isinstance(one.value, dict)}
    for name, forms in formats.items():
        for fault in filter(None, map(stamps.fault_of, forms)):
            columns[name].fault(fault)
    constants = stamps.Stamps({}, zone or "UTC")
    moments = {name: read_moment(one, formats, constants) for name, one in columns.items() if name not in formats}
    if not formats:
        part.part("columns").fault("names no column; write `opened_at: '%Y-%m-%d %H:%M:%S'`")
    return Clocks(zone, formats, moments)


def read_words(part: Part) -> dict[str, str]:
    """Return one map: their words and ours."""
    words = {name: one.word("phone") for name, one in part.entries().items()}
    if not words:
        part.fault("is empty; write lines of `their word: our word`")
    return words


def translation(words: Mapping[str, str]) -> Callable[[str, str], str]:
    """Return the map as a function (word, otherwise) -> our word. The whole word goes first, then the longest beginning."""
    beginnings = sorted(((word[:-1], ours) for word, ours in words.items() if word.endswith("*")), key=lambda one: -len(one[0]))
    if not beginnings:
        return words.get

    def translated(word: str, otherwise: str) -> str:
        if word in words:
            return words[word]
        return next((ours for start, ours in beginnings if word.startswith(start)), otherwise)

    return translated
