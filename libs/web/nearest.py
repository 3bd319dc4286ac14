"""Did you mean …? The known word that is most like the one that was written."""

from collections.abc import Iterable
from difflib import get_close_matches

WORD_MAX = 60
LISTED_MAX = 30


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest of the known words, or them all."""
    words = sorted(known)
    lowered = {one.lower(): one for one in words}
    near = get_close_matches(word[:WORD_MAX].lower(), lowered, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {lowered[near[0]]}?"
    if not words:
        return "There are none here; leave it out."
    more = ", …" if len(words) > LISTED_MAX else ""
    return f"Known here: {', '.join(words[:LISTED_MAX])}{more}."
