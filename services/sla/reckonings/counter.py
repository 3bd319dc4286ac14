"""A process that counts cases for the service that started it (counters): `python -m services.sla.reckonings.counter`.

It answers what it is asked on its standard input, and ends with it.
"""

import gc
import os
import pickle
import signal
import sys
import traceback
from functools import lru_cache

from services.sla.reckonings.counting import counted
from services.sla.reckonings.values import HEAD_BYTES, Basis, Tally, message

NICENESS = 10
"""Whatever is live goes first."""
NEW_OBJECTS_MAX = 100_000
"""Cases are many objects and no cycle, so cycles are looked for seldom."""


def main() -> None:
    """Count until there is nothing more to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the service, which is told to end
    os.nice(NICENESS)
    gc.set_threshold(NEW_OBJECTS_MAX, 20, 50)
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what is printed by mistake is no answer
    while head := asked.read(HEAD_BYTES):
        answered.write(message(_answer(asked.read(int.from_bytes(head)))))
        answered.flush()


def _answer(question: bytes) -> Tally | Exception:
    kept, *asked = pickle.loads(question)  # noqa: S301  it comes from the service
    try:
        return counted(_basis(kept), *asked)
    except Exception as error:
        error.add_note(traceback.format_exc())  # where it was raised is not sent otherwise
        return error


@lru_cache(maxsize=1)
def _basis(kept: bytes) -> Basis:
    basis: Basis = pickle.loads(kept)  # noqa: S301  it comes from the service
    return basis


if __name__ == "__main__":
    main()
