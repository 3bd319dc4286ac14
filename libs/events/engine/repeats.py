"""A request that is repeated gets the answer of the first time."""

from collections.abc import Sequence
from dataclasses import replace

from libs.events.store.port import Transaction
from libs.events.store.values import Answer, Idempotency
from libs.events.words.refusal import Refused


async def repeats(transaction: Transaction, group: Sequence[Idempotency | None]) -> list[Answer | Refused | None]:
    """Return for each request the answer that it had before; nothing for one that is new."""
    earlier = await transaction.answers([asked for asked in group if asked])
    found: list[Answer | Refused | None] = []
    running: set[tuple[str, str]] = set()
    for asked in group:
        at = (asked.client, asked.key) if asked else ("", "")
        if asked and at in earlier:
            fingerprint, answer = earlier[at]
            found.append(replace(answer, replayed=True) if fingerprint == asked.fingerprint else _REUSED)
        elif asked and at in running:
            found.append(_RUNNING)
        else:
            found.append(None)
            running.add(at)
    return found


_REUSED = Refused(
    "idempotency-key-reused", "This Idempotency-Key was used for another request; use a new key for a new request.", 422
)
_RUNNING = Refused("idempotency-key-in-use", "The first request with this Idempotency-Key is still running; try again.", 409)
