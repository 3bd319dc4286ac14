"""The card at the head of a service, read without importing the service."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from libs.events.catalogue import SPEAKERS
from libs.events.words.event import TYPES, EventType

SERVICES = tuple(speaker.__name__.rsplit(".", 1)[-1] for speaker in SPEAKERS)
ROOT = Path(__file__).parents[2]

_LINES = re.compile(r"^(Owns|Hears|Says|Answers):", re.MULTILINE)
_DOTTED = re.compile(r"(?<![\w/.])[a-z]+(?:\.[a-z_]+)+(?![\w/*])")
_CLASS = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
_ROUTE = re.compile(r"\b(GET|POST|PUT|DELETE)\b|(/(?:[\w/{}-]|\.(?=\w))*)")
_ASIDE, _PARAMETER = re.compile(r"\([^)]*\)"), re.compile(r"\{\w+\}")
_WHOLE_TOPIC = re.compile(r"every event of topic `?(\w+)")


class UnknownEvent(ValueError):
    """A card names an event that is not in the catalogue."""


@dataclass(frozen=True, slots=True)
class Card:
    """The lines of a service's card: what it owns, hears, says and answers."""

    owns: str
    hears: str
    says: str
    answers: str


def card(service: str, root: Path = ROOT) -> Card | None:
    """Return a service's card; None if there is no such service."""
    path = root / "services" / service / "__init__.py"
    if not path.exists():
        return None
    _, *parts = _LINES.split(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    words = {name.lower(): text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
    missing = [name for name in ("owns", "hears", "says", "answers") if name not in words]
    if missing:
        raise ValueError(f"services/{service}/__init__.py: the card does not say what it {', '.join(missing)}")
    return Card(**words)


def events_in(text: str) -> list[EventType]:
    """Return the events that a card's line names, by name (`case.closed`), class (`CaseClosed`) or topic, in its
    order."""
    topic = _WHOLE_TOPIC.search(text)
    whole = [kind.on(topic[1]) for kind in TYPES.values() if topic and topic[1] in kind.lives]
    return whole + _named_in(text)


def routes_in(text: str) -> set[tuple[str, str]]:
    """Return method and path of every route that a card's line names, without the names of parameters."""
    found, methods, is_after_path = set(), list[str](), False
    for method, path in _ROUTE.findall(_ASIDE.sub("", text)):
        if method:
            methods = [method] if is_after_path else [*methods, method]
        else:
            found |= {(one, _PARAMETER.sub("{}", path)) for one in methods}
        is_after_path = bool(path)
    return found


def _named_in(text: str) -> list[EventType]:
    found = sorted((match.start(), match[0]) for pattern in (_DOTTED, _CLASS) for match in pattern.finditer(text))
    return [kind for _, word in found if not word.endswith(".py") for kind in _named(word)]


def hearers(kind: EventType) -> list[str]:
    """Return the services whose cards say that they hear an event."""
    return [name for name in SERVICES if (found := card(name)) and any(kind.cls is one.cls for one in events_in(found.hears))]


def _named(word: str) -> list[EventType]:
    kinds = [kind for kind in TYPES.values() if word in (kind.name, kind.cls.__name__)]
    if not kinds:
        raise UnknownEvent(f"{word} is not in the catalogue")
    return kinds
