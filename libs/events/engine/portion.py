"""How much is taken at once. A batch that fails or takes long is followed by a smaller one, quick ones by larger ones.

Whoever takes a fixed number stands still on a slow machine: PostgreSQL ends a transaction that rests too long, and the
same batch would be tried again for ever. So work begins small, and grows as far as the machine lets it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LEAST = 25
READ_MOST, REPLAY_MOST, RELAY_MOST, TIMERS_MOST = 5_000, 10_000, 1_000, 500
"""Events of one partition in one transaction, or subjects of all: more would cost memory and save nothing."""

FIRST = 500
LONG_SECONDS = 0.5
"""A batch that takes longer is too large: others wait for its locks and for the process, and what it holds may be ended.

When others take the machine, what takes half a second takes ten: so much may be in hand at that moment, not more.
"""


class Portion:
    """The size of the next batch, between LEAST and `most`."""

    def __init__(self, most: int, ticks: Callable[[], float] = time.monotonic) -> None:
        self.most, self._ticks = most, ticks
        self.size = min(FIRST, most)

    @contextmanager
    def taken(self, count: int) -> Iterator[None]:
        """Do the work of a batch of `count` inside; learn from how long it took, or from its failure."""
        begun = self._ticks()
        try:
            yield
        except Exception:
            self.size = max(LEAST, self.size // 4)
            raise
        took = self._ticks() - begun
        if took > LONG_SECONDS:
            self.size = max(LEAST, self.size // 2)
        elif took < LONG_SECONDS / 2 and 2 * count >= self.size:  # a small batch says nothing about large ones
            self.size = min(self.most, self.size * 2)
