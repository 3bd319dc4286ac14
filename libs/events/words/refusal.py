"""A decision's no: a code for machines, a sentence that says what to do, and HTTP's status for it.

A refused word comes with the known one that is most like it.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches


class Refused(Exception):
    """Raised by a decision; nothing was written.

    `code` is stable, `detail` tells a person what is wrong and what to do, `retry_after` (seconds) when trying again may help,
    `location` where that stands which is there already, `errors` each single thing that must change, where there are several.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        status: int = 409,
        retry_after: int | None = None,
        location: str = "",
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.location = location
        self.errors = errors


WORD_MAX = 60
LISTED_MAX = 30


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest of the known words, or them all."""
    words = sorted(known)
    if near := nearest(word, words):
        return f"Did you mean {near[0]}?"
    if not words:
        return "There are none here; leave it out."
    more = ", …" if len(words) > LISTED_MAX else ""
    return f"Known here: {', '.join(words[:LISTED_MAX])}{more}."


def none_such(what: str, word: str, known: Iterable[str]) -> str:
    """Return sentences that say that there is no such word, which there are, and which was probably meant."""
    words = list(known)
    near = nearest(word, words)
    return f"There is no {what} {word}; use one of {', '.join(words)}." + (f" Did you mean {near[0]}?" if near else "")


def nearest(word: str, known: Iterable[str], *, many: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known words that are most like this one, the nearest first; none where no word is like it."""
    lowered = {one.lower(): one for one in known}
    return [lowered[near] for near in get_close_matches(word[:WORD_MAX].lower(), lowered, n=many, cutoff=cutoff)]
