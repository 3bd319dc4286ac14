"""What a client prefers, by Accept and its relatives (RFC 9110, section 12)."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from libs.events.words.refusal import Refused

T = TypeVar("T")


def preferred(header: str | None, offered: Sequence[str]) -> str:
    """Return the best of what is offered; the first one if the header asks for nothing else, or only for what is not offered."""
    weights = list(_weights(header or "*"))
    return max(offered, key=lambda one: _quality(one, weights))


def must_be_welcome(header: str | None, offered: Sequence[str]) -> None:
    """Refuse a request whose Accept takes nothing of what is offered. Without the header everything is welcome."""
    weights = list(_weights(header or "*"))
    if not any(_quality(one, weights) for one in offered):
        raise Refused("not-acceptable", f"Accept takes none of what is here. Name {' or '.join(offered)}, or leave it out.", 406)


def spoken(header: str | None, offered: Sequence[T]) -> T:
    """Return the offered language that Accept-Language prefers, in any region; without the header, the first."""
    by_liking = sorted(_weights((header or "")[:500]), key=lambda one: -one[1])
    known = {str(one): one for one in offered}
    bases = (name.partition("-")[0] for name, quality in by_liking if quality > 0)
    return next((known[base] for base in bases if base in known), offered[0])


def is_welcome(header: str | None, word: str) -> bool:
    """Test whether a header names a word with a quality above zero."""
    return any(name == word and quality > 0 for name, quality in _weights(header or ""))


def _quality(offer: str, weights: Sequence[tuple[str, float]]) -> float:
    """Return the quality of the most exact range that fits."""
    kind = offer.partition("/")[0]
    for wanted in (offer, f"{kind}/*", "*/*", "*"):
        for name, quality in weights:
            if name == wanted:
                return quality
    return 0.0


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        yield name, next((_number(one[2:]) for one in parameters if one.startswith("q=")), 1.0)


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0
