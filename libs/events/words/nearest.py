"""Did you mean …? The known word that is most like the one that was written."""

from collections.abc import Iterable
from difflib import get_close_matches

WORD_MAX = 60
LISTED_MAX = 30


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest of the known words, or them all."""
    words = sorted(known)
    if near := _near(word, words):
        return f"Did you mean {near}?"
    if not words:
        return "There are none here; leave it out."
    more = ", …" if len(words) > LISTED_MAX else ""
    return f"Known here: {', '.join(words[:LISTED_MAX])}{more}."


def none_such(what: str, word: str, known: Iterable[str]) -> str:
    """Return sentences that say that there is no such word, which there are, and which was probably meant."""
    words = list(known)
    near = _near(word, words)
    return f"There is no {what} {word}; use one of {', '.join(words)}." + (f" Did you mean {near}?" if near else "")


def _near(word: str, known: Iterable[str]) -> str:
    lowered = {one.lower(): one for one in known}
    near = get_close_matches(word[:WORD_MAX].lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else ""
