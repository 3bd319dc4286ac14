"""What a client would rather have, by Accept and its relatives (RFC 9110, section 12)."""

from collections.abc import Iterator, Sequence


def preferred(header: str | None, offered: Sequence[str]) -> str:
    """Return the best of what is offered; the first where the header asks for nothing else, or for nothing that there is."""
    weights = list(_weights(header or "*"))
    return max(offered, key=lambda one: _quality(one, weights))


def is_welcome(header: str | None, word: str) -> bool:
    """Test whether a header names a word, and not with a quality of nothing."""
    return any(name == word and quality > 0 for name, quality in _weights(header or ""))


def _quality(offer: str, weights: Sequence[tuple[str, float]]) -> float:
    """Return the quality that the most exact fitting range gives."""
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
